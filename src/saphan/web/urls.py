"""Addresses: the landing page, and everything else by its path in the folder of products."""

from __future__ import annotations

from django.urls import path

from saphan.web import views
from saphan.web.leave import public

urlpatterns = [
    path("", public(views.home)),
    path("favicon.ico", public(views.icon)),
    path("<path:path>", public(views.product)),
]
handler404 = views.absent
handler500 = views.failed

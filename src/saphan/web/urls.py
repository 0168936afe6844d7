"""Addresses: the landing page, how the server is, and everything else by its path in the folder of products."""

from __future__ import annotations

from django.urls import path

from saphan.web import views
from saphan.web.leave import public

urlpatterns = [
    path("", public(views.home), name="home"),
    path("healthz", public(views.alive), name="alive"),
    path("readyz", public(views.ready), name="ready"),
    path("favicon.ico", public(views.icon), name="icon"),
    path("<path:path>", public(views.product), name="product"),
]
handler404 = views.absent
handler500 = views.failed

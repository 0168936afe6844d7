"""Addresses: the landing page, and everything else by its path in the folder of products."""

from __future__ import annotations

from django.urls import path

from saphan.web import views

urlpatterns = [path("", views.home), path("favicon.ico", views.icon), path("<path:path>", views.product)]
handler404 = views.absent
handler500 = views.failed

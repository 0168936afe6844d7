"""Addresses: the landing page, how the server is, and everything else by its path in the folder of products."""

from __future__ import annotations

from django.urls import path

from saphan.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path("favicon.ico", views.icon, name="icon"),
    path("<path:path>", views.product, name="product"),
]
handler404 = views.absent
handler500 = views.failed

"""Addresses of the shared pages."""

from __future__ import annotations

from django.urls import path

from beichen.web import views, worker

app_name = "web"
urlpatterns = [
    path("theme", views.theme, name="theme"),
    path("offline", worker.away, name="offline"),
    path("worker.js", worker.worker, name="worker"),
    path("me", views.account, name="account"),
]

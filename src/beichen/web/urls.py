"""Addresses of the shared pages."""

from __future__ import annotations

from django.urls import path

from beichen.web import accounts, views, worker

app_name = "web"
urlpatterns = [
    path("theme", views.theme, name="theme"),
    path("offline", worker.away, name="offline"),
    path("manifest.webmanifest", worker.manifest, name="manifest"),
    path("worker.js", worker.worker, name="worker"),
    path("reading", views.reading, name="reading"),
    path("me", views.account, name="account"),
    path("account/acting-for", accounts.acting_for, name="acting-for"),
    path("account/register", accounts.register, name="register"),
    path("account/recover", accounts.recover, name="recover"),
    path("account/register/code", accounts.code, name="register-code"),
    path("account/register/finish", accounts.finish, name="register-finish"),
]

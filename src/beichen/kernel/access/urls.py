"""The room's addresses: the provider for programs, and signing in by the city's own provider."""

from __future__ import annotations

from django.urls import include, path

from beichen.kernel.access.upstream import views

urlpatterns = [
    path("", include("beichen.kernel.access.openid.urls")),
    path("account/upstream", views.begin, name="upstream-begin"),
    path("account/upstream/callback", views.callback, name="upstream-callback"),
]

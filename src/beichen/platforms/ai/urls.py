"""Addresses of the pages of models."""

from __future__ import annotations

from django.urls import path

from beichen.platforms.ai.views import listing, page

app_name = "platforms_ai"
urlpatterns = [
    path("models", listing.models, name="models"),
    path("models/<str:key>", page.model, name="model"),
    path("models/<str:key>/run", page.run, name="run"),
]

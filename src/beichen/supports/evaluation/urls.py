"""Addresses of the room's pages."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "supports_evaluation"
urlpatterns: list[URLPattern] = []

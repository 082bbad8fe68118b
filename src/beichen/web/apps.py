"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Shared templates, components and static files."""

    name = "beichen.web"
    label = "web"
    verbose_name = "Web"

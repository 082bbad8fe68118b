"""The room as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Regions, bodies, people and posts."""

    name = "beichen.kernel.org"
    label = "kernel_org"
    verbose_name = "Organisation"

    def ready(self) -> None:
        """Register the lookup `under`."""
        import_module("beichen.kernel.org.paths")

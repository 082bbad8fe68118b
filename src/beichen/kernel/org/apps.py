"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Regions, bodies, people and posts."""

    name = "beichen.kernel.org"
    label = "kernel_org"
    verbose_name = "Organisation"

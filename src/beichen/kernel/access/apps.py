"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Accounts, roles and the one decision."""

    name = "beichen.kernel.access"
    label = "kernel_access"
    verbose_name = "Access"

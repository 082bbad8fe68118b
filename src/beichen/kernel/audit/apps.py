"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit record."""

    name = "beichen.kernel.audit"
    label = "kernel_audit"
    verbose_name = "Audit"

"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Accounts, roles and the one decision."""

    name = "beichen.kernel.access"
    label = "kernel_access"
    verbose_name = "Access"

    def ready(self) -> None:
        """Follow signing in; the library's models stand only now."""
        from beichen.kernel.access import signing_in

        signing_in.listen()

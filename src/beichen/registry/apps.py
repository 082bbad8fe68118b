"""The registry as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Names the app after its room."""

    name = "beichen.registry"
    label = "registry"
    verbose_name = "对象注册中心"

    def ready(self) -> None:
        """Give data stewards the subscriptions in the navigation."""
        from beichen.registry.permissions import SUBSCRIBE
        from beichen.web.links import add_to_navigation

        add_to_navigation(_("Subscriptions"), "registry:subscriptions", order=140, permission=SUBSCRIBE)

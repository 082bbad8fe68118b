"""The registry as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Names the app after its room."""

    name = "beichen.registry"
    label = "registry"
    verbose_name = "对象注册中心"

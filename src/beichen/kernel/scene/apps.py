"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SceneConfig(AppConfig):
    """Packages of declarations: scenes and cities."""

    name = "beichen.kernel.scene"
    label = "kernel_scene"
    verbose_name = "Scenes"

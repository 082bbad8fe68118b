"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SceneConfig(AppConfig):
    """Packages of declarations: scenes and cities."""

    name = "beichen.kernel.scene"
    label = "kernel_scene"
    verbose_name = "Scenes"

    def ready(self) -> None:
        """Register the sections of the kernel's own rooms, which stand below this one."""
        from beichen.kernel.scene.sections import OWN
        from beichen.kernel.scene.service import register
        from beichen.kernel.scene.stories.words import register_words

        for section in OWN:
            register(section)
        register_words()

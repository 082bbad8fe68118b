"""The room as a Django app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class JobsConfig(AppConfig):
    """Background and scheduled work."""

    name = "beichen.kernel.jobs"
    label = "kernel_jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Import each room's `jobs.py`, so that its schedules are known."""
        for room in apps.get_app_configs():
            if room.name.startswith("beichen.") and module_has_submodule(room.module, "jobs"):
                import_module(f"{room.name}.jobs")

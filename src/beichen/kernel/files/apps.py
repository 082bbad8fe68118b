"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Attachments by content hash."""

    name = "beichen.kernel.files"
    label = "kernel_files"
    verbose_name = "Files"

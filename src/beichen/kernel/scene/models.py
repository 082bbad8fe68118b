"""What is kept: which packages are installed, in which version, with which content."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.scene.section import PackageKind


class InstalledPackage(models.Model):
    """A scene or city that was installed. A removed one stays, marked, because its data stays.

    ``files`` maps each file's name to the SHA-256 of its content.
    """

    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in PackageKind])
    key = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    name = models.JSONField()
    requires = models.JSONField(default=list)
    files = models.JSONField()
    folder = models.CharField(max_length=500)
    with_demo = models.BooleanField(default=False)
    is_current = models.BooleanField(default=True)
    installed_at = models.DateTimeField()
    installed_by = models.CharField(max_length=100)

    class Meta:
        ordering: ClassVar = ["kind", "key"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "key"], name="package_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.version}"

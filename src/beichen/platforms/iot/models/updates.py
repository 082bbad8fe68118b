"""Updates of firmware (固件升级) that are offered to a group of devices."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beichen.kernel.org.models import random_code
from beichen.platforms.iot.models.devices import DeviceGroup


class Update(models.Model):
    """A version that devices of a group are to have, and where they fetch it; how far each is, its command
    says."""

    code = models.CharField(max_length=16, unique=True, default=random_code)
    group = models.ForeignKey(DeviceGroup, models.PROTECT, related_name="updates", db_index=False)
    version = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    offered_by = models.CharField(max_length=120)
    offered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["group", "-id"], name="iot_update_group")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

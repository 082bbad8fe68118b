"""Who may do what with what SensorThings clients keep; reading is the registry's own permission."""

from __future__ import annotations

from beichen.kernel.access.service import permission
from beichen.registry.service import READ

WRITE = permission(
    "iot.sensorthings.write", "维护 SensorThings 实体", "Keep things, series and places of SensorThings"
)
__all__ = ["READ", "WRITE"]

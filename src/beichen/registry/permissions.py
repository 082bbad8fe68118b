"""The registry's permissions, and decisions for many rows at once."""

from __future__ import annotations

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Region
from beichen.registry.models import Object

READ = access.permission("registry.object.read", "查看对象", "Read objects")
WRITE = access.permission("registry.object.write", "写入对象", "Write objects")
REMOVE = access.permission("registry.object.remove", "移除对象", "Remove objects")
WRITE_CONTEXTS = access.permission("registry.context.write", "管理语境", "Keep contexts")
SUBSCRIBE = access.permission("registry.subscription.write", "订阅对象", "Subscribe to objects")
MANAGE_SUBSCRIPTIONS = access.permission(
    "registry.subscription.manage", "管理所有订阅", "Manage all subscriptions"
)
WRITE_TYPES = access.permission("registry.type.write", "定义对象类型", "Define types of objects")


class Gate:
    """Asks each question once: rows of the same region, body and level have the same answer."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self._allowed: set[tuple[str, int | None, int | None, int]] = set()

    def _require(self, action: str, level: int, region: Region | None, body: Body | None) -> None:
        if self.by.is_system:
            return
        question = (action, region.pk if region else None, body.pk if body else None, level)
        if question not in self._allowed:
            access.require(self.by, action, Object(level=level, region=region, body=body))
            self._allowed.add(question)

    def require_write(self, level: int, region: Region | None, body: Body | None) -> None:
        """Raises ProblemError ACC-403 when the actor may not create or change such an object."""
        self._require(WRITE, level, region, body)

    def require_remove(self, level: int, region: Region | None, body: Body | None) -> None:
        """Raises ProblemError ACC-403 when the actor may not remove such an object."""
        self._require(REMOVE, level, region, body)

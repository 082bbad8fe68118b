"""The events of the registry: ``registry.object.created``, ``.changed`` and ``.removed``, one an object."""

from __future__ import annotations

from collections.abc import Sequence

from beichen.kernel.actor import Actor
from beichen.kernel.bus import service as bus
from beichen.registry.record import Record


def publish_objects(verb: str, rows: Sequence[Record], *, by: Actor) -> None:
    """Publish one event for each row; subjects are codes, so that one object's events keep their order."""
    kind = f"registry.object.{verb}"
    drafts = [
        bus.Draft(
            kind,
            row.code,
            {"id": row.urn, "type": row.type.key, "code": row.code, "version": row.version},
            region=row.region.path if row.region is not None else "",
            level=row.level,
        )
        for row in rows
    ]
    if drafts:
        bus.publish_many(drafts, by=by)

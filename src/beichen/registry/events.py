"""The events of the registry: ``registry.object.created``, ``.changed`` and ``.removed``, one an object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.bus import service as bus
from beichen.registry.record import Record


def _data(row: Record) -> dict[str, Any]:
    """What an event says of an object; ``attributes`` are those that a change wrote."""
    data: dict[str, Any] = {"id": row.urn, "type": row.type.key, "code": row.code, "version": row.version}
    if row.touched:
        data["attributes"] = list(row.touched)
    return data


def publish_objects(verb: str, rows: Sequence[Record], *, by: Actor) -> None:
    """Publish one event for each row; subjects are codes, so that one object's events keep their order."""
    kind = f"registry.object.{verb}"
    drafts = [
        bus.Draft(
            kind,
            row.code,
            _data(row),
            region=row.region.path if row.region is not None else "",
            level=row.level,
        )
        for row in rows
    ]
    if drafts:
        bus.publish_many(drafts, by=by)

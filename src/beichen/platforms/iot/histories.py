"""Readings in the histories of objects (NGSI-LD temporal entities): each is an instance of its measure.

What is asked without a beginning goes back thirty days; of each measure the newest :data:`MOST` readings are
told, or as many as ``lastN`` asks for. An entity of which more is kept is marked as cut.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import Object
from beichen.registry.service import Point, Timeline, Window, measured_property

MOST = 5_000
HORIZON = timedelta(days=30)
OBSERVED, DELETED = "observedAt", "deletedAt"
_QUESTION = """
    SELECT thing, measure, device, measured_at, received_at, value, text, seq,
        row_number() OVER (PARTITION BY thing, measure ORDER BY measured_at DESC, received_at DESC) AS place
    FROM readings JOIN asked USING (thing, measure)
    WHERE {bounds}
    QUALIFY place <= {most}
    ORDER BY thing, measure, place DESC
"""


def _literal(moment: datetime) -> str:
    return f"TIMESTAMPTZ '{moment.astimezone(UTC).isoformat()}'"


def _bounds(window: Window) -> str:
    """Which readings may lie within a window; the registry looks closer."""
    column = "measured_at" if window.time_property == OBSERVED else "received_at"
    start = window.start or timezone.now() - HORIZON
    found = [f"{column} >= {_literal(start)}"]
    if window.end is not None:
        found.append(f"{column} <= {_literal(window.end)}")
    return " AND ".join(found)


def _key(row: dict[str, Any]) -> str:
    names = ("thing", "measure", "device", "measured_at", "value", "text", "seq")
    text = "\n".join(str(row[name]) for name in names)
    return f"urn:ngsi-ld:Instance:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


class Readings:
    """The history provider of the room."""

    def read(self, timelines: dict[str, Timeline], window: Window, actor: Actor) -> None:
        """Add the readings of those entities whose type measures; one question to the tables for all."""
        if window.time_property == DELETED or not timelines:
            return
        rows = Object.objects.filter(urn__in=timelines, removed_at=None).select_related("type")
        things = {row.code: row for row in rows if row.type.measures}
        asked = [
            {"thing": code, "measure": measure}
            for code, row in things.items()
            for measure in row.type.measures
            if not window.attributes or measure in window.attributes
        ]
        if asked:
            self._add(things, asked, timelines, window)

    def _add(
        self,
        things: dict[str, Object],
        asked: list[dict[str, str]],
        timelines: dict[str, Timeline],
        window: Window,
    ) -> None:
        import pyarrow as pa  # heavy, and not needed by every process

        most = min(MOST, window.last or MOST)
        with warehouse.reader() as ask:
            ask.register("asked", pa.Table.from_pylist(asked))
            found = ask.sql(_QUESTION.format(bounds=_bounds(window), most=most + 1)).to_pylist()
        for row in found:
            thing = things[row["thing"]]
            timeline = timelines[thing.urn]
            if row["place"] > most:
                timeline.is_cut = True
                continue
            name, came = row["measure"], row["received_at"]
            declared = thing.type.measures[name]
            form = declared.get("type", "number")
            document = measured_property(declared, form, row["value"], row["text"], row["measured_at"])
            timeline.add(Point(name, _key(row), document, came, came))

"""Events of the bus that open cases: rules, devices and programs report like anybody else.

A kind names the types that it listens to (``on: [drainage.level.>]``). The event's data says the rest where
it can: ``text``, ``longitude`` and ``latitude`` (or a GeoJSON ``location``), ``address``, its questions,
``is_demo``.
"""

from __future__ import annotations

from typing import Any

from beichen.hubs.events.intake.receive import receive
from beichen.hubs.events.intake.report import LONGEST_TEXT, ReportDraft
from beichen.hubs.events.kinds.declaration import read_kind
from beichen.hubs.events.models import EventKind
from beichen.hubs.events.words import Channel
from beichen.kernel.actor import Actor
from beichen.kernel.bus.event import Event, matches
from beichen.kernel.statements import Prepared
from beichen.platforms.geo.service import region_at

_LISTENING = Prepared(lambda: EventKind.objects.filter(is_current=True, listens=True))


def listened() -> set[str]:
    """The patterns of event types that some kind listens to now."""
    return {pattern for row in _LISTENING.rows() for pattern in row.declared["on"]}


def listening(event_type: str) -> list[EventKind]:
    """The kinds that listen to this type."""
    rows = _LISTENING.rows()
    return [row for row in rows if any(matches(pattern, event_type) for pattern in row.declared["on"])]


def take_event(event: Event, *, by: Actor) -> int:
    """Let an event of the bus come in as a report of each kind that listens; returns how many did."""
    rows = listening(event.type)
    for row in rows:
        receive(draft_of(event, row), by=by, now=event.time)
    return len(rows)


def draft_of(event: Event, row: EventKind) -> ReportDraft:
    """The report that an event is."""
    data = event.data if isinstance(event.data, dict) else {}
    longitude, latitude = _place(data)
    asked = read_kind(row.declared).ask
    text = data.get("text") or data.get("description")
    return ReportDraft(
        channel=Channel.DEVICE,
        text=str(text)[:LONGEST_TEXT] if text else f"{row.name} · {event.subject or event.source}",
        key=f"{row.pk}:{event.key}"[:200],
        kind=row.key,
        longitude=longitude,
        latitude=latitude,
        address=str(data.get("address", ""))[:200],
        region=_region(event, longitude, latitude),
        answers={name: data[name] for name in asked if data.get(name) is not None},
        is_demo=data.get("is_demo") is True,
    )


def _region(event: Event, longitude: float | None, latitude: float | None) -> str:
    """The event's region, where its place lies in none that is known: a place says more than a region."""
    if longitude is not None and latitude is not None and region_at(longitude, latitude):
        return ""
    return event.region.strip("/").rpartition("/")[2]


def _place(data: dict[str, Any]) -> tuple[float | None, float | None]:
    location = data.get("location")
    if isinstance(location, dict) and location.get("type") == "Point":
        values = location.get("coordinates", [None, None])[:2]
    else:
        values = [data.get("longitude"), data.get("latitude")]
    if any(isinstance(one, bool) or not isinstance(one, (int, float)) for one in values) or len(values) != 2:
        return None, None
    return float(values[0]), float(values[1])

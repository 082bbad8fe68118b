"""Latest values of what objects measure: kept beside the objects, shown as their attributes.

A measured value is an NGSI-LD Property with ``observedAt`` and ``unitCode`` (clauses 4.5.2, 4.8). It comes
with a reading, by the thousand a second, and so neither makes a version of its object nor an event of the
registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from beichen.registry import tables
from beichen.registry.models import Measurement, Object, ObjectType, plain_value
from beichen.registry.unitcodes import unit_code

if TYPE_CHECKING:
    from beichen.registry.query.search import Row

_NAME = Measurement._meta.db_table
_NEWEST_WINS = (
    " ON CONFLICT (object_id, name) DO UPDATE SET form = excluded.form, number = excluded.number,"
    " text = excluded.text, at = excluded.at, received_at = excluded.received_at, source = excluded.source"
    f" WHERE excluded.at >= {_NAME}.at"
)
_SHOWN = ("object_id", "name", "form", "number", "text", "at")


class Measured(NamedTuple):
    """A value that was measured of an object, by its row's id: ``number``, or ``text`` where form is text."""

    object: int
    name: str
    form: str
    number: float | None
    text: str | None
    at: datetime
    received_at: datetime
    source: str = ""


def record_measurements(values: Iterable[Measured]) -> None:
    """Keep values that are no older than what is kept; one statement, in the caller's transaction.

    Of several values of one measure the newest counts. Readings are no acts: they leave no audit record.
    """
    newest: dict[tuple[int, str], Measured] = {}
    for value in values:
        known = newest.get(value[:2])
        if known is None or value.at >= known.at:
            newest[value[:2]] = value
    if newest:
        # In one order, so that two writers wait for each other and never in a circle.
        tables.MEASUREMENTS.insert([tuple(newest[key]) for key in sorted(newest)], _NEWEST_WINS)


def measurements_of(row: Object) -> list[Measurement]:
    """The latest value of each measure of an object, by name."""
    return list(Measurement.objects.filter(object=row))


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def measured_property(
    declared: dict[str, Any], form: str, number: float | None, text: str | None, at: datetime
) -> dict[str, Any]:
    """A measured value as an NGSI-LD Property; ``declared`` is its measure, as its type states it."""
    found: dict[str, Any] = {"type": "Property", "value": plain_value(form, number, text)}
    if unit := declared.get("unit"):
        found["unitCode"] = unit_code(unit)
    return found | {"observedAt": _time(at)}


class Measures:
    """Puts latest values into the documents of found rows: one query a page of objects that measure."""

    def __init__(self, kinds: Iterable[ObjectType]) -> None:
        self._units: dict[int, dict[str, Any]] = {kind.pk: kind.measures for kind in kinds}

    def _measuring(self, rows: Sequence[Row]) -> dict[int, int]:
        missing = {row.type_id for row in rows} - self._units.keys()
        if missing:
            found = ObjectType.objects.filter(pk__in=missing)
            self._units |= dict(found.values_list("pk", "measures"))
        return {row.id: row.type_id for row in rows if self._units.get(row.type_id)}

    def into(self, rows: list[Row]) -> list[Row]:
        """The rows with their measured values; those of types without measures as they are."""
        measuring = self._measuring(rows)
        if not measuring:
            return rows
        shown: dict[int, dict[str, Any]] = {}
        for key, name, form, number, text, at in Measurement.objects.filter(
            object__in=measuring.keys()
        ).values_list(*_SHOWN):
            declared = self._units[measuring[key]].get(name)
            if declared is None:
                continue
            shown.setdefault(key, {})[name] = measured_property(declared, form, number, text, at)
        return [row._replace(document=_joined(row.document, shown.get(row.id))) for row in rows]


def _joined(document: str, shown: dict[str, Any] | None) -> str:
    """A stored document with ``shown`` among its attributes; what was measured stands before what was
    written."""
    if not shown:
        return document
    if any(f'"{name}":' in document for name in shown):
        return orjson.dumps({**orjson.loads(document), **shown}).decode()
    return f"{document[:-1]},{orjson.dumps(shown).decode()[1:]}"

"""What a model is given: things of its types, their newest values, their readings of some time back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.utils.translation import gettext_noop

from beichen.platforms.ai.answers import BadAnswer, both
from beichen.platforms.ai.declaration import Declared, Over
from beichen.platforms.ai.exchange import MICRO, Document, micros
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import Measurement, Object

MOST_THINGS, MOST_READINGS = 20_000, 2_000_000
CHUNK = 5_000
# A measure's name is lower-case letters, digits and underscores.
_READINGS = """
    SELECT r.thing, r.measure, epoch_us(r.measured_at) AS t, r.value, r.region,
      coalesce(r.is_demo, false) AS is_demo
    FROM readings r JOIN asked a ON a.thing = r.thing
    WHERE r.measure IN ({measures}) AND r.value IS NOT NULL
      AND r.measured_at > make_timestamptz({since}) AND r.measured_at <= make_timestamptz({until})
    ORDER BY r.measured_at LIMIT {most}
"""
_STEPS = """
    SELECT r.thing, r.measure, epoch_us(r.measured_at) // {step} * {step} AS t, avg(r.value) AS value,
      max(r.region) AS region, bool_or(coalesce(r.is_demo, false)) AS is_demo
    FROM readings r JOIN asked a ON a.thing = r.thing
    WHERE r.measure IN ({measures}) AND r.value IS NOT NULL
      AND r.measured_at >= make_timestamptz({since}) AND r.measured_at < make_timestamptz({until})
    GROUP BY ALL ORDER BY t LIMIT {most}
"""
Series = dict[str, dict[str, list[tuple[int, float]]]]


@dataclass(slots=True)
class Gathered:
    """The document for the process, and what the house keeps of the things: rows, and where devices say that
    they are. ``is_demo``: one reading at least was made up, so that what comes of it is."""

    document: Document
    things: dict[str, Object]
    regions: dict[str, str] = field(default_factory=dict)  # codes, of things that lie in none themselves
    is_demo: bool = False

    @property
    def digest(self) -> str:
        """What names the inputs: the SHA-256 of the document."""
        return hashlib.sha256(orjson.dumps(self.document, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @property
    def kinds(self) -> dict[str, str]:
        """The types of the things by code."""
        return {code: row.type.key for code, row in self.things.items()}


def gather(model: Declared, now: datetime) -> Gathered:
    """What the model is given for the time ``now``. Raises BadAnswer for more than can be given."""
    rows = _objects([over.kind for over in model.over])
    found = Gathered({}, {row.code: row for row in rows})
    series: Series = {}
    with warehouse.reader() as ask:
        for over in model.over:
            codes = [row.code for row in rows if row.type.key == over.kind]
            if over.measures and codes:
                _read(ask, over, codes, now, series, found)
    latest = _latest(rows, model, now, series)
    codes_of = {row.urn: row.code for row in rows}
    found.document = {
        "now": micros(now),
        "horizon": model.horizon.total_seconds(),
        "parameters": dict(model.parameters),
        "things": [_thing(row, codes_of, latest.get(row.pk, {}), series.get(row.code, {})) for row in rows],
    }
    return found


def _objects(kinds: Sequence[str]) -> list[Object]:
    rows = Object.objects.filter(type__key__in=kinds, removed_at=None).select_related("type", "region")
    found = list(rows.order_by("code")[: MOST_THINGS + 1])
    if len(found) > MOST_THINGS:
        raise BadAnswer(
            both(gettext_noop("More than {limit} things: too many for one model."), limit=MOST_THINGS)
        )
    return found


def _read(
    ask: warehouse.Reader, over: Over, codes: list[str], now: datetime, series: Series, found: Gathered
) -> None:
    import pyarrow as pa  # heavy, and not needed by every process

    step = over.step // MICRO
    until = micros(now) // step * step if step else micros(now)
    values: dict[str, Any] = {
        "measures": ", ".join(f"'{name}'" for name in over.measures),
        "since": max(0, until - over.history // MICRO),
        "until": until,
        "step": step,
        "most": MOST_READINGS + 1,
    }
    name = f"asked_{over.kind.replace('-', '_')}"
    ask.register(name, pa.table({"thing": codes}))
    text = (_STEPS if step else _READINGS).replace("JOIN asked a", f"JOIN {name} a")
    rows = ask.sql(text.format(**values))
    if rows.num_rows > MOST_READINGS:
        raise BadAnswer(both(gettext_noop("More than {limit} readings: say a step."), limit=MOST_READINGS))
    for row in rows.to_pylist():
        series.setdefault(row["thing"], {}).setdefault(row["measure"], []).append((row["t"], row["value"]))
        found.is_demo |= row["is_demo"]
        if row["region"]:
            found.regions[row["thing"]] = row["region"]


def _latest(
    rows: Sequence[Object], model: Declared, now: datetime, series: Series
) -> dict[int, dict[str, tuple[int, float]]]:
    """The newest value of each measure that is no newer than ``now``: of the object, or of its readings."""
    names = {over.kind: set(over.measures) for over in model.over}
    found: dict[int, dict[str, tuple[int, float]]] = {
        row.pk: {name: pairs[-1] for name, pairs in series.get(row.code, {}).items() if pairs} for row in rows
    }
    kinds = {row.pk: row.type.key for row in rows}
    for one in _measurements(list(kinds), set().union(*names.values())):
        if one.number is None or one.at > now or one.name not in names[kinds[one.object_id]]:
            continue
        known = found[one.object_id].get(one.name)
        if known is None or micros(one.at) >= known[0]:
            found[one.object_id][one.name] = (micros(one.at), one.number)
    return found


def _measurements(keys: list[int], names: set[str]) -> Iterable[Measurement]:
    for start in range(0, len(keys), CHUNK):
        yield from Measurement.objects.filter(object__in=keys[start : start + CHUNK], name__in=names)


def _thing(
    row: Object, codes_of: Mapping[str, str], latest: Mapping[str, Any], series: Mapping[str, Any]
) -> Document:
    fields: dict[str, Any] = {}
    relations: dict[str, list[str]] = {}
    place: list[float | None] = [None, None]
    for name, attribute in row.parsed().items():
        if not isinstance(attribute, dict):
            continue
        value = attribute.get("value")
        if attribute.get("type") == "Relationship":
            targets = attribute.get("object")
            listed = targets if isinstance(targets, list) else [targets]
            relations[name] = [codes_of.get(str(one), str(one).rpartition(":")[2]) for one in listed]
        elif name == "location" and isinstance(value, dict) and value.get("type") == "Point":
            place = [float(number) for number in value["coordinates"][:2]]
        elif isinstance(value, str | bool | int | float):
            fields[name] = value
    return {
        "code": row.code,
        "type": row.type.key,
        "name": row.name,
        "longitude": place[0],
        "latitude": place[1],
        "fields": fields,
        "relations": relations,
        "latest": dict(latest),
        "series": dict(series),
    }

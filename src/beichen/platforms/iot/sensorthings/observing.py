"""Observations are readings of the table ``readings``, asked by series and time within the asker's rights.

The asker must see the series (its thing's region, body and level), and read tables; the warehouse narrows the
question again to the rows of the asker's regions. Without $orderby the newest come first. What was sent is in
the table within a second or so of its acknowledgement (the gateway's batch), and found from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlglot import expressions as exp

from beichen.platforms.iot.sensorthings import entities, readings
from beichen.platforms.iot.sensorthings.codes import no_entity
from beichen.platforms.iot.sensorthings.entities import Asker, Entity, following, time_text
from beichen.platforms.iot.sensorthings.identity import Identity, identity, identity_of
from beichen.platforms.iot.sensorthings.models import Feature, Told
from beichen.platforms.iot.sensorthings.options import Query
from beichen.platforms.iot.sensorthings.readings import Stream, column
from beichen.platforms.iot.sensorthings.schema import DATASTREAMS, FEATURES, OBSERVATIONS, TYPES, EntityType
from beichen.platforms.warehouse import service as warehouse
from beichen.registry.models import plain_value

TABLE = "readings"
SECONDS = 10.0
MOST_TOLD = 1_000
COLUMNS = ("thing", "measure", "measured_at", "value", "text")
COMPONENTS = ("id", "phenomenonTime", "resultTime", "result")


class Found:
    """One observation: its series, id, and what was measured when."""

    __slots__ = ("at", "id", "result", "stream")

    def __init__(self, stream: Stream, row: Mapping[str, Any]) -> None:
        self.stream = stream
        self.at: datetime = row["measured_at"].astimezone(UTC)
        self.id = str(identity(stream.id, self.at, row["value"], row["text"]))
        self.result = plain_value(stream.form, row["value"], row["text"])


def _orders(query: Query) -> list[Any]:
    wanted = [one for path, desc in query.order for one in readings.order(path, descends=desc)]
    last = [] if query.order else [exp.Ordered(this=column("measured_at"), desc=True, nulls_first=False)]
    rest = ("measured_at", "thing", "measure", "value", "text")
    return [*wanted, *last, *(exp.Ordered(this=column(name), desc=False, nulls_first=False) for name in rest)]


def _asked(select: Any, asker: Asker, limit: int) -> list[dict[str, Any]]:
    statement = select.sql(dialect="duckdb")
    answer = warehouse.ask(statement, by=asker.actor, limit=limit, seconds=SECONDS)
    rows: list[dict[str, Any]] = answer.rows.to_pylist()
    return rows


class Question:
    """What is asked of the readings of some series."""

    def __init__(self, rows: Any, query: Query, asker: Asker) -> None:
        of_series, of_reading = readings.parted(query.filter)
        rows = readings.narrowed(rows, of_series, asker.actor)
        self.query, self.asker = query, asker
        self.streams = readings.streams_of(rows)
        compiler = readings.Readings(rows, asker.actor)
        conditions = [compiler.condition(node) for node in of_reading]
        self.condition = exp.and_(readings.among(self.streams), *conditions)
        self.by_name = {(one.code, one.measure): one for one in self.streams}

    def found(self, rows: Iterable[Mapping[str, Any]]) -> list[Found]:
        """Rows as observations."""
        return [Found(self.by_name[(row["thing"], row["measure"])], row) for row in rows]

    def page(self) -> tuple[list[Found], bool]:
        """A page, and whether there is more."""
        top = self.query.top
        if not self.streams or not top:
            return [], False
        select = exp.select(*map(column, COLUMNS)).from_(TABLE).where(self.condition)
        select = select.order_by(*_orders(self.query)).limit(top + 1).offset(self.query.skip)
        rows = self.found(_asked(select, self.asker, top + 1))
        return rows[:top], len(rows) > top

    def number(self) -> int:
        """How many there are."""
        if not self.streams:
            return 0
        select = exp.select(exp.alias_(exp.Count(this=exp.Star()), "number")).from_(TABLE)
        return int(_asked(select.where(self.condition), self.asker, 1)[0]["number"])

    def numbers(self) -> dict[int, int]:
        """How many there are of each series."""
        if not self.streams:
            return {}
        names = [column("thing"), column("measure")]
        select = exp.select(*names, exp.alias_(exp.Count(this=exp.Star()), "number")).from_(TABLE)
        select = select.where(self.condition).group_by(*(name.copy() for name in names))
        rows = _asked(select, self.asker, len(self.streams))
        return {self.by_name[(row["thing"], row["measure"])].id: int(row["number"]) for row in rows}

    def of_each(self) -> dict[int, list[Found]]:
        """The first of each series, one more than asked for."""
        if not self.streams or not self.query.top:
            return {}
        window = exp.Window(
            this=exp.RowNumber(),
            partition_by=[column("thing"), column("measure")],
            order=exp.Order(expressions=_orders(self.query)),
        )
        placed = exp.select(*map(column, COLUMNS), exp.alias_(window, "place")).from_(TABLE)
        inner = placed.where(self.condition).subquery("placed")
        first, last = self.query.skip, self.query.skip + self.query.top + 1
        select = exp.select(*map(column, COLUMNS), column("place")).from_(inner)
        place = column("place")
        select = select.where(
            exp.and_(place > exp.Literal.number(first), place.copy() <= exp.Literal.number(last))
        ).order_by(column("place"))
        dealt: dict[int, list[Found]] = {}
        limit = len(self.streams) * (self.query.top + 1)
        for one in self.found(_asked(select, self.asker, limit)):
            dealt.setdefault(one.stream.id, []).append(one)
        return dealt


# ── as entities ───────────────────────────────────────────────────────────────────────────────────────


def shown(found: Sequence[Found], query: Query, asker: Asker) -> list[Entity]:
    """Observations as entities, with what clients said of them and what is expanded."""
    told = {row.key: row for row in Told.objects.filter(key__in=[one.id for one in found])}
    made = [_entity(one, told.get(one.id), query, asker) for one in found]
    for name, inner in query.expand.items():
        relation = OBSERVATIONS.relation(name)
        target = TYPES[relation.target] if relation else DATASTREAMS
        keys = _keys(found, told, name)
        rows = list(asker.rows(target).filter(pk__in=set(keys.values())))
        entities_of = dict(
            zip([row.pk for row in rows], entities.shown(rows, target, inner, asker), strict=True)
        )
        for one, entity in zip(found, made, strict=True):
            entity[name] = entities_of.get(keys.get(one.id, 0))
    return made


def _keys(found: Sequence[Found], told: Mapping[str, Told], name: str) -> dict[str, int]:
    """The key of what each observation is related to."""
    if name == "Datastream":
        return {one.id: one.stream.id for one in found}
    features = dict(
        Feature.objects.filter(thing__in={one.stream.thing for one in found}).values_list("thing", "pk")
    )
    keys: dict[str, int] = {}
    for one in found:
        own = told[one.id].feature_id if one.id in told else None
        key = own or features.get(one.stream.thing)
        if key is not None:
            keys[one.id] = key
    return keys


def _values(one: Found, told: Told | None) -> Entity:
    time = time_text(one.at)
    if told is not None and told.until is not None:
        time = f"{time}/{time_text(told.until)}"
    values: Entity = {
        "phenomenonTime": time,
        "resultTime": time_text(told.result_time) if told and told.result_time else None,
        "result": one.result,
    }
    if told is not None:
        extra = {"resultQuality": told.quality, "validTime": told.valid, "parameters": told.parameters}
        values |= {name: value for name, value in extra.items() if value not in (None, "")}
    return values


def _entity(one: Found, told: Told | None, query: Query, asker: Asker) -> Entity:
    link = asker.link(OBSERVATIONS, one.id)
    entity: Entity = {"@iot.id": one.id} if query.shows("@iot.id") else {}
    if not query.select:
        entity["@iot.selfLink"] = link
    entity |= {name: value for name, value in _values(one, told).items() if query.shows(name)}
    for relation in OBSERVATIONS.relations:
        if not query.select and relation.name not in query.expand:
            entity[f"{relation.name}@iot.navigationLink"] = f"{link}/{relation.name}"
    return entity


def arrays(found: Sequence[Found], asker: Asker) -> list[Entity]:
    """Observations as data arrays (clause 12), one a series."""
    told = {row.key: row for row in Told.objects.filter(key__in=[one.id for one in found])}
    grouped: dict[int, list[Any]] = {}
    for one in found:
        values = _values(one, told.get(one.id))
        row = [one.id, *(values[name] for name in COMPONENTS[1:])]
        grouped.setdefault(one.stream.id, []).append(row)
    return [
        {
            "Datastream@iot.navigationLink": asker.link(DATASTREAMS, key),
            "components": list(COMPONENTS),
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }
        for key, rows in grouped.items()
    ]


def expand(made: list[Entity], rows: Sequence[Any], kind: EntityType, query: Query, asker: Asker) -> None:
    """Put the observations of each series, or of each feature, into its entity."""
    if kind is FEATURES:
        for entity, row in zip(made, rows, strict=True):
            found, is_more = of_feature(row, query, asker).page()
            _put(entity, shown(found, query, asker), asker.link(kind, row.pk), query, is_more=is_more)
        return
    question = Question(asker.rows(DATASTREAMS).filter(pk__in=[row.pk for row in rows]), query, asker)
    dealt = question.of_each()
    numbers = question.numbers() if query.counts else {}
    flat = [one for found in dealt.values() for one in found]
    entities_of = dict(zip([one.id for one in flat], shown(flat, query, asker), strict=True))
    for entity, row in zip(made, rows, strict=True):
        mine = [entities_of[one.id] for one in dealt.get(row.pk, [])]
        if query.counts:
            entity["Observations@iot.count"] = numbers.get(row.pk, 0)
        is_more = len(mine) > query.top
        _put(entity, mine[: query.top], asker.link(kind, row.pk), query, is_more=is_more)


def _put(entity: Entity, found: list[Entity], link: str, query: Query, *, is_more: bool) -> None:
    entity["Observations"] = found
    if is_more:
        entity["Observations@iot.nextLink"] = following(f"{link}/Observations", query)


def of_feature(feature: Feature, query: Query, asker: Asker) -> Question:
    """The observations of a feature: those of its thing, or those that named it (the first thousand)."""
    rows = asker.rows(DATASTREAMS)
    if feature.thing_id is not None:
        return Question(rows.filter(thing=feature.thing_id), query, asker)
    told = Told.objects.filter(feature=feature).order_by("pk").values_list("key", flat=True)[:MOST_TOLD]
    named = [found for key in told if (found := identity_of(key)) is not None]
    question = Question(rows.filter(pk__in={one.stream for one in named}), query, asker)
    streams = {one.id: one for one in question.streams}
    moments = [
        exp.and_(readings.among([streams[one.stream]]), column("measured_at").eq(readings.time(one.at)))
        for one in named
        if one.stream in streams
    ]
    question.condition = exp.and_(
        question.condition, exp.paren(exp.or_(*moments) if moments else exp.false())
    )
    return question


def one(key: str, asker: Asker) -> Found:
    """The observation with this id. Raises ProblemError STA-101 while it is not in the table."""
    found = identity_of(key)
    if found is not None:
        for row in of_identity(found, asker):
            if row.id == key:
                return row
    raise no_entity(f"Observation {key}")


def of_identity(wanted: Identity, asker: Asker) -> list[Found]:
    """The observations of a series at a time."""
    rows: Any = asker.rows(DATASTREAMS).filter(pk=wanted.stream)
    question = Question(rows, Query(), asker)
    question.condition = exp.and_(question.condition, column("measured_at").eq(readings.time(wanted.at)))
    return question.page()[0]


def related_key(found: Found, name: str) -> int | None:
    """The key of the series or the feature of an observation."""
    told = {row.key: row for row in Told.objects.filter(key=found.id)}
    return _keys([found], told, name).get(found.id)


__all__ = ["Found", "Question", "arrays", "expand", "of_feature", "one", "related_key", "shown"]

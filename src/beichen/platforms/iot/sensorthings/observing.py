"""Observations are readings of the table ``readings``, asked by series and time within the asker's rights.

The asker must see the series (its thing's region, body and level), and read tables; the warehouse narrows the
question again to the rows of the asker's regions. Without $orderby the newest come first. What was sent is in
the table within a second or so of its acknowledgement (the gateway's batch), and found from then on.
Long because the two kinds of series are asked alike, side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlglot import expressions as exp

from beichen.platforms.iot.sensorthings import complexes, entities, readings
from beichen.platforms.iot.sensorthings.codes import no_entity
from beichen.platforms.iot.sensorthings.entities import Asker, Entity, following, time_text
from beichen.platforms.iot.sensorthings.filters import told_in
from beichen.platforms.iot.sensorthings.identity import Identity, identity, identity_of
from beichen.platforms.iot.sensorthings.models import Feature, MultiDatastream, Told
from beichen.platforms.iot.sensorthings.options import Query
from beichen.platforms.iot.sensorthings.readings import Stream, column
from beichen.platforms.iot.sensorthings.schema import (
    DATASTREAMS,
    FEATURES,
    MULTI,
    OBSERVATIONS,
    TYPES,
    EntityType,
)
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


def _asked(select: Any, asker: Asker, limit: int) -> list[dict[str, Any]]:
    statement = select.sql(dialect="duckdb")
    answer = warehouse.ask(statement, by=asker.actor, limit=limit, seconds=SECONDS)
    rows: list[dict[str, Any]] = answer.rows.to_pylist()
    return rows


class Question:
    """What is asked of the observations of some series."""

    columns: Sequence[str] = COLUMNS
    keys: Sequence[str] = ("thing", "measure")  # of a series, in a row
    last: Sequence[str] = ("measured_at", "thing", "measure", "value", "text")
    streams: Sequence[Any]

    def __init__(self, rows: Any, query: Query, asker: Asker) -> None:
        of_series, of_reading = readings.parted(query.filter)
        rows = readings.narrowed(rows, of_series, asker.actor)
        self.query, self.asker = query, asker
        compiler = self.compiler(rows)
        self.conditions = [compiler.condition(node) for node in of_reading]

    def compiler(self, rows: Any) -> readings.Readings:
        """Take note of the series, and say how conditions over their observations are compiled."""
        self.streams = readings.streams_of(rows)
        self.by_key: Mapping[Any, Any] = {(one.code, one.measure): one for one in self.streams}
        return readings.Readings(rows, self.asker.actor)

    def source(self) -> Any:
        """The table, or the SELECT, whose rows are the observations."""
        return TABLE

    @property
    def condition(self) -> Any:
        """What holds of the rows that are meant."""
        return exp.and_(readings.among(self.streams), *self.conditions)

    def order(self, path: Any, *, descends: bool) -> list[Any]:
        """What rows are put in order by."""
        return readings.order(path, descends=descends)

    def one(self, row: Mapping[str, Any]) -> Any:
        """A row as an observation."""
        return Found(self._stream(row), row)

    def _stream(self, row: Mapping[str, Any]) -> Any:
        key = tuple(row[name] for name in self.keys)
        return self.by_key[key]

    def found(self, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
        """Rows as observations."""
        return [self.one(row) for row in rows]

    def _orders(self) -> list[Any]:
        query = self.query
        with told_in("$orderby"):
            wanted = [one for path, desc in query.order for one in self.order(path, descends=desc)]
        newest = (
            [] if query.order else [exp.Ordered(this=column("measured_at"), desc=True, nulls_first=False)]
        )
        rest = [exp.Ordered(this=column(name), desc=False, nulls_first=False) for name in self.last]
        return [*wanted, *newest, *rest]

    def _select(self, *columns: Any) -> Any:
        return exp.select(*columns).from_(self.source()).where(self.condition)

    def page(self) -> tuple[list[Any], bool]:
        """A page, and whether there is more."""
        top = self.query.top
        if not self.streams or not top:
            return [], False
        select = self._select(*map(column, self.columns)).order_by(*self._orders())
        rows = self.found(_asked(select.limit(top + 1).offset(self.query.skip), self.asker, top + 1))
        return rows[:top], len(rows) > top

    def number(self) -> int:
        """How many there are."""
        if not self.streams:
            return 0
        select = self._select(exp.alias_(exp.Count(this=exp.Star()), "number"))
        return int(_asked(select, self.asker, 1)[0]["number"])

    def numbers(self) -> dict[int, int]:
        """How many there are of each series."""
        if not self.streams:
            return {}
        names = [column(name) for name in self.keys]
        select = self._select(*names, exp.alias_(exp.Count(this=exp.Star()), "number"))
        rows = _asked(select.group_by(*(name.copy() for name in names)), self.asker, len(self.streams))
        return {self._stream(row).id: int(row["number"]) for row in rows}

    def of_each(self) -> dict[int, list[Any]]:
        """The first of each series, one more than asked for."""
        if not self.streams or not self.query.top:
            return {}
        window = exp.Window(
            this=exp.RowNumber(),
            partition_by=[column(name) for name in self.keys],
            order=exp.Order(expressions=self._orders()),
        )
        inner = self._select(*map(column, self.columns), exp.alias_(window, "place")).subquery("placed")
        first, last = self.query.skip, self.query.skip + self.query.top + 1
        select = exp.select(*map(column, self.columns), column("place")).from_(inner)
        place = column("place")
        select = select.where(
            exp.and_(place > exp.Literal.number(first), place.copy() <= exp.Literal.number(last))
        ).order_by(column("place"))
        dealt: dict[int, list[Any]] = {}
        limit = len(self.streams) * (self.query.top + 1)
        for one in self.found(_asked(select, self.asker, limit)):
            dealt.setdefault(one.stream.id, []).append(one)
        return dealt


class ComplexQuestion(Question):
    """What is asked of the observations of some MultiDatastreams."""

    keys = (complexes.MULTI,)
    last = ("measured_at", complexes.MULTI)

    def compiler(self, rows: Any) -> readings.Readings:
        """Take note of the series, and say how conditions over their observations are compiled."""
        self.streams = complexes.multis_of(rows)
        self.by_key = {(one.id,): one for one in self.streams}
        places = range(max((len(one.parts) for one in self.streams), default=0))
        self.columns = [
            complexes.MULTI,
            "measured_at",
            *(f"{kind}{place}" for place in places for kind in "vt"),
        ]
        return complexes.Complexes(rows, self.asker.actor)

    def source(self) -> Any:
        """The SELECT that joins readings of one time."""
        return complexes.rows_of(self.streams).subquery("observations")

    @property
    def condition(self) -> Any:
        """What holds of the rows that are meant."""
        return exp.and_(exp.true(), *self.conditions)

    def order(self, path: Any, *, descends: bool) -> list[Any]:
        """What rows are put in order by."""
        return complexes.order(path, descends=descends)

    def one(self, row: Mapping[str, Any]) -> Any:
        """A row as an observation."""
        return complexes.ManyFound(self._stream(row), row)


def asked(rows: Any, query: Query, asker: Asker) -> Question:
    """The question about the observations of these series, of the one kind or the other."""
    kind = ComplexQuestion if rows.model is MultiDatastream else Question
    return kind(rows, query, asker)


# ── as entities ───────────────────────────────────────────────────────────────────────────────────────


AnyFound = Found | complexes.ManyFound


def series_of(one: AnyFound) -> EntityType:
    """The type of the series that an observation is of."""
    return MULTI if isinstance(one, complexes.ManyFound) else DATASTREAMS


def shown(found: Sequence[AnyFound], query: Query, asker: Asker) -> list[Entity]:
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
            if name == "FeatureOfInterest" or name == series_of(one).singular:
                entity[name] = entities_of.get(keys.get(one.id, 0))
    return made


def _keys(found: Sequence[AnyFound], told: Mapping[str, Told], name: str) -> dict[str, int]:
    """The key of what each observation is related to."""
    if name != "FeatureOfInterest":
        return {one.id: one.stream.id for one in found if series_of(one).singular == name}
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


def _values(one: AnyFound, told: Told | None) -> Entity:
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


def _entity(one: AnyFound, told: Told | None, query: Query, asker: Asker) -> Entity:
    link = asker.link(OBSERVATIONS, one.id)
    entity: Entity = {"@iot.id": one.id} if query.shows("@iot.id") else {}
    if not query.select:
        entity["@iot.selfLink"] = link
    entity |= {name: value for name, value in _values(one, told).items() if query.shows(name)}
    series = series_of(one)
    for relation in OBSERVATIONS.relations:
        is_its_own = relation.name in {"FeatureOfInterest", series.singular}
        if not query.select and is_its_own and relation.name not in query.expand:
            entity[f"{relation.name}@iot.navigationLink"] = f"{link}/{relation.name}"
    return entity


def arrays(found: Sequence[AnyFound], asker: Asker) -> list[Entity]:
    """Observations as data arrays (clause 12), one a series."""
    told = {row.key: row for row in Told.objects.filter(key__in=[one.id for one in found])}
    grouped: dict[tuple[str, int], list[Any]] = {}
    for one in found:
        values = _values(one, told.get(one.id))
        row = [one.id, *(values[name] for name in COMPONENTS[1:])]
        grouped.setdefault((series_of(one).name, one.stream.id), []).append(row)
    return [
        {
            f"{TYPES[name].singular}@iot.navigationLink": asker.link(TYPES[name], key),
            "components": list(COMPONENTS),
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }
        for (name, key), rows in grouped.items()
    ]


def expand(made: list[Entity], rows: Sequence[Any], kind: EntityType, query: Query, asker: Asker) -> None:
    """Put the observations of each series, or of each feature, into its entity."""
    if kind is FEATURES:
        for entity, row in zip(made, rows, strict=True):
            found, is_more = of_feature(row, query, asker).page()
            _put(entity, shown(found, query, asker), asker.link(kind, row.pk), query, is_more=is_more)
        return
    question = asked(asker.rows(kind).filter(pk__in=[row.pk for row in rows]), query, asker)
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
    named = [found for key in told if (found := identity_of(key)) is not None and not found.is_multi]
    question = Question(rows.filter(pk__in={one.stream for one in named}), query, asker)
    streams = {one.id: one for one in question.streams}
    moments = [
        exp.and_(readings.among([streams[one.stream]]), column("measured_at").eq(readings.time(one.at)))
        for one in named
        if one.stream in streams
    ]
    question.conditions.append(exp.paren(exp.or_(*moments) if moments else exp.false()))
    return question


def one(key: str, asker: Asker) -> AnyFound:
    """The observation with this id. Raises ProblemError STA-101 while it is not in the table."""
    found = identity_of(key)
    if found is not None:
        for row in of_identity(found, asker):
            if row.id == key:
                return row
    raise no_entity(f"Observation {key}")


def of_identity(wanted: Identity, asker: Asker) -> list[AnyFound]:
    """The observations of a series at a time."""
    rows: Any = asker.rows(MULTI if wanted.is_multi else DATASTREAMS).filter(pk=wanted.stream)
    question = asked(rows, Query(), asker)
    question.conditions.append(column("measured_at").eq(readings.time(wanted.at)))
    return question.page()[0]


def related_key(found: AnyFound, name: str) -> int | None:
    """The key of the series or the feature of an observation."""
    told = {row.key: row for row in Told.objects.filter(key=found.id)}
    return _keys([found], told, name).get(found.id)


__all__ = ["AnyFound", "Question", "arrays", "asked", "expand", "of_feature", "one", "related_key", "shown"]

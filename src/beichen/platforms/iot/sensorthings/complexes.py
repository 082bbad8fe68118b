"""Observations of MultiDatastreams: the readings of its parts of one time, as one observation with a list.

A part that has no reading of that time is null in the list; one that has two has the one that came last, so
that what is sent again corrects what was sent before. :class:`Complexes` compiles trees over such rows, whose
columns are ``multi``, ``measured_at``, and for each place ``v`` and ``t``, its number and its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from sqlglot import expressions as exp

from beichen.platforms.iot.sensorthings import readings
from beichen.platforms.iot.sensorthings.conditions import unfit
from beichen.platforms.iot.sensorthings.filters import Path
from beichen.platforms.iot.sensorthings.identity import identity_of_many
from beichen.platforms.iot.sensorthings.models import MultiDatastream, Part
from beichen.platforms.iot.sensorthings.readings import Stream, column, number
from beichen.platforms.iot.sensorthings.schema import Kind
from beichen.platforms.iot.sensorthings.told import Moments
from beichen.registry.models import plain_value

TABLE = "readings"
MULTI = "multi"


class Multi(NamedTuple):
    """A MultiDatastream as readings name it: its key, the thing's key, and its parts in order."""

    id: int
    thing: int
    parts: tuple[Stream, ...]


class ManyFound:
    """One observation: its series, id, and what was measured when."""

    __slots__ = ("at", "id", "result", "stream")

    def __init__(self, stream: Multi, row: Mapping[str, Any]) -> None:
        self.stream = stream
        self.at: datetime = row["measured_at"].astimezone(UTC)
        self.id = str(identity_of_many(stream.id, self.at))
        self.result = [
            plain_value(part.form, row[f"v{place}"], row[f"t{place}"])
            if row[f"v{place}"] is not None or row[f"t{place}"] is not None
            else None
            for place, part in enumerate(stream.parts)
        ]


def multis_of(rows: QuerySet[MultiDatastream]) -> list[Multi]:
    """The series with their parts. Raises ProblemError STA-106 for more parts than one question names."""
    columns = ("multi_id", "multi__thing__object__code", "measure", "form", "multi__thing_id")
    parts = Part.objects.filter(multi__in=rows.order_by()).order_by("multi", "place")
    found = readings.few([Stream(*row) for row in parts.values_list(*columns)[: readings.MOST_STREAMS + 1]])
    grouped: dict[int, list[Stream]] = {}
    for one in found:
        grouped.setdefault(one.id, []).append(one)
    return [Multi(key, parts[0].thing, tuple(parts)) for key, parts in grouped.items()]


def rows_of(multis: Sequence[Multi]) -> Any:
    """The SELECT whose rows are the observations of these series, each once."""
    every = [part for one in multis for part in one.parts]
    if len(multis) == 1:
        multi: Any = exp.Literal.number(multis[0].id)
    else:
        ifs = [exp.If(this=readings.among(one.parts), true=exp.Literal.number(one.id)) for one in multis]
        multi = exp.Case(ifs=ifs)
    columns = [exp.alias_(multi, MULTI), column("measured_at")]
    for place in range(max(len(one.parts) for one in multis)):
        mine = readings.among(one.parts[place] for one in multis if place < len(one.parts))
        for name, source in ((f"v{place}", "value"), (f"t{place}", "text")):
            last = exp.ArgMax(this=column(source), expression=column("received_at"))
            columns.append(exp.alias_(exp.Filter(this=last, expression=exp.Where(this=mine.copy())), name))
    keys = [exp.Literal.number(1), exp.Literal.number(2)]
    return exp.select(*columns).from_(TABLE).where(readings.among(every)).group_by(*keys)


class Complexes(readings.Readings):
    """Compiles trees over observations of MultiDatastreams: ``result/0`` is the first of the values."""

    def among(self, rows: QuerySet[Any]) -> Any:
        """That an observation is of one of these series."""
        return _one_of(key for key in rows.order_by("pk").values_list("pk", flat=True))

    def is_result(self, path: Path) -> bool:
        """Whether a path leads to one of the values. Raises STA-105 for the whole list."""
        if path.parts == ("result",):
            raise unfit("the values of a list are compared, not the list", path.at, "such as result/0")
        return len(path.parts) == 2 and path.parts[0] == "result"

    def result(self, path: Path, kind: Kind) -> Any:
        """One of the values. Raises STA-105 for one that no series has."""
        name = path.parts[1]
        place = int(name) if name.isdecimal() and len(name) < 4 else -1
        if not 0 <= place < self.places:
            raise unfit(f"there is no {path}", path.at, f"result/0 to result/{self.places - 1}")
        if kind is Kind.TRUTH:
            return exp.paren(column(f"v{place}").neq(number(0)))
        return column(f"t{place}" if kind is Kind.TEXT else f"v{place}")

    @property
    def places(self) -> int:
        """How many values the longest list of these series has."""
        rows = Part.objects.filter(multi__in=self._rows.order_by()).order_by("-place")
        last = rows.values_list("place", flat=True).first()
        return 1 if last is None else last + 1

    def at(self, moments: Moments) -> Any:
        """That an observation is one of these."""
        parts = [
            exp.and_(_one_of([key]), column("measured_at").isin(*map(readings.time, times)))
            for key, times in moments.items()
        ]
        return exp.paren(exp.or_(*parts)) if parts else exp.false()


def _one_of(keys: Iterable[int]) -> Any:
    found = [exp.Literal.number(key) for key in keys]
    return column(MULTI).isin(*found) if found else exp.false()


def order(path: Path, *, descends: bool) -> list[Any]:
    """What observations are put in order by. Raises ProblemError STA-105."""
    name = path.parts[1] if len(path.parts) == 2 and path.parts[0] == "result" else ""
    if name.isdecimal() and len(name) < 3:
        columns = [f"v{int(name)}", f"t{int(name)}"]
    else:
        columns = {
            "phenomenonTime": ["measured_at"],
            "@iot.id": [MULTI, "measured_at"],
            "id": [MULTI, "measured_at"],
        }.get(str(path), [])
    if not columns:
        raise unfit(f"observations are not put in order by {path}", path.at, "phenomenonTime, result/0")
    return [exp.Ordered(this=column(one), desc=descends, nulls_first=False) for one in columns]

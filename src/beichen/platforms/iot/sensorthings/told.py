"""What clients said of observations beside time and result, in a $filter: resultTime, parameters, intervals.

It is kept in rows (``Told``), the readings in the warehouse. What a filter asks of it is answered first, as
the times of the observations that are meant, by series; a filter that means very many is refused (STA-106).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from beichen.kernel.actor import Actor
from beichen.platforms.iot.sensorthings.codes import TOO_WIDE
from beichen.platforms.iot.sensorthings.conditions import LOOKUPS, TURNED, Conditions, unfit
from beichen.platforms.iot.sensorthings.filters import END, Binary, Call, Literal, Node, Path, Unary
from beichen.platforms.iot.sensorthings.identity import identity_of
from beichen.platforms.iot.sensorthings.models import MultiDatastream, Told
from beichen.platforms.iot.sensorthings.schema import EntityType, Kind, Property
from beichen.problem import Problem, ProblemError

MOST_MEANT = 2_000
TOLD = EntityType(
    "Observations",
    "Observation",
    Told,
    (
        Property("resultTime", "result_time", Kind.TIME),
        Property("resultQuality", "quality", Kind.JSON),
        Property("parameters", "parameters", Kind.JSON),
    ),
)
NAMES = frozenset(one.name for one in TOLD.properties)
Moments = dict[int, list[datetime]]


def paths_of(node: Node) -> Iterable[Path]:
    """The names in a tree."""
    if isinstance(node, Path):
        yield node
    elif isinstance(node, Binary):
        yield from paths_of(node.left)
        yield from paths_of(node.right)
    elif isinstance(node, Unary):
        yield from paths_of(node.operand)
    elif isinstance(node, Call):
        for one in node.arguments:
            yield from paths_of(one)


def is_of_told(node: Node) -> bool:
    """Whether a tree speaks of what clients told, and of nothing else."""
    paths = list(paths_of(node))
    return bool(paths) and all(path.parts[0] in NAMES for path in paths)


def is_of_end(node: Node) -> bool:
    """Whether a comparison looks at the end of an observation's time."""
    return isinstance(node, Binary) and any(path.parts == END for path in paths_of(node))


def _of(rows: QuerySet[Any]) -> QuerySet[Told]:
    """What clients told of the observations of these series, of the one kind or the other."""
    link = "multi" if rows.model is MultiDatastream else "datastream"
    return Told.objects.filter(**{f"{link}__in": rows})


def meant(rows: QuerySet[Any], node: Node, actor: Actor) -> Moments:
    """The observations of these series of which clients told what the tree asks. Raises STA-105, STA-106."""
    return _moments(Conditions(TOLD, actor).applied(_of(rows), node))


def straddling(rows: QuerySet[Any], node: Binary) -> tuple[Literal, str, Moments, Moments]:
    """A comparison of an interval's end with a time, as the time, the operator, and the intervals for which
    the end holds and the beginning does not, and the other way round. Raises STA-105, STA-106."""
    operator, left, right = node.operator, node.left, node.right
    if isinstance(left, Literal):
        operator, left, right = TURNED[operator], right, left
    if not isinstance(left, Path) or not isinstance(right, Literal) or right.kind is not Kind.TIME:
        raise unfit("the end of a time is compared with a time", node.at)

    def holds(column: str) -> Q:
        found = Q(**{f"{column}__{LOOKUPS[operator]}": right.value})
        return ~found if operator == "ne" else found

    spans = _of(rows).filter(until__isnull=False, since__isnull=False)
    ends, begins = holds("until"), holds("since")
    return (
        right,
        operator,
        _moments(spans.filter(ends).exclude(begins)),
        _moments(spans.filter(begins).exclude(ends)),
    )


def _moments(rows: QuerySet[Told]) -> Moments:
    keys = list(rows.order_by("pk").values_list("key", flat=True)[: MOST_MEANT + 1])
    if len(keys) > MOST_MEANT:
        message = f"more than {MOST_MEANT:,} observations are meant by what was told of them"
        raise ProblemError(Problem(TOO_WIDE, message, hint="name a Datastream, or a shorter time"))
    found: Moments = {}
    for key in keys:
        if (identity := identity_of(key)) is not None:
            found.setdefault(identity.stream, []).append(identity.at)
    return found

"""Finding histories: candidates in the order of their keys, each compared within the time asked for.

A query of histories reads timelines: at most :data:`READ_LIMIT` candidates, then it is refused (REG-106).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError
from beichen.registry.document.changes import Document
from beichen.registry.geometry import shape_of
from beichen.registry.history.asking import TemporalQuery
from beichen.registry.history.instance import SCOPE, Point, Timeline
from beichen.registry.history.reading import TimelineReader
from beichen.registry.models import History, Object
from beichen.registry.permissions import READ
from beichen.registry.problems import TOO_COMPLEX
from beichen.registry.query.evaluation import evaluate
from beichen.registry.query.patterns import literal_prefix, matches
from beichen.registry.query.plan import Query, is_selected
from beichen.registry.query.scopes import ScopeQuery
from beichen.registry.query.selection import names_of
from beichen.registry.types import read_types

READ_LIMIT = 5_000
CHUNK = 100
_START = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class TemporalSearch:
    """One query of histories by one actor."""

    query: Query
    asked: TemporalQuery
    actor: Actor
    datasets: frozenset[str] = frozenset()
    reader: TimelineReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = TimelineReader(self.actor)

    def page(self, limit: int, offset: int = 0) -> tuple[list[Timeline], bool]:
        """Up to ``limit`` histories from ``offset`` on, and whether more follow."""
        found: list[Timeline] = []
        for timeline in self.matching():
            found.append(timeline)
            if len(found) > offset + limit:
                break
        return found[offset : offset + limit], len(found) > offset + limit

    def count(self) -> int:
        """How many histories match."""
        return sum(1 for _ in self.matching())

    def matching(self) -> Iterator[Timeline]:
        """Matching histories, cut to what was asked for."""
        attributes = frozenset(self.query.attributes)
        # What q and the geo-query look at is needed to decide, even where it is not shown.
        is_narrow = attributes and self.query.q is None and self.query.geo is None
        window = self.asked.window(attributes if is_narrow else frozenset())
        read, chunk = 0, list[str]()
        for urn in self._candidates():
            chunk.append(urn)
            if len(chunk) == CHUNK:
                read += CHUNK
                yield from self._judged(self.reader.read(chunk, window).values())
                chunk = []
                if read >= READ_LIMIT:
                    raise _too_complex()
        yield from self._judged(self.reader.read(chunk, window).values() if chunk else ())

    # ── candidates ────────────────────────────────────────────────────────────────────────────────

    def _candidates(self) -> Iterator[str]:
        """Ids of objects, present and removed, then of histories that stand alone; each once."""
        seen: set[str] = set()
        kinds = None
        if self.query.types is not None:
            kinds = list(read_types(names_of(self.query.types)).values())
        objects = access.visible(self.actor, READ, Object.objects.all())
        histories = access.visible(self.actor, READ, History.objects.filter(is_own=True))
        if kinds is not None:
            objects = objects.filter(
                Q(type__in=kinds) | Q(typings__type__in=[k for k in kinds if k.is_shared])
            )
            histories = histories.filter(Q(type__in=kinds))
        for rows in (objects, histories):
            for urn in _by_key(self._narrowed(rows)):
                if urn not in seen:
                    seen.add(urn)
                    yield urn

    def _narrowed(self, rows: QuerySet[Object] | QuerySet[History]) -> QuerySet[Object] | QuerySet[History]:
        if self.query.ids:
            rows = rows.filter(urn__in=self.query.ids)
        prefix = literal_prefix(self.query.id_pattern) if self.query.id_pattern else ""
        if prefix:
            rows = rows.filter(urn__gte=prefix, urn__lt=prefix + "\U0010ffff")
        return rows

    # ── judging ───────────────────────────────────────────────────────────────────────────────────

    def _judged(self, timelines: Iterable[Timeline]) -> Iterator[Timeline]:
        for timeline in timelines:
            if self._is_meant(timeline) and self.cut(timeline):
                yield timeline

    def _is_meant(self, timeline: Timeline) -> bool:
        head: Document = {"id": timeline.urn, "type": list(timeline.types)}
        query = self.query
        if query.id_pattern and not matches(query.id_pattern, timeline.urn):
            return False
        selectors = query.selectors or [(query.types, list(query.ids), "")]
        return any(is_selected(item, head) for item in selectors)

    def cut(self, timeline: Timeline) -> bool:
        """Keep the instances that were asked for; returns whether the history matches."""
        query, asked = self.query, self.asked
        scopes = timeline.points.get(SCOPE, [])
        kept = {
            name: [point for point in points if asked.holds(point) and self._is_chosen(point)]
            for name, points in timeline.points.items()
        }
        if query.scope is not None:
            spans = scope_spans(timeline, query.scope, asked)
            if not spans:
                return False
            if scopes:
                kept = {name: _within(points, spans, asked) for name, points in kept.items()}
        kept = {name: points for name, points in kept.items() if points}
        if not self._holds(timeline, kept):
            return False
        if query.attributes:
            kept = {name: points for name, points in kept.items() if name in query.attributes}
        timeline.points = {name: self._ordered(points) for name, points in kept.items()}
        return bool(kept.keys() - {SCOPE}) or (bool(kept) and not query.attributes)

    def _is_chosen(self, point: Point) -> bool:
        return not self.datasets or (point.dataset or "@none") in self.datasets

    def _ordered(self, points: list[Point]) -> list[Point]:
        points = sorted(points, key=lambda point: point.at(self.asked.time_property) or _START)
        return points if self.asked.last is None else points[-self.asked.last :]

    def _holds(self, timeline: Timeline, kept: dict[str, list[Point]]) -> bool:
        """Whether some instances within the time satisfy q and the geo-query (5.7.4.4)."""
        geo = self.query.geo
        if geo is not None:
            values = [point.document.get("value") for point in kept.get(geo.attribute, [])]
            shapes = [shape_of(value).wkb for value in values if isinstance(value, dict)]
            if not any(geo.select(shapes)):
                return False
        if self.query.q is None:
            return True
        document: Document = {"id": timeline.urn, "type": list(timeline.types)}
        for name, points in kept.items():
            if name != SCOPE:
                # Each instance stands for itself, as instances of different datasets do.
                document[name] = [{**point.document, "datasetId": point.key} for point in points]
        return evaluate(self.query.q, document)


def scope_spans(
    timeline: Timeline, wanted: ScopeQuery, asked: TemporalQuery
) -> list[tuple[datetime, datetime]]:
    """The spans within the time asked for in which a matching scope was valid (4.18)."""
    points = sorted(timeline.points.get(SCOPE, []), key=lambda point: point.at("observedAt") or _START)
    start = asked.at if asked.relation in {"after", "between"} and asked.at is not None else _START
    ends = {"before": asked.at, "between": asked.end}
    end = ends.get(asked.relation) or _END
    if not points:
        return [(start, end)] if wanted.matches(timeline.scopes) else []
    found = []
    for number, point in enumerate(points):
        since = point.at("observedAt") or _START
        until = (points[number + 1].at("observedAt") or _START) if number + 1 < len(points) else _END
        value = point.document.get("value", [])
        scopes = [value] if isinstance(value, str) else value
        since, until = max(since, start), min(until, end)
        if since < until and wanted.matches(scopes):
            found.append((since, until))
    return found


def _within(points: list[Point], spans: list[tuple[datetime, datetime]], asked: TemporalQuery) -> list[Point]:
    def holds(point: Point) -> bool:
        moment = point.at(asked.time_property)
        return moment is not None and any(since <= moment < until for since, until in spans)

    return [point for point in points if holds(point)]


def _by_key(rows: QuerySet[Object] | QuerySet[History]) -> Iterator[str]:
    """Ids in the order of keys, a chunk at a time."""
    after = 0
    while True:
        chunk = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", "urn")[: CHUNK * 5])
        for key, urn in chunk:
            after = key
            yield urn
        if len(chunk) < CHUNK * 5:
            return


def _too_complex() -> ProblemError:
    hint = "narrow it by type, id or pattern"
    return ProblemError(Problem(TOO_COMPLEX, f"more than {READ_LIMIT} histories would be read", hint=hint))

"""Histories as they are shown (clauses 4.5.6 to 4.5.9, 4.5.19): normalised, temporal values, aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beichen.registry.document.forms import FORMS
from beichen.registry.document.representation import CONCISE, NORMALIZED, Representation, time_text
from beichen.registry.history.aggregating import aggregate, spread
from beichen.registry.history.asking import TemporalQuery
from beichen.registry.history.instance import DELETED, SCOPE, Point, Timeline

TEMPORAL_VALUES, AGGREGATED = "temporalValues", "aggregatedValues"
PLURALS = {
    "value": "values",
    "object": "objects",
    "languageMap": "languageMaps",
    "vocab": "vocabs",
    "json": "jsons",
    "valueList": "valueLists",
    "objectList": "objectLists",
}
_WRAPPED = frozenset({"languageMap", "vocab", "json"})
Document = dict[str, Any]


@dataclass(slots=True)
class TemporalView:
    """How histories are shown; the representation has the context, the projection and the rest."""

    shown: Representation
    form: str = NORMALIZED
    with_times: bool = False

    def render(self, timeline: Timeline, asked: TemporalQuery) -> Document:
        """One history, whose points are those that were asked for."""
        shown, found = self.shown, Document()
        if shown.shows("id"):
            found["id"] = timeline.urn
        if shown.shows("type"):
            types = [shown.context.compact(name) for name in timeline.types]
            found["type"] = types[0] if len(types) == 1 else types
        self._head(found, timeline)
        spans = spread(asked, [point for points in timeline.points.values() for point in points])
        for name, points in timeline.points.items():
            if not shown.shows(name) or (name == SCOPE and not self._is_scope_history(timeline)):
                continue
            chosen = [point for point in points if self._is_chosen(point)]
            if shown.datasets and not chosen:
                continue
            found[shown.context.compact(name)] = self._attribute(chosen, asked, spans)
        return found

    def _is_chosen(self, point: Point) -> bool:
        return not self.shown.datasets or (point.dataset or "@none") in self.shown.datasets

    def _is_scope_history(self, timeline: Timeline) -> bool:
        """Whether the scope changed: one that never did is shown plainly."""
        points = timeline.points.get(SCOPE, [])
        return len(points) > 1 or any(point.deleted_at is not None for point in points)

    def _head(self, found: Document, timeline: Timeline) -> None:
        if timeline.scopes and self.shown.shows(SCOPE) and not self._is_scope_history(timeline):
            scopes = timeline.scopes
            found[SCOPE] = scopes[0] if len(scopes) == 1 else scopes
        moments = {"createdAt": timeline.created_at, "modifiedAt": timeline.modified_at}
        if self.with_times:
            found |= {name: time_text(value) for name, value in moments.items() if value is not None}
            if timeline.deleted_at is not None:
                found[DELETED] = time_text(timeline.deleted_at)

    def _attribute(
        self, points: Sequence[Point], asked: TemporalQuery, spans: Sequence[tuple[datetime, datetime]]
    ) -> Any:
        if self.form in {NORMALIZED, CONCISE}:
            return [self._instance(point) for point in points]
        by_dataset: dict[str, list[Point]] = {}
        for point in points:
            by_dataset.setdefault(point.dataset, []).append(point)
        found = []
        for dataset, listed in by_dataset.items():
            one: Document = {"type": listed[0].document["type"]}
            if dataset:
                one["datasetId"] = dataset
            if self.form == AGGREGATED and asked.aggregation is not None:
                one |= aggregate(asked, asked.aggregation, listed, spans)
            else:
                member = FORMS[one["type"]].member
                one[PLURALS[member]] = [self._pair(point, asked, member) for point in listed]
            found.append(one)
        if not found and self.form == TEMPORAL_VALUES:  # all its instances lie in another part
            return {"type": "Property", "values": []}
        return found[0] if len(found) == 1 else found

    def _pair(self, point: Point, asked: TemporalQuery, member: str) -> list[Any]:
        value = self.shown.value_of(point.document)
        if member == "objectList" and isinstance(value, list):
            value = [item["object"] for item in value]
        if member in _WRAPPED:
            value = {member: value}
        return [value, point.text_at(asked.time_property)]

    def _instance(self, point: Point) -> Document:
        rendered = self.shown.instance_of(point.document, None)
        shown: Document = rendered if isinstance(rendered, dict) else {"value": rendered}
        shown["instanceId"] = point.key
        if self.with_times:
            shown["createdAt"], shown["modifiedAt"] = (
                time_text(point.created_at),
                time_text(point.modified_at),
            )
        if point.deleted_at is not None:
            shown[DELETED] = time_text(point.deleted_at)
        return shown

"""A chart as data: what `<bc-chart>` draws and, from the same figures, the table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.safestring import SafeString

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@dataclass(frozen=True, slots=True)
class Series:
    """One line, set of points or row of bars; ``tone`` names a colour token; None leaves a gap."""

    name: str
    values: list[float | None]
    tone: str = "accent"
    kind: str = "line"
    is_dashed: bool = False
    has_labels: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over shared categories. ``from_zero`` keeps the axis honest for bars."""

    title: str
    unit: str
    first_heading: str
    categories: list[str]
    series: list[Series]
    from_zero: bool = False

    def document(self) -> dict[str, Any]:
        """What the browser draws."""
        return {
            "unit": self.unit,
            "zero": self.from_zero,
            "categories": self.categories,
            "series": [
                {
                    "name": item.name,
                    "kind": item.kind,
                    "tone": item.tone,
                    "dashed": item.is_dashed,
                    "labels": item.has_labels,
                    "values": item.values,
                }
                for item in self.series
            ],
        }

    def rows(self) -> list[list[str | float | None]]:
        """The same figures as rows: category, then one value a series."""
        return [
            [category, *(item.values[index] for item in self.series)]
            for index, category in enumerate(self.categories)
        ]

    def context(self) -> dict[str, Any]:
        """Variables of the component's template."""
        unit = f" ({self.unit})" if self.unit else ""
        return {
            "title": self.title,
            "document": embedded_json(self.document()),
            "headings": [self.first_heading, *(f"{item.name}{unit}" for item in self.series)],
            "rows": self.rows(),
        }


def embedded_json(document: Any) -> SafeString:
    """JSON that may stand inside a ``<script type="application/json">`` element."""
    # Every character that could end the element or start another is escaped.
    return SafeString(orjson.dumps(document).decode().translate(_ESCAPES))

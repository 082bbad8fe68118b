"""What a widget shows, however it is bound: figures with their source, time and status."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson

from beichen.hubs.data.service import Verdict
from beichen.platforms.geo.pages import Drawing
from beichen.web.charts import Chart


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a ranking or a list; ``share`` is of the longest, 0 to 100; ``tone`` names a status."""

    label: str
    shown: str
    share: float = 0.0
    href: str = ""
    tone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on a drawn map; ``number`` is its line in the list beside it."""

    x: float
    y: float
    tone: str
    label: str


@dataclass(frozen=True, slots=True)
class Area:
    """A district on a drawn map; ``shade`` counts from 0 (no value) to 5 (the most). Names of
    small ones are told and not drawn.
    """

    code: str
    name: str
    path: str
    x: float
    y: float
    shade: int
    shown: str
    is_chosen: bool
    is_named: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawn map: districts, water, metro, dots."""

    drawing: Drawing
    view_box: str
    size: float
    areas: list[Area]
    dots: list[Dot]

    @property
    def label(self) -> float:
        """The height of a district's name."""
        return self.size * 0.03

    @property
    def dot(self) -> float:
        """How far a dot reaches from its place."""
        return self.size * 0.009


@dataclass(frozen=True, slots=True)
class Tiled:
    """A layer of any size, which the live map draws of its tiles; ``tone`` is a colour of the house."""

    key: str
    name: str
    kind: str
    tone: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """Part of a whole turn of half a circle: ``share`` from 0 to 1."""

    share: float
    low: str
    high: str

    @property
    def dash(self) -> str:
        """How much of the arc (157 long) is drawn."""
        return f"{max(0.0, min(1.0, self.share)) * 157:.1f} 400"


@dataclass(frozen=True, slots=True)
class Video:
    """A source that the browser shows: ``form`` is hls, mp4 or image; ``text`` says what is to be seen."""

    form: str
    address: str
    name: str
    text: str


@dataclass(slots=True)
class Content:
    """What stands in a widget. Where nothing is to be shown, ``missing`` says what is not there.

    ``status`` is a word of :data:`beichen.web.status.SURENESS` or words; ``href`` opens the data behind.
    """

    headline: str = ""
    unit: str = ""
    period: str = ""
    line: str = ""
    verdict: Verdict | None = None
    gauge: Gauge | None = None
    chart: Chart | None = None
    bars: list[Bar] = field(default_factory=list)
    headings: list[tuple[str, bool]] = field(default_factory=list)
    rows: list[list[tuple[str, bool]]] = field(default_factory=list)
    sheet: Sheet | None = None
    bounds: str = ""
    tiled: list[Tiled] = field(default_factory=list)
    text: str = ""
    video: Video | None = None
    events: list[tuple[str, Any]] = field(default_factory=list)
    is_feed: bool = False
    source: str = ""
    at: datetime | None = None
    status: str = ""
    is_demo: bool = False
    href: str = ""
    missing: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def tiles(self) -> str:
        """The tiled layers as the live map reads them, from the bottom up."""
        return orjson.dumps([asdict(one) for one in self.tiled]).decode() if self.tiled else ""


def nothing(missing: str, href: str = "") -> Content:
    """That something is not there, in words."""
    return Content(missing=missing, href=href)

"""Charts as pictures: a chart's figures as SVG (pages and PDF), and as PNG (Word).

The drawing is plain: a light grid, values written at the points, a legend above. Shapes carry class
names beside their colours, so that a page in a dark appearance can colour them anew. SVG needs nothing;
PNG is drawn by resvg from the same SVG.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

from beichen.plan.reports.document import Figure
from beichen.problem import Problem, ProblemError, code
from beichen.web.charts import Chart, Series
from beichen.web.numbers import figure as spoken

SIZE, SMALL = (680, 300), (420, 230)  # of a figure across the page, and of one of two beside each other
TOP, RIGHT, BOTTOM, LEFT = 56, 22, 34, 58
FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
COLOURS = {
    "accent": "#1d4f7c",
    "star": "#a87718",
    "seal": "#9e3325",
    "ahead": "#17634e",
    "on-course": "#1f5688",
    "behind": "#b98208",
    "missed": "#9c2b22",
    "unknown": "#8b93a0",
}
UNDRAWN = code("PLN-907", "A chart could not be drawn as a picture.", status=500)


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from at or below ``low`` to at or above ``high``, at most ``most`` steps."""
    least = max(abs(low), abs(high), 1e-6) * 1e-4  # closer values differ by less than anybody reads
    if high - low < least:
        middle = (low + high) / 2
        room = abs(middle) * 0.05 or 0.5
        low, high = min(low, middle - room), max(high, middle + room)
    rough = (high - low) / max(most - 1, 1)
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = max(0, 1 - math.floor(math.log10(step)))
    return [round(index * step, places) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand in the drawing: categories across, values up."""

    chart: Chart
    ticks: list[float]
    width: int
    height: int

    def x(self, index: int) -> float:
        """The middle of a category."""
        return LEFT + (index + 0.5) * (self.width - LEFT - RIGHT) / max(len(self.chart.categories), 1)

    def y(self, value: float) -> float:
        """The height of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.height - BOTTOM - (value - low) / (high - low) * (self.height - TOP - BOTTOM)


def _frame(drawn: Figure, size: tuple[int, int] | None) -> _Frame:
    chart = drawn.chart
    known = [value for one in chart.series for value in one.values if value is not None]
    if drawn.is_stacked:
        columns = zip(*(one.values for one in chart.series), strict=True)
        known = [sum(value or 0 for value in column) for column in columns]
    bars = any(one.kind == "bar" for one in chart.series)
    low, high = min(known, default=0.0), max(known, default=1.0)
    if bars or chart.from_zero:
        low, high = min(low, 0), max(high, 0)
    return _Frame(chart, nice_ticks(low, high), *(size or (SMALL if drawn.is_small else SIZE)))


def _text(x: float, y: float, words: str, anchor: str = "middle", size: float = 11, tone: str = "ink") -> str:
    colour = {"ink": "#18212f", "soft": "#5b6472"}[tone]
    return (
        f'<text class="chart-{tone}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{colour}">{escape(words)}</text>'
    )


def _width(words: str) -> float:
    """How wide words are in units of the letter size."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.56 for letter in words)


def _grid(frame: _Frame) -> list[str]:
    parts = []
    for tick in frame.ticks:
        y = frame.y(tick)
        parts.append(
            f'<line class="chart-line" x1="{LEFT}" x2="{frame.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
            'stroke="#ddd7c8"/>'
        )
        parts.append(_text(LEFT - 8, y + 4, spoken(tick), "end", 10.5, "soft"))
    room = (frame.width - LEFT - RIGHT) / max(len(frame.chart.categories), 1)
    widest = max((_width(name) for name in frame.chart.categories), default=0) * 11
    every = max(1, math.ceil(widest / max(room - 4, 1)))
    for index, name in enumerate(frame.chart.categories):
        if index % every == 0:
            parts.append(_text(frame.x(index), frame.height - BOTTOM + 19, name, size=11, tone="soft"))
    return parts


def _legend(chart: Chart) -> list[str]:
    parts, x = [], float(LEFT)
    for one in chart.series:
        colour = COLOURS.get(one.tone, COLOURS["accent"])
        dash = ' stroke-dasharray="5 4"' if one.is_dashed else ""
        if one.kind == "bar":
            parts.append(
                f'<rect class="chart-fill-{one.tone}" x="{x:.1f}" y="13" width="16" height="9" rx="1.5" '
                f'fill="{colour}"/>'
            )
        elif one.kind == "points":
            parts.append(
                f'<circle class="chart-fill-{one.tone}" cx="{x + 8:.1f}" cy="17.5" r="5" fill="{colour}"/>'
            )
        else:
            parts.append(
                f'<line class="chart-stroke-{one.tone}" x1="{x:.1f}" x2="{x + 18:.1f}" y1="17.5" y2="17.5" '
                f'stroke="{colour}" stroke-width="2.2"{dash}/>'
            )
        parts.append(_text(x + 24, 22, one.name, "start", 12))
        x += 24 + _width(one.name) * 12 + 22
    if chart.unit:
        parts.append(_text(LEFT - 8, TOP - 14, chart.unit, "end", 10.5, "soft"))
    return parts


def _segments(frame: _Frame, one: Series) -> list[list[tuple[float, float]]]:
    """The runs of known values as points of the drawing."""
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((frame.x(index), frame.y(value)))
    return [run for run in runs if run]


def _line(frame: _Frame, one: Series) -> list[str]:
    colour = COLOURS.get(one.tone, COLOURS["accent"])
    dash = ' stroke-dasharray="6 5"' if one.is_dashed else ""
    parts = []
    for run in _segments(frame, one):
        if len(run) == 1 or one.kind == "points":
            continue
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        parts.append(
            f'<polyline class="chart-stroke-{one.tone}" points="{points}" fill="none" stroke="{colour}" '
            f'stroke-width="2"{dash}/>'
        )
    return parts


def _dots(frame: _Frame, one: Series) -> list[str]:
    colour = COLOURS.get(one.tone, COLOURS["accent"])
    parts = []
    alone = {run[0] for run in _segments(frame, one) if len(run) == 1}
    for index, value in enumerate(one.values):
        if value is None:
            continue
        x, y = frame.x(index), frame.y(value)
        if one.kind == "points" or (x, y) in alone:
            parts.append(
                f'<circle class="chart-fill-{one.tone}" cx="{x:.1f}" cy="{y:.1f}" r="4.6" fill="{colour}" '
                'stroke="#ffffff" stroke-width="1.4"/>'
            )
        if one.has_labels:
            parts.append(_text(x, y - 10, spoken(value, 2)))
    return parts


def _bars(frame: _Frame, drawn: Figure) -> list[str]:
    bars = [one for one in frame.chart.series if one.kind == "bar"]
    if not bars:
        return []
    room = (frame.width - LEFT - RIGHT) / max(len(frame.chart.categories), 1)
    width = min(46.0, room * 0.62 / (1 if drawn.is_stacked else len(bars)))
    tops = [0.0] * len(frame.chart.categories)
    parts = []
    for place, one in enumerate(bars):
        shift = -width / 2 if drawn.is_stacked else (place - len(bars) / 2) * width
        for index, value in enumerate(one.values):
            if not value:
                continue
            low = tops[index] if drawn.is_stacked else 0.0
            tops[index] = low + value
            parts += _bar(frame, one, index, (low, low + value), shift, width)
    return parts


def _bar(
    frame: _Frame, one: Series, index: int, span: tuple[float, float], shift: float, width: float
) -> list[str]:
    colour = COLOURS.get(one.tone, COLOURS["accent"])
    x, top, bottom = frame.x(index) + shift, frame.y(max(span)), frame.y(min(span))
    shape = (
        f'<rect class="chart-fill-{one.tone}" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{bottom - top:.1f}" fill="{colour}" stroke="#ffffff" stroke-width="0.8"/>'
    )
    parts = [shape]
    if one.has_labels and bottom - top > 14:
        middle = (top + bottom) / 2 + 4
        parts.append(
            f'<text x="{x + width / 2:.1f}" y="{middle:.1f}" text-anchor="middle" font-size="11" '
            f'fill="#ffffff">{escape(spoken(span[1] - span[0], 2))}</text>'
        )
    return parts


def as_svg(drawn: Figure, size: tuple[int, int] | None = None) -> str:
    """The figure as one SVG element, complete in itself; its title is its description.

    ``size`` is its width and height where it must fit a place; letters are 11 of its units high.
    """
    frame = _frame(drawn, size)
    chart = drawn.chart
    lines = [one for one in chart.series if one.kind != "bar"]
    parts = [*_grid(frame), *_bars(frame, drawn)]
    parts += [part for one in lines for part in _line(frame, one)]
    parts += [part for one in lines for part in _dots(frame, one)]
    parts += _legend(chart)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {frame.width} {frame.height}" '
        f'width="{frame.width}" height="{frame.height}" role="img" font-family="{FONTS}">'
        f"<title>{escape(chart.title)}</title>{''.join(parts)}</svg>"
    )


def as_png(drawn: Figure, zoom: float = 2.5) -> bytes:
    """The figure as a PNG picture of ``zoom`` times its size. Raises ProblemError PLN-907."""
    import resvg_py

    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=as_svg(drawn), zoom=zoom, background="#ffffff"))
    except ValueError as error:
        raise ProblemError(Problem(UNDRAWN, f"{drawn.key}: {error}"[:80])) from None

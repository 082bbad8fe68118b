"""What of a widget is a picture on paper: chart, map, gauge, small line; SVG that needs no style sheet."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from django.utils.safestring import SafeString, mark_safe

from beichen.fronts.overview.screens.content import Content, Gauge, Sheet
from beichen.plan.reports.pages import FONTS, Figure, as_svg
from beichen.web.charts import Chart

LEAST = 12.0  # millimetres below which nothing can be read
LEAST_LINE, MOST_LINE = 3.0, 11.0  # of a small line's height
UNIT = 0.235  # millimetres of a chart's unit, so that its letters are 2.6 high
INK, QUIET, LAND, WATER, BORDER, METRO = "#18212f", "#5b6472", "#f1ecdf", "#a9c4d2", "#8d8468", "#9e3325"
SHADES = (LAND, "#dbe4ea", "#bfd0de", "#9db8cf", "#7a9fbf", "#5784ab")
TONES = {
    "accent": "#1d4f7c",
    "ahead": "#17634e",
    "on-course": "#1f5688",
    "behind": "#b98208",
    "missed": "#9c2b22",
    "unknown": "#8b93a0",
}


def of(content: Content, width: float, height: float, scale: float = 1.0) -> SafeString:
    """The picture in a place of ``width`` × ``height`` millimetres on A3, for a sheet ``scale`` times it;
    empty where there is none or no room.
    """
    if content.line and height > LEAST_LINE:
        return _line(content.line, width * scale, min(height, MOST_LINE) * scale)
    if min(width, height) < LEAST:
        return SafeString("")
    if content.chart is not None:
        return _chart(content.chart, width, height, scale)
    if content.sheet is not None:
        return _map(content.sheet, width * scale, height * scale)
    if content.gauge is not None:
        return _gauge(content.gauge, width * scale, height * scale)
    return SafeString("")


def _sized(width: float, height: float) -> str:
    return f'style="display:block;width:{width:.2f}mm;height:{height:.2f}mm"'


def _chart(chart: Chart, width: float, height: float, scale: float) -> SafeString:
    """Parts of a whole become bars: on paper lengths are compared, and each has its number."""
    series = [replace(one, kind="bar", has_labels=True) if one.kind == "pie" else one for one in chart.series]
    drawn = replace(chart, series=series)
    svg = as_svg(Figure("x", drawn), (max(160, int(width / UNIT)), max(110, int(height / UNIT))))
    sized = _sized(width * scale, height * scale)
    return mark_safe(svg.replace("<svg ", f"<svg {sized} ", 1))  # noqa: S308 - escaped there


def _line(points: str, width: float, height: float) -> SafeString:
    return mark_safe(  # noqa: S308 - numbers alone
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 24" preserveAspectRatio="none" '
        f'{_sized(width, height)}><polyline points="{escape(points)}" fill="none" stroke="{TONES["accent"]}" '
        'stroke-width="1"/></svg>'
    )


def _gauge(gauge: Gauge, width: float, height: float) -> SafeString:
    arc = "M10 60 A50 50 0 0 1 110 60"
    return mark_safe(  # noqa: S308 - numbers alone
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 66" {_sized(width, height)}>'
        f'<path d="{arc}" fill="none" stroke="#ddd7c8" stroke-width="12"/><path d="{arc}" fill="none" '
        f'stroke="{TONES["accent"]}" stroke-width="12" stroke-dasharray="{gauge.dash}"/></svg>'
    )


def _map(sheet: Sheet, width: float, height: float) -> SafeString:
    """Districts, water, metro, names and dots, in the order of the page."""
    left, top, wide, high = (float(one) for one in sheet.view_box.split())
    one = sheet.size / 900  # a thin line
    parts = [
        f'<path d="{area.path}" fill="{SHADES[area.shade]}" stroke="{INK if area.is_chosen else BORDER}" '
        f'stroke-width="{one * (3 if area.is_chosen else 1):.2f}"/>'
        for area in sorted(sheet.areas, key=lambda area: area.is_chosen)
    ]
    drawing = sheet.drawing
    parts.append(f'<path d="{drawing.lakes}" fill="{WATER}"/>')
    parts.append(f'<path d="{drawing.water}" fill="none" stroke="{WATER}" stroke-width="{one * 2:.2f}"/>')
    parts.append(f'<path d="{drawing.metro}" fill="none" stroke="{METRO}" stroke-width="{one:.2f}"/>')
    parts += [
        f'<circle cx="{dot.x}" cy="{dot.y}" r="{sheet.dot:.1f}" stroke="#ffffff" stroke-width="{one:.2f}" '
        f'fill="{TONES.get(dot.tone, TONES["accent"])}"/>'
        for dot in sheet.dots
    ]
    parts += [
        f'<text x="{area.x}" y="{area.y}" font-size="{sheet.label:.1f}" text-anchor="middle" fill="{INK}">'
        f"{escape(area.name)}</text>"
        for area in sheet.areas
        if area.is_named
    ]
    return mark_safe(  # noqa: S308 - names are escaped, the rest are numbers and paths of our own
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.1f} {top:.1f} {wide:.1f} {high:.1f}" '
        f'preserveAspectRatio="xMidYMid meet" font-family="{FONTS}" {_sized(width, height)}>'
        f"{''.join(parts)}</svg>"
    )

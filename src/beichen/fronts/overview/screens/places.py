"""Widgets bound to places: a drawn map with shaded districts and dots, and things in a list.

The map is the house's sheet (SVG): it stands without WebGL and without scripts; what it shows stands beside
it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.overview.object import address_of
from beichen.fronts.overview.screens.content import Area, Bar, Content, Dot, Sheet, Tiled, nothing
from beichen.fronts.overview.screens.indicators import of_parts
from beichen.fronts.overview.screens.looking import Looking, named
from beichen.fronts.overview.things import RANKS, Thing, layers, things_of
from beichen.hubs.data.service import unit_name
from beichen.kernel.access.service import require, visible
from beichen.kernel.org.models import Region
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.models import Layer, Origin
from beichen.platforms.geo.pages import District, Drawing, drawing
from beichen.web.numbers import figure

MOST_DOTS = 400
LISTED = 40
SHADES = 5
TONES = ("seal", "accent", "ahead", "behind")


def listed(widget: dict[str, Any], looking: Looking) -> Content:
    """Things by how they stand, the gravest first."""
    found, missing = _things(widget["things"], looking)
    if not found:
        return missing
    content = _told(looking, found[0][0])
    ordered = sorted(found, key=lambda pair: -RANKS[pair[1].tone])
    content.bars = [
        Bar(
            thing.name,
            thing.shown or thing.standing,
            href=address_of(thing.code),
            tone=thing.tone,
            note=thing.standing,
        )
        for _key, thing in ordered[:LISTED]
    ]
    content.is_demo = any(thing.is_demo for _key, thing in found)
    return content


def map_(widget: dict[str, Any], looking: Looking) -> Content:
    """Districts, shaded by an indicator where one is named; things and features of layers as dots."""
    require(looking.by, geo.READ)
    rows = list(visible(looking.by, geo.READ, geo.layers()))
    drawn = drawing(rows)
    if drawn is None:
        return nothing(_("No layer with the outlines of districts is loaded."))
    content = Content(
        source=" · ".join(sorted({row.attribution for row in rows if row.attribution})),
        at=looking.now,
        href=reverse("overview:screen"),
    )
    values = _shades(widget, looking, content) if "indicator" in widget else {}
    dots = _dots(widget, looking, drawn, content)
    chosen = drawn.district(_district(looking))
    view_box = drawn.view_box(chosen.bounds if chosen else drawn.sheet.bounds)
    wide, high = map(float, view_box.split()[2:])
    areas = [
        Area(
            one.code,
            _name(one, looking.language),
            one.path,
            one.x,
            one.y,
            *values.get(one.code, (0, "")),
            is_chosen=chosen is one,
            is_named=not one.is_small or chosen is one,
        )
        for one in drawn.districts
    ]
    content.sheet = Sheet(drawn, view_box, max(wide, high * 1.2), areas, dots)
    content.bounds = str(chosen.bounds if chosen else drawn.sheet.bounds)
    return content


def _name(one: District, language: str) -> str:
    return (one.name_en or one.name) if language == "en" else one.name


def _district(looking: Looking) -> str:
    """The code of the district that is looked at, or in which the region lies."""
    if looking.region is None or looking.is_city:
        return ""
    parts = looking.region.path.strip("/").split("/")
    return next((code for code in reversed(parts) if len(code) == 6), "")


def _shades(widget: dict[str, Any], looking: Looking, content: Content) -> dict[str, tuple[int, str]]:
    """Of each part of the city that has a value its shade and the value as it is shown."""
    indicator, newest = of_parts(widget, looking)
    if isinstance(newest, Content):
        content.notes.append(newest.missing)
        return {}
    unit = str(unit_name(indicator.unit))
    numbers = sorted(float(value.value) for value in newest)
    low, span = numbers[0], (numbers[-1] - numbers[0]) or 1.0
    content.headline = ""
    content.source = newest[0].source_title
    content.status = newest[0].status
    content.is_demo = newest[0].kind == "demo"
    content.period = newest[-1].period
    content.bars = [
        Bar(named(value.region, looking.language), f"{figure(value.value, 2)} {unit}".strip())
        for value in sorted(newest, key=lambda value: -value.value)
    ]
    return {
        value.region.code: (
            1 + min(SHADES - 1, int((float(value.value) - low) / span * SHADES)),
            f"{figure(value.value, 2)} {unit}".strip(),
        )
        for value in newest
    }


def _dots(widget: dict[str, Any], looking: Looking, drawn: Drawing, content: Content) -> list[Dot]:
    dots = []
    if "things" in widget:
        found, missing = _things(widget["things"], looking)
        if not found:
            content.notes.append(missing.missing)
        ordered = sorted(found, key=lambda pair: RANKS[pair[1].tone])
        for _key, thing in ordered:
            if thing.longitude is not None and thing.latitude is not None:
                x, y = drawn.sheet.place((thing.longitude, thing.latitude))
                dots.append(Dot(round(x, 1), round(y, 1), thing.tone, f"{thing.name}: {thing.standing}"))
        content.bars = content.bars or [
            Bar(thing.name, thing.standing, tone=thing.tone, href=address_of(thing.code))
            for _key, thing in reversed(ordered[-LISTED:])
        ]
        content.is_demo = content.is_demo or any(thing.is_demo for _key, thing in found)
    for key in widget.get("layers", ()):
        row = _layer(key, looking)
        if row is None:
            content.notes.append(_("There is no layer “%(key)s” that you may see.") % {"key": key})
        elif row.origin == Origin.PACKAGE and row.feature_count <= MOST_DOTS:
            for x, y, label in _points(row.key, row.sha256)[: MOST_DOTS - len(dots)]:
                place = drawn.sheet.place((x, y))
                dots.append(Dot(round(place[0], 1), round(place[1], 1), "accent", label))
        else:
            _tile(row, looking, content)
    return dots[:MOST_DOTS]


def _layer(key: str, looking: Looking) -> Layer | None:
    """The layer that the reader may see: a package's own, or one of any origin."""
    row = visible(looking.by, geo.READ, geo.layers()).filter(key=key).first()
    return row or geo.layers_for(looking.by).filter(key=key).first()


def _tile(row: Layer, looking: Looking, content: Content) -> None:
    """Let the live map draw a layer of its tiles, and say beside it how much it holds, from where."""
    name = (row.name_en or row.name) if looking.language == "en" else row.name
    tone = TONES[len(content.tiled) % len(TONES)]
    content.tiled.append(Tiled(row.key, name, row.kind, tone))
    words = _("%(count)s features") % {"count": figure(row.feature_count)}
    content.bars.append(Bar(name, words, href=f"/ogc/collections/{row.key}/items", note=row.source))


@lru_cache(maxsize=32)
def _points(key: str, _sha256: str) -> list[tuple[float, float, str]]:
    """The points of a package's layer, once for a state of it."""
    found = []
    for feature in geo.features(key)[: MOST_DOTS * 4]:
        geometry = feature["geometry"]
        if geometry and geometry["type"] == "Point":
            longitude, latitude = geometry["coordinates"][:2]
            found.append((float(longitude), float(latitude), str(feature["properties"].get("name", ""))))
    return found


def _things(types: Sequence[str], looking: Looking) -> tuple[list[tuple[str, Thing]], Content]:
    """Things of the types that lie in the region, each with its layer's key; else what is missing."""
    if looking.at is not None:
        return [], nothing(_("How things stood at a past moment is not kept for screens."))
    shown = [
        one
        for one in layers(by=looking.by, language=looking.language, now=looking.now)
        if one.row.type in types
    ]
    if not shown:
        return [], nothing(_("No scene shows such things, or you may see none of them."))
    found = []
    for layer in shown:
        things, _has_more = things_of(layer, by=looking.by, limit=MOST_DOTS)
        found += [(str(layer.row.key), thing) for thing in things]
    if not looking.is_city and looking.region is not None:
        within = Region.objects.filter(path__under=looking.region.path)
        codes = set(
            within.filter(code__in={thing.region_code for _key, thing in found}).values_list(
                "code", flat=True
            )
        )
        found = [pair for pair in found if pair[1].region_code in codes]
    return found, nothing(_("%(region)s has no such things.") % {"region": looking.region_name})


def _told(looking: Looking, key: str) -> Content:
    return Content(
        source=_("Registry of the city's objects"),
        at=looking.now,
        status=_("As reported"),
        href=reverse("overview:things", args=[key]),
    )

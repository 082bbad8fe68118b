"""What live maps of pages are told: where they look first, which style they draw, over which days they go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.platforms.geo import service
from beichen.platforms.geo.desk.preview import around
from beichen.platforms.geo.drawing import drawing
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.source import Described

LOOK_BACK = timedelta(days=3_650)  # where nothing says since when it is
TIMES = ("valid_from", "valid_to")


def live_map(layers: Sequence[Layer], by: Actor, style: str) -> dict[str, Any]:
    """The map of some layers; nothing where they hold no features."""
    described = [service.source_of(layer, by).described() for layer in layers]
    boxes = [one.box for one in described if one.box is not None]
    if not boxes:
        return {}
    west, south, east, north = zip(*boxes, strict=True)
    box = around((min(west), min(south), max(east), max(north)))
    timed = [one for layer, one in zip(layers, described, strict=True) if is_timed(layer)]
    return {"base": style, "bounds": ",".join(f"{side:.5f}" for side in box), **days(timed, timezone.now())}


def one_map(by: Actor) -> dict[str, Any]:
    """All layers on the map of the city; nothing before a city is loaded."""
    drawn = drawing(list(service.layers()))
    if drawn is None:
        return {}
    timed = [layer for layer in service.layers_for(by) if is_timed(layer)]
    described = [service.source_of(layer, by).described() for layer in timed]
    return {
        "base": reverse("platforms_geo_atlas:layers"),
        "bounds": str(drawn.sheet.bounds),
        "drawing": drawn,
        "view_box": drawn.view_box(drawn.sheet.bounds),
        **days(described, timezone.now()),
    }


def is_timed(layer: Layer) -> bool:
    """Whether its features say when they are."""
    return any(layer.dimensions.get(one) for one in TIMES)


def days(described: Sequence[Described], now: datetime) -> dict[str, str]:
    """The days between which something changes, today among them; nothing where nothing ever does."""
    begins = [one.span[0] for one in described if one.span[0] is not None]
    ends = [one.span[1] for one in described if one.span[1] is not None]
    if not begins and not ends:
        return {}
    until = max([now, *begins, *ends])
    begin = min(begins) if begins else min(ends) - LOOK_BACK
    return {"from": _day(min(begin, now)), "until": _day(until)}


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()

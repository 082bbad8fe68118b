"""What can be done with the base map: build it, say whether it is of now, give the style that draws it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.lock import Lock
from beichen.platforms.geo.basemap import archive, pyramid, style
from beichen.platforms.geo.basemap.content import LABELS, TILE_LAYERS, drawn_layers, pieces
from beichen.platforms.geo.basemap.palette import Theme, palette
from beichen.platforms.geo.models import Layer
from beichen.problem import Problem, ProblemError, code, said
from beichen.settings import settings

__all__ = [
    "ADDRESS",
    "Built",
    "Theme",
    "archive_file",
    "build",
    "built",
    "is_current",
    "palette",
    "style_document",
]

NOTHING = code("GEO-701", "There is no layer of which a base map could be made.", status=409)
BUSY = code("GEO-702", "The base map is being built.", status=409)

ADDRESS = "/map/base.pmtiles"
ZOOMS = range(4, 15)
EDITION = 1  # of what the builder makes of the same layers: another number builds every house's map anew
WAIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Built:
    """The archive that is there: of which layers in which state, its tiles and bytes, how long it took."""

    signature: str
    tiles: int
    size: int
    seconds: float
    attribution: str
    layers: list[str]


def archive_file() -> Path:
    """Where the archive lies."""
    return settings().data_dir / "map" / "base.pmtiles"


def _about_file() -> Path:
    return archive_file().with_suffix(".json")


def built() -> Built | None:
    """The archive that is there; None when none is."""
    try:
        told = orjson.loads(_about_file().read_bytes())
        return Built(**told) if archive_file().is_file() else None
    except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
        return None


def _signature(rows: list[Layer]) -> str:
    told = [
        (row.key, row.sha256, row.kind, row.min_zoom, row.max_zoom, row.region_property, row.style)
        for row in rows
    ]
    return hashlib.sha256(orjson.dumps([EDITION, told], option=orjson.OPT_SORT_KEYS)).hexdigest()


def is_current() -> bool:
    """Whether the archive is of the layers as they are now; also when there are none to make one of."""
    rows = drawn_layers()
    known = built()
    return not rows or (known is not None and known.signature == _signature(rows))


def build(
    *, by: Actor, is_forced: bool = False, told: Callable[[int, int], None] = lambda _done, _of: None
) -> Built:
    """Build the archive when the layers changed since, or anyway; who reads meanwhile reads the old one.

    ``told`` hears how many zooms of how many are done. Raises ProblemError GEO-701 without layers, GEO-702
    while another process builds for longer than two minutes.
    """
    lock = Lock("geo.basemap")
    deadline = time.monotonic() + WAIT_SECONDS
    while not lock.take():
        if time.monotonic() > deadline:
            hint = said("wait for the other build, or end it")
            raise ProblemError(Problem(BUSY, said("another process builds the base map"), hint=hint))
        time.sleep(0.2)
    try:
        rows = drawn_layers()
        if not rows:
            hint = said("load a city package with layers.yaml")
            raise ProblemError(Problem(NOTHING, said("no public layer has a role on the map"), hint=hint))
        known = built()
        if known is not None and not is_forced and known.signature == _signature(rows):
            return known
        return _made(rows, by, told)
    finally:
        lock.release()


def _made(rows: list[Layer], by: Actor, told: Callable[[int, int], None]) -> Built:
    started = time.monotonic()
    found = list(pieces(rows))
    attribution = " · ".join(dict.fromkeys(row.attribution for row in rows if row.attribution))
    done = iter(range(1, len(ZOOMS) + 1))
    tiles = archive.write(
        lambda zoom: pyramid.tiles(found, zoom),
        archive_file(),
        box=_box(rows),
        zooms=ZOOMS,
        about={"name": "Beichen", "attribution": attribution, "vector_layers": _vector_layers()},
        told=lambda _tiles: told(next(done), len(ZOOMS)),
    )
    result = Built(
        _signature(rows),
        tiles,
        archive_file().stat().st_size,
        round(time.monotonic() - started, 2),
        attribution,
        [row.key for row in rows],
    )
    making = _about_file().with_suffix(".new")
    making.write_bytes(orjson.dumps(result))
    making.replace(_about_file())
    with transaction.atomic():
        audit.record(by, "geo.map.build", "map/base.pmtiles", detail={"tiles": tiles, "bytes": result.size})
    return result


def _vector_layers() -> list[dict[str, Any]]:
    names = [*dict.fromkeys(TILE_LAYERS.values()), LABELS]
    zooms = {"minzoom": ZOOMS.start, "maxzoom": ZOOMS.stop - 1}
    return [{"id": name, "fields": {"name": "String", "class": "String"}, **zooms} for name in names]


def _box(rows: list[Layer]) -> tuple[float, float, float, float]:
    return (
        min(row.west for row in rows),
        min(row.south for row in rows),
        max(row.east for row in rows),
        max(row.north for row in rows),
    )


def style_document(theme: Theme, language: str) -> dict[str, Any]:
    """The style for MapLibre: over the archive, or over the tile server that the settings name."""
    known = built()
    url = settings().map_url
    if known is None:
        return style.outside_style(theme, language, url, "", "") if url else style.no_style(theme, language)
    address = f"{ADDRESS}?v={known.signature[:12]}"
    document = (
        style.outside_style(theme, language, url, address, known.attribution)
        if url
        else style.own_style(theme, language, address, known.attribution)
    )
    document["metadata"]["layers"] = known.layers
    return document

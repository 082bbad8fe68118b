"""What describes tiles: lists of tilesets, tileset metadata (OGC 17-083r4), TileJSON 3.0."""

from __future__ import annotations

from typing import Any

from beichen.platforms.geo.ogc.answers import JSON, TILE
from beichen.platforms.geo.ogc.catalogue import Collection
from beichen.platforms.geo.ogc.links import Link, address, link
from beichen.platforms.geo.ogc.systems import CRS84
from beichen.platforms.geo.ogc.tiles.schemes import MAX_ZOOM, SCHEMES, Scheme
from beichen.platforms.geo.source import Box, FieldKind

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
DEEPEST = 18
"""The zoom to which clients ask for tiles of their own; further in they draw those larger."""
_KINDS = {
    FieldKind.INTEGER: "Number",
    FieldKind.NUMBER: "Number",
    FieldKind.BOOLEAN: "Boolean",
}
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}


def base_of(root: str, key: str) -> tuple[str, ...]:
    """Where the tiles of a collection lie, or of all layers when it has no name."""
    return (root, "collections", key, "tiles") if key else (root, "tiles")


def tilesets(root: str, key: str, title: str, forms: list[Link]) -> dict[str, Any]:
    """The list of a collection's tilesets, or of the whole map's."""
    return {
        "links": forms,
        "tilesets": [
            {
                "title": f"{title} · {scheme.key}",
                "dataType": "vector",
                "crs": scheme.crs,
                "tileMatrixSetURI": scheme.uri,
                "links": [
                    link(address(*base_of(root, key), scheme.key), "self"),
                    link(address(root, "tileMatrixSets", scheme.key), f"{REL}tiling-scheme"),
                ],
            }
            for scheme in SCHEMES.values()
        ],
    }


def tileset(
    root: str, key: str, title: str, scheme: Scheme, found: list[Collection], forms: list[Link]
) -> dict[str, Any]:
    """One tileset: where its tiles are, what they hold, where there are any."""
    base = address(*base_of(root, key), scheme.key)
    box = around(found)
    document: dict[str, Any] = {
        "title": title,
        "dataType": "vector",
        "crs": scheme.crs,
        "tileMatrixSetURI": scheme.uri,
        "links": [
            *forms,
            link(f"{base}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", TILE, templated=True),
            link(f"{base}?f=tilejson", "describedby", JSON, "TileJSON"),
            link(address(root, "tileMatrixSets", scheme.key), f"{REL}tiling-scheme"),
        ],
        "layers": [_layer(one) for one in found],
        "attribution": attribution(found),
    }
    if box is not None:
        document["boundingBox"] = {"lowerLeft": list(box[:2]), "upperRight": list(box[2:]), "crs": CRS84}
        document["tileMatrixSetLimits"] = scheme.limits(box, range(MAX_ZOOM + 1))
    return document


def _layer(one: Collection) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": one.key,
        "title": one.layer.name,
        "dataType": "vector",
        "propertiesSchema": {
            "type": "object",
            "properties": {
                field.name: {"title": field.title or field.name} for field in one.described.fields
            },
        },
    }
    if one.layer.kind in _DIMENSIONS:
        found["geometryDimension"] = _DIMENSIONS[one.layer.kind]
    return found


def tilejson(root: str, key: str, title: str, scheme: Scheme, found: list[Collection]) -> dict[str, Any]:
    """TileJSON 3.0, as MapLibre reads a source."""
    base = address(*base_of(root, key), scheme.key)
    box = around(found)
    zooms = [one.layer.min_zoom for one in found]
    return {
        "tilejson": "3.0.0",
        "name": title,
        "scheme": "xyz",
        "tiles": [f"{base}/{{z}}/{{y}}/{{x}}"],
        "minzoom": min(zooms, default=0) if key else 0,
        "maxzoom": DEEPEST,
        "bounds": list(box or (-180.0, -85.051129, 180.0, 85.051129)),
        "attribution": attribution(found),
        "vector_layers": [
            {
                "id": one.key,
                "description": one.layer.name,
                "minzoom": one.layer.min_zoom,
                "maxzoom": DEEPEST,
                "fields": {
                    "id": "String",
                    **{field.name: _KINDS.get(field.kind, "String") for field in one.described.fields},
                },
            }
            for one in found
        ],
    }


def around(found: list[Collection]) -> Box | None:
    """The box around all that there is."""
    boxes = [one.described.box for one in found if one.described.box is not None]
    if not boxes:
        return None
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return (min(wests), min(souths), max(easts), max(norths))


def attribution(found: list[Collection]) -> str:
    """Whose data it is, each once."""
    return " · ".join(dict.fromkeys(one.layer.attribution for one in found if one.layer.attribution))

"""The documents that describe the interface: landing page, conformance, collections, queryables, schemas."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from beichen.platforms.geo.ogc.answers import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, TILE
from beichen.platforms.geo.ogc.catalogue import Collection
from beichen.platforms.geo.ogc.links import Link, address, link
from beichen.platforms.geo.ogc.systems import CRS84, SYSTEMS
from beichen.platforms.geo.source import Field, FieldKind

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "oas30", "html", "geojson")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(
        f"{_FEATURES}3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_FEATURES}4/1.0/conf/{name}"
        for name in ("create-replace-delete", "update", "optimistic-locking-etags", "features")
    ),
    f"{_FEATURES}5/1.0/conf/schemas",
    *(
        f"{_CQL2}{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "property-property",
            "arithmetic",
        )
    ),
    *(
        f"{_TILES}{name}"
        for name in (
            "core",
            "tileset",
            "tilesets-list",
            "geodata-tilesets",
            "dataset-tilesets",
            "mvt",
            "oas30",
        )
    ),
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
)
TITLES = {"zh": "北辰 · 城市空间地理一张图", "en": "Beichen · the city's layers"}
ABOUT = {
    "zh": "城市的地图图层：要素查询、坐标转换、筛选、编辑、矢量瓦片与样式。",
    "en": "The layers of the city: features, filters, edits, vector tiles and styles.",
}
_SCHEMAS: dict[FieldKind, dict[str, Any]] = {
    FieldKind.TEXT: {"type": "string"},
    FieldKind.INTEGER: {"type": "integer"},
    FieldKind.NUMBER: {"type": "number"},
    FieldKind.BOOLEAN: {"type": "boolean"},
    FieldKind.DATE: {"type": "string", "format": "date"},
    FieldKind.TIME: {"type": "string", "format": "date-time"},
}


def landing(root: str, language: str, forms: list[Link]) -> dict[str, Any]:
    """The landing page (Part 1, clause 7.2)."""
    return {
        "title": TITLES[language],
        "description": ABOUT[language],
        "links": [
            *forms,
            link(address(root, "api"), "service-desc", OPENAPI),
            link(address(root, "api", f="html"), "service-doc", HTML),
            link(address(root, "conformance"), "conformance"),
            link(address(root, "collections"), "data"),
            link(address(root, "tiles"), f"{REL}tilesets-vector"),
            link(address(root, "tileMatrixSets"), f"{REL}tiling-schemes"),
            link(address(root, "styles"), f"{REL}styles"),
        ],
    }


def conformance(forms: list[Link]) -> dict[str, Any]:
    """What is kept to (Part 1, clause 7.4)."""
    return {"conformsTo": list(CONFORMANCE), "links": forms}


def collections(found: list[Collection], root: str, language: str, forms: list[Link]) -> dict[str, Any]:
    """All collections (Part 1, clause 7.13)."""
    return {
        "links": forms,
        "crs": list(SYSTEMS),
        "collections": [collection(one, root, language, inner=True) for one in found],
    }


def collection(
    one: Collection, root: str, language: str, forms: list[Link] | None = None, *, inner: bool = False
) -> dict[str, Any]:
    """A collection; within the list it refers to the list's systems (Part 2, requirement 3)."""
    layer, described = one.layer, one.described
    document: dict[str, Any] = {
        "id": one.key,
        "title": one.title(language),
        "description": layer.source,
        "attribution": layer.attribution,
        "licence": layer.licence,
        "itemType": "feature",
        "extent": _extent(one),
        "crs": ["#/crs"] if inner else list(SYSTEMS),
        "storageCrs": CRS84,
        "numberOfFeatures": described.count,
        "links": [*(forms or [link(address(root, "collections", one.key), "self")]), *_ways(one.key, root)],
    }
    return document


def _ways(key: str, root: str) -> list[Link]:
    base = (root, "collections", key)
    return [
        link(address(*base, "items"), "items", GEOJSON),
        link(address(*base, "items", f="html"), "items", HTML),
        link(address(*base, "queryables"), f"{REL}queryables", SCHEMA),
        link(address(*base, "schema"), f"{REL}schema", SCHEMA),
        link(address(*base, "tiles"), f"{REL}tilesets-vector"),
        link(address(*base, "styles"), f"{REL}styles"),
    ]


def _extent(one: Collection) -> dict[str, Any]:
    described = one.described
    found: dict[str, Any] = {}
    if described.box is not None:
        found["spatial"] = {"bbox": [list(described.box)], "crs": CRS84}
    if described.span != (None, None):
        ends = [_moment(end) for end in described.span]
        found["temporal"] = {
            "interval": [ends],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return found


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def queryables(one: Collection, root: str, language: str) -> dict[str, Any]:
    """What a filter may name (Part 3, clause 6)."""
    properties: dict[str, Any] = {"id": {"type": "string", "title": "ID"}}
    properties |= {field.name: _property(field, language) for field in one.described.fields}
    properties["geometry"] = {"format": f"geometry-{_shape(one)}"}
    return _schema(one, root, language, "queryables", properties)


def schema(one: Collection, root: str, language: str) -> dict[str, Any]:
    """What a feature holds (Part 5)."""
    properties: dict[str, Any] = {"id": {"type": "string", "x-ogc-role": "id"}}
    properties |= {field.name: _property(field, language) for field in one.described.fields}
    properties["geometry"] = {"format": f"geometry-{_shape(one)}", "x-ogc-role": "primary-geometry"}
    return _schema(one, root, language, "schema", properties)


def _schema(
    one: Collection, root: str, language: str, name: str, properties: dict[str, Any]
) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address(root, "collections", one.key, name),
        "type": "object",
        "title": one.title(language),
        "properties": properties,
        "additionalProperties": False,
    }


def _property(field: Field, language: str) -> dict[str, Any]:
    title = field.title_en if language == "en" else field.title
    return {**_SCHEMAS[field.kind], "title": title or field.name}


def _shape(one: Collection) -> str:
    kinds = {"point": "point-or-multipoint", "line": "linestring-or-multilinestring"}
    return kinds.get(one.layer.kind, "polygon-or-multipolygon") if one.layer.kind else "any"


__all__ = [
    "CONFORMANCE",
    "JSON",
    "TILE",
    "collection",
    "collections",
    "conformance",
    "landing",
    "queryables",
    "schema",
]

"""The interface's definition as OpenAPI 3.0 (Part 1, conformance class "OpenAPI Specification 3.0")."""

from __future__ import annotations

from typing import Any

from beichen import __version__
from beichen.platforms.geo.ogc.answers import GEOJSON, HTML, JSON, OPENAPI, PROBLEM, SCHEMA, TILE
from beichen.platforms.geo.ogc.documents import ABOUT, TITLES
from beichen.platforms.geo.ogc.questions import DEFAULT_LIMIT, MAX_LIMIT
from beichen.platforms.geo.ogc.styling import THEMES
from beichen.platforms.geo.ogc.systems import SYSTEMS
from beichen.platforms.geo.ogc.tiles.schemes import MAX_ZOOM, SCHEMES
from beichen.platforms.geo.ogc.writing import MERGE

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_URI: Schema = {"type": "string", "format": "uri", "enum": list(SYSTEMS)}


def _query(name: str, about: str, schema: Schema, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": about, "required": False, "schema": schema, **more}


def _in_path(name: str, about: str, schema: Schema = _TEXT) -> dict[str, Any]:
    return {"name": name, "in": "path", "description": about, "required": True, "schema": schema}


def _numbers(least: int, most: int) -> Schema:
    return {
        "type": "array",
        "items": {"type": "number"},
        "minItems": least,
        "maxItems": most,
    }


PARAMETERS: dict[str, dict[str, Any]] = {
    "f": _query("f", "The format, before what Accept says", {"type": "string", "enum": ["json", "html"]}),
    "bbox": _query(
        "bbox",
        "Features that meet a box: west, south, east, north, or with heights; west may be east of east",
        {"oneOf": [_numbers(4, 4), _numbers(6, 6)]},
        style="form",
        explode=False,
    ),
    "bbox-crs": _query("bbox-crs", "The system of bbox", _URI),
    "datetime": _query("datetime", "An instant or an interval of RFC 3339, its ends open as ..", _TEXT),
    "limit": _query(
        "limit",
        "Features on a page",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    "cursor": _query("cursor", "From the links next and prev: where a page begins", _TEXT),
    "crs": _query("crs", "The system of the answer's coordinates", _URI),
    "filter": _query("filter", "A condition in CQL2", {"type": "string", "maxLength": 8000}),
    "filter-lang": _query(
        "filter-lang",
        "How the filter is written",
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
    ),
    "filter-crs": _query("filter-crs", "The system of the filter's coordinates", _URI),
    "properties": _query("properties", "The properties that are wanted, with commas", _TEXT),
    "collections": _query(
        "collections", "The collections that are drawn, with commas; all by default", _TEXT
    ),
    "collectionId": _in_path("collectionId", "A collection's id"),
    "featureId": _in_path("featureId", "A feature's id in its collection"),
    "tileMatrixSetId": _in_path(
        "tileMatrixSetId", "A tile matrix set", {"type": "string", "enum": list(SCHEMES)}
    ),
    "tileMatrix": _in_path("tileMatrix", "The zoom", {"type": "integer", "minimum": 0, "maximum": MAX_ZOOM}),
    "tileRow": _in_path("tileRow", "The row, from the north", {"type": "integer", "minimum": 0}),
    "tileCol": _in_path("tileCol", "The column, from the west", {"type": "integer", "minimum": 0}),
    "styleId": _in_path("styleId", "A style", {"type": "string", "enum": list(THEMES)}),
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "The entity tag of the feature as it was read",
        "schema": _TEXT,
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same again makes no second feature",
        "schema": {"type": "string", "maxLength": 200},
    },
    "Content-Crs": {
        "name": "Content-Crs",
        "in": "header",
        "description": "The system of the body's coordinates",
        "schema": _TEXT,
    },
}
FILTERS = ("filter", "filter-lang", "filter-crs")
ITEMS = ("bbox", "bbox-crs", "datetime", "limit", "cursor", "crs", *FILTERS, "properties", "f")
_PROBLEM = {"description": "What is wrong, as RFC 9457", "content": {PROBLEM: {"schema": {"type": "object"}}}}


def _answers(kinds: tuple[str, ...], status: str = "200", about: str = "The answer") -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string"} if kind == HTML else {"type": "object"}} for kind in kinds}
    return {
        status: {"description": about, "content": content},
        "default": {"$ref": "#/components/responses/Problem"},
    }


def _operation(
    name: str,
    summary: str,
    parameters: tuple[str, ...],
    kinds: tuple[str, ...] = (JSON, HTML),
    tag: str = "Capabilities",
) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": [{"$ref": f"#/components/parameters/{one}"} for one in parameters],
        "responses": _answers(kinds),
    }


def _write(
    name: str, summary: str, parameters: tuple[str, ...], status: str, kinds: tuple[str, ...]
) -> dict[str, Any]:
    found = _operation(name, summary, parameters, (), "Transactions")
    found["security"] = [{"key": []}]
    found["responses"] = {
        status: {"description": "Done"},
        "default": {"$ref": "#/components/responses/Problem"},
    }
    if kinds:
        body = {kind: {"schema": {"$ref": "#/components/schemas/feature"}} for kind in kinds}
        found["requestBody"] = {"required": True, "content": body}
    return found


def _tile(name: str, summary: str, parameters: tuple[str, ...]) -> dict[str, Any]:
    found = _operation(name, summary, parameters, (), "Tiles")
    found["responses"] = {
        "200": {
            "description": "A vector tile",
            "content": {TILE: {"schema": {"type": "string", "format": "binary"}}},
        },
        "204": {"description": "Nothing lies in this tile"},
        "default": {"$ref": "#/components/responses/Problem"},
    }
    return found


def _paths() -> dict[str, Any]:
    one = "/collections/{collectionId}"
    named = ("collectionId",)
    return {
        "/": {"get": _operation("landingPage", "Where a client begins", ("f",))},
        "/conformance": {"get": _operation("conformance", "What is kept to", ("f",))},
        "/api": {"get": _operation("definition", "This definition", ("f",), (OPENAPI, HTML))},
        "/collections": {"get": _operation("collections", "The collections", ("f",))},
        one: {"get": _operation("collection", "A collection", (*named, "f"))},
        f"{one}/queryables": {
            "get": _operation("queryables", "What a filter may name", (*named, "f"), (SCHEMA, HTML))
        },
        f"{one}/schema": {"get": _operation("schema", "What a feature holds", (*named, "f"), (SCHEMA, HTML))},
        f"{one}/items": {
            "get": _operation("features", "A page of features", (*named, *ITEMS), (GEOJSON, HTML), "Data"),
            "post": _write(
                "addFeature", "Add a feature", (*named, "Idempotency-Key", "Content-Crs"), "201", (GEOJSON,)
            ),
        },
        f"{one}/items/{{featureId}}": _of_feature((*named, "featureId")),
        **_tile_paths("", ""),
        **_tile_paths(one, "OfCollection"),
        "/tileMatrixSets": {"get": _operation("tileMatrixSets", "The tile matrix sets", ("f",), tag="Tiles")},
        "/tileMatrixSets/{tileMatrixSetId}": {
            "get": _operation("tileMatrixSet", "A tile matrix set", ("tileMatrixSetId", "f"), tag="Tiles")
        },
    }


def _of_feature(named: tuple[str, ...]) -> dict[str, Any]:
    guarded = (*named, "If-Match")
    return {
        "get": _operation("feature", "A feature", (*named, "crs", "f"), (GEOJSON, HTML), "Data"),
        "put": _write("replaceFeature", "Replace a feature", (*guarded, "Content-Crs"), "204", (GEOJSON,)),
        "patch": _write("changeFeature", "Change a feature", (*guarded, "Content-Crs"), "204", (MERGE,)),
        "delete": _write("removeFeature", "Remove a feature", guarded, "204", ()),
    }


def _tile_paths(base: str, suffix: str) -> dict[str, Any]:
    named = ("collectionId",) if base else ()
    scheme = (*named, "tileMatrixSetId")
    more = () if base else ("collections",)
    place = "/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    parameters = (*scheme, "tileMatrix", "tileRow", "tileCol", "datetime", *FILTERS, "properties", *more)
    return {
        f"{base}/tiles": {"get": _operation(f"tilesets{suffix}", "The tilesets", (*named, "f"), tag="Tiles")},
        f"{base}/tiles/{{tileMatrixSetId}}": {
            "get": _operation(f"tileset{suffix}", "A tileset", (*scheme, *more, "f"), tag="Tiles")
        },
        f"{base}/tiles{place}": {"get": _tile(f"tile{suffix}", "A vector tile", parameters)},
        f"{base}/styles": {"get": _operation(f"styles{suffix}", "The styles", (*named, "f"), tag="Styles")},
        f"{base}/styles/{{styleId}}": {
            "get": _operation(
                f"style{suffix}",
                "A style for MapLibre",
                (*named, "styleId"),
                ("application/vnd.mapbox.style+json",),
                "Styles",
            )
        },
    }


def definition(root: str, language: str) -> dict[str, Any]:
    """The whole definition, for the address under which the interface was asked."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": TITLES[language],
            "description": ABOUT[language],
            "version": __version__,
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": root}],
        "tags": [{"name": name} for name in ("Capabilities", "Data", "Transactions", "Tiles", "Styles")],
        "paths": _paths(),
        "components": {
            "parameters": PARAMETERS,
            "responses": {"Problem": _PROBLEM},
            "schemas": {
                "feature": {
                    "type": "object",
                    "required": ["type", "geometry", "properties"],
                    "properties": {
                        "type": {"type": "string", "enum": ["Feature"]},
                        "geometry": {"type": "object", "nullable": True},
                        "properties": {"type": "object", "nullable": True},
                    },
                }
            },
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }

"""`layers.yaml` and the GeoJSON files that it names: what a city package says of its map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Document, Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import FILE, TEXT, mapping_of, record
from beichen.platforms.geo import geojson, service
from beichen.platforms.geo.addresses.declaring import AddressesSection
from beichen.platforms.geo.legends import SCHEMA as LEGEND
from beichen.platforms.geo.legends import legend_faults
from beichen.platforms.geo.models import GeometryKind
from beichen.platforms.geo.source import column_name
from beichen.problem import Problem, code, nearest, shorten

NO_FILE = code("GEO-107", "A layer names a file that is not in the package.", status=422)
UNUSED = code("GEO-108", "A file is named by no layer, or by two.", status=422)
NO_PROPERTY = code("GEO-109", "A layer names a property that none of its features has.", status=422)

LAYERS = "layers.yaml"
FILES = "layers/**/*.geojson"

_WORDS = {"type": "string", "minLength": 1}
_ZOOM = {"type": "integer", "minimum": 0, "maximum": 22}


def _named(*parts: str, about: str) -> dict[str, Any]:
    """Parts that each name a property of the features."""
    name = {**_WORDS, "maxLength": 60}
    properties = dict.fromkeys(parts, name)
    return {"type": "object", "description": about, "additionalProperties": False, "properties": properties}


_LAYER = record(
    {
        "name": TEXT,
        "file": {**FILE, "description": "a GeoJSON file of one kind of geometry"},
        "kind": {"enum": list(GeometryKind.values)},
        "source": {**_WORDS, "maxLength": 300, "description": "where the data came from"},
        "licence": {**_WORDS, "maxLength": 60, "description": "an SPDX name, or: not stated"},
        "attribution": {**_WORDS, "maxLength": 200, "description": "the words that the map shows"},
    },
    {
        "zoom": {
            "type": "array",
            "prefixItems": [_ZOOM, _ZOOM],
            "minItems": 2,
            "maxItems": 2,
            "description": "the levels between which the layer is drawn",
        },
        "style": {"type": "object", "additionalProperties": {"type": "string"}},
        "group": TEXT,
        "level": {"enum": [1, 2, 3, 4], "description": "who sees it: L1 is open, L2 for staff"},
        "time": _named("from", "to", about="the properties that say from when and until when a feature is"),
        "height": _named(
            "height", "base", "storeys", "depth", about="properties in metres, and of storeys their number"
        ),
        "model": _named(
            "address",
            "heading",
            "scale",
            about="properties of a landmark: its glTF or 3D Tiles, how it stands",
        ),
        "legend": LEGEND,
        "region_property": {**_WORDS, "maxLength": 60, "description": "the property with a region's code"},
        "replaceable": {"type": "boolean", "description": "another file may take this one's place"},
    },
)


class LayersSection(Section):
    """The layers of a city, from the bottom of the map up."""

    key = "layers"
    kind = PackageKind.CITY
    files = (LAYERS, FILES)
    order = 30

    def schema(self) -> dict[str, Any]:
        return mapping_of(_LAYER)

    def check(self, package: Package) -> list[Problem]:
        declared = package.document(LAYERS)
        if declared is None:
            return [_unused(package, name) for name in package.glob(FILES)]
        return [*_file_faults(package, declared), *_content_faults(package, declared)]

    def install(self, package: Package, *, by: Actor) -> Changes:
        return service.install_layers(_facts(package), owner=owner_of(package), by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        return service.install_layers([], owner=owner_of(package), by=by)

    def kept(self, package: Package) -> list[str]:
        return ["the layers stay in platforms_geo.layer, marked as not current"]


def owner_of(package: Package) -> str:
    """The name under which a package owns what it declares."""
    return f"{package.kind}:{package.key}"


def _unused(package: Package, name: str) -> Problem:
    return Problem(UNUSED, "no layer names this file", package.where(name), f"name it in {LAYERS}")


def _file_faults(package: Package, declared: Document) -> Iterator[Problem]:
    present = package.glob(FILES)
    taken: dict[str, str] = {}
    for key, layer in declared.value.items():
        where = declared.position((key, "file"))
        file = layer["file"]
        if file not in present:
            yield Problem(NO_FILE, shorten(f"no file {file!r}"), where, nearest(file, present))
        elif file in taken:
            yield Problem(UNUSED, shorten(f"{file} is the file of {taken[file]} already"), where)
        taken.setdefault(file, key)
    yield from (_unused(package, name) for name in present if name not in taken)


def _content_faults(package: Package, declared: Document) -> Iterator[Problem]:
    present = package.glob(FILES)
    for key, layer in declared.value.items():
        if layer["file"] not in present:
            continue
        place = package.where(layer["file"])
        reading = geojson.read(
            package.path(layer["file"]).read_bytes(),
            file=place.file or layer["file"],
            kind=layer["kind"],
            region_property=layer.get("region_property", ""),
        )
        yield from reading.problems
        if reading.feature_count:
            yield from _name_faults(declared, key, layer, sorted(reading.names))


def _name_faults(declared: Document, key: str, layer: dict[str, Any], names: list[str]) -> Iterator[Problem]:
    """Properties that are named and that no feature has; what makes no sense in a legend."""
    for part in ("time", "height", "model"):
        for word, name in layer.get(part, {}).items():
            if name not in names:
                message = shorten(f"no feature has the property {name!r}")
                yield Problem(
                    NO_PROPERTY, message, declared.position((key, part, word)), nearest(name, names)
                )
    for fault in legend_faults(dict(layer.get("legend", {})), names):
        yield replace(fault, where=declared.position((key, "legend")))


def _facts(package: Package) -> list[service.LayerFacts]:
    return [_layer(package, key, layer) for key, layer in package.value(LAYERS).items()]


def _layer(package: Package, key: str, layer: dict[str, Any]) -> service.LayerFacts:
    least, most = layer.get("zoom", (0, 22))
    return service.LayerFacts(
        key=key,
        name=layer["name"]["zh"],
        name_en=layer["name"]["en"],
        kind=layer["kind"],
        source=layer["source"],
        licence=layer["licence"],
        attribution=layer["attribution"],
        file=package.where(layer["file"]).file or layer["file"],
        content=package.path(layer["file"]).read_bytes(),
        min_zoom=least,
        max_zoom=most,
        style=dict(layer.get("style", {})),
        region_property=layer.get("region_property", ""),
        replaceable=layer.get("replaceable", False),
        group=layer.get("group", {}).get("zh", ""),
        group_en=layer.get("group", {}).get("en", ""),
        level=layer.get("level", 1),
        dimensions=_dimensions(layer),
        legend=dict(layer.get("legend", {})),
    )


def _dimensions(layer: dict[str, Any]) -> dict[str, str]:
    """The properties with time, height and landmarks, under the names of the model."""
    times = {f"valid_{part}": name for part, name in layer.get("time", {}).items()}
    models = {"model" if part == "address" else part: name for part, name in layer.get("model", {}).items()}
    named = {**times, **layer.get("height", {}), **models}
    return {part: column_name(name) for part, name in named.items()}


SECTIONS: tuple[Section, ...] = (LayersSection(), AddressesSection())

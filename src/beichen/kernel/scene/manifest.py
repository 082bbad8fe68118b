"""The file that makes a folder a package: `scene.yaml` or `city.yaml`."""

from __future__ import annotations

from typing import Any

from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.vocabulary import FILE, KEY, REGION, TEXT, VERSION, Schema, record

_REQUIRES: Schema = {
    "type": "array",
    "items": KEY,
    "uniqueItems": True,
    "maxItems": 50,
    "description": "keys of the scenes whose types and tables this package uses",
}
_SECTION: Schema = {
    "type": "string",
    "pattern": r"^\d{1,2}(\.\d{1,2}){0,3}$",
    "x-form": 'a section of the plan in quotes, such as "10.2.3"',
}
_PYTHON: Schema = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True}

SCENE = record(
    {
        "scene": {**KEY, "description": "the scene's key, the same as its folder's name"},
        "name": {**TEXT, "description": "what people call it, {zh: …, en: …}"},
        "version": VERSION,
        "owner": {**KEY, "description": "the key of the body that answers for the scene"},
    },
    {
        "plan": {"anyOf": [_SECTION, {"type": "array", "items": _SECTION, "minItems": 1}]},
        "why": {**TEXT, "description": "what the scene is for"},
        "level": {"enum": ["L1", "L2", "L3", "L4"], "description": "the highest level of its data"},
        "requires": _REQUIRES,
        "python": {**_PYTHON, "description": "modules that model.py imports"},
    },
)

_FILES = ("regions", "bodies", "layers", "indicators", "statistics", "annual_targets", "provenance")

CITY = record(
    {
        "city": {**KEY, "description": "the city's key, the same as its folder's name"},
        "name": {**TEXT, "description": "the city's name, {zh: …, en: …}"},
        "version": VERSION,
        "region": {**REGION, "description": "the GB/T 2260 code of the city itself, in quotes"},
        "timezone": {"type": "string", "pattern": "^[A-Za-z_]+(/[A-Za-z_]+)*$", "x-form": "Asia/Shanghai"},
    },
    {
        "languages": {"type": "array", "items": {"enum": ["zh", "en"]}, "minItems": 1, "uniqueItems": True},
        "centre": {
            "type": "array",
            "prefixItems": [
                {"type": "number", "minimum": -180, "maximum": 180},
                {"type": "number", "minimum": -90, "maximum": 90},
            ],
            "minItems": 2,
            "maxItems": 2,
            "description": "longitude and latitude, WGS 84",
        },
        "zoom": {"type": "number", "minimum": 0, "maximum": 22},
        "requires": _REQUIRES,
        "holidays": record(
            {"calendar": {"enum": ["china-statutory"]}},
            {
                "amendments": {
                    "type": "array",
                    "items": record(
                        {"day": {"type": "string", "format": "date"}, "working": {"type": "boolean"}},
                        {"reason": {"type": "string", "maxLength": 200}},
                    ),
                }
            },
        ),
        **dict.fromkeys(_FILES, FILE),
        "facilities": record({"categories": FILE, "files": {"type": "array", "items": FILE}}),
        "plan": record({"file": FILE}, {"indicators": FILE}),
    },
)


def manifest_schema(kind: PackageKind) -> Schema:
    """The JSON Schema of the manifest of this kind of package."""
    return SCENE if kind is PackageKind.SCENE else CITY


def named_files(kind: PackageKind, manifest: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    """Each file that a city's manifest names, with the path of the key that names it."""
    if kind is PackageKind.SCENE:
        return []
    found: list[tuple[tuple[str | int, ...], str]] = [
        ((key,), manifest[key]) for key in _FILES if key in manifest
    ]
    facilities = manifest.get("facilities")
    if facilities:
        found.append((("facilities", "categories"), facilities["categories"]))
        found += [(("facilities", "files", n), name) for n, name in enumerate(facilities["files"])]
    found += [(("plan", key), name) for key, name in manifest.get("plan", {}).items()]
    return found

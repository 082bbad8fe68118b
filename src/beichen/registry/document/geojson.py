"""Entities as GeoJSON features (clauses 4.5.16, 4.5.17)."""

from __future__ import annotations

from typing import Any

from beichen.registry.document.changes import instances

Document = dict[str, Any]


def geometry_of_entity(document: Document, attribute: str) -> Any:
    """The geometry that a feature shows: the default instance of a GeoProperty, else null."""
    found = instances(document.get(attribute))
    instance = found.get("") or next(iter(found.values()), None)
    return instance["value"] if instance is not None and instance["type"] == "GeoProperty" else None


def feature(shown: Document, document: Document, attribute: str) -> Document:
    """A feature of a rendered entity and its stored document."""
    found = {
        "id": document["id"],
        "type": "Feature",
        "geometry": geometry_of_entity(document, attribute),
        "properties": {name: value for name, value in shown.items() if name not in {"id", "@context"}},
    }
    if "@context" in shown:
        found["@context"] = shown["@context"]
    return found


def collection(features: list[Document], context: Any) -> Document:
    """A feature collection; the context stands once, beside the features."""
    found: Document = {"type": "FeatureCollection", "features": features}
    if context is not None:
        found["@context"] = context
    return found

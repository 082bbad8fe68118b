"""A layer of some points and areas for tests, as an upload would leave it."""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow as pa
import shapely

from beichen.kernel.actor import system
from beichen.platforms.geo.models import Layer, Origin
from beichen.platforms.geo.service import LayerFacts, install_layers, make_revision
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.source import Field, FieldKind

BY = system("test")
PLACES = [
    ("s1", "人民广场站", 125.3235, 43.8868, 3),
    ("s2", "长春站", 125.3203, 43.9107, 12),
    ("s3", "净月潭站", 125.4560, 43.7890, 7),
    ("s4", "Café", 125.2500, 43.8200, None),
]


def feature(key: str, name: str, longitude: float, latitude: float, storeys: int | None) -> dict[str, Any]:
    """One place as GeoJSON."""
    return {
        "type": "Feature",
        "id": key,
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {"name": name, "storeys": storeys, "is_open": key != "s4", "built": "2011-10-30"},
    }


def square(key: str, name: str, west: float, south: float, side: float, code: str) -> dict[str, Any]:
    """An area."""
    ring = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return {
        "type": "Feature",
        "id": key,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": name, "code": code},
    }


def layer(key: str, kind: str, features: list[dict[str, Any]], **more: Any) -> LayerFacts:
    """A layer as a package declares it."""
    content = orjson.dumps({"type": "FeatureCollection", "features": features})
    return LayerFacts(
        key=key,
        name={"stations": "车站", "areas": "片区"}.get(key, key),
        name_en=key.title(),
        kind=kind,
        source="test",
        licence="CC0-1.0",
        attribution="© test",
        file=f"layers/{key}.geojson",
        content=content,
        **more,
    )


def keep_layers() -> None:
    """Stations as points, and two areas."""
    stations = [feature(*place) for place in PLACES]
    areas = [
        square("a1", "北", 125.2, 43.85, 0.3, "220102"),
        square("a2", "南", 125.2, 43.7, 0.15, "220103"),
    ]
    install_layers(
        [layer("areas", "polygon", areas), layer("stations", "point", stations)], owner="city:test", by=BY
    )


def keep_upload() -> None:
    """Stations as an upload leaves them: the layer `stops`, whose features may be edited."""
    kinds = {"name": FieldKind.TEXT, "storeys": FieldKind.INTEGER}
    layout = Layout(tuple(Field(name, kind) for name, kind in kinds.items()))
    columns = {
        "id": [place[0] for place in PLACES],
        "geometry": shapely.to_wkb([shapely.Point(place[2], place[3]) for place in PLACES]),
        "region": [""] * len(PLACES),
        "name": [place[1] for place in PLACES],
        "storeys": [place[4] for place in PLACES],
    }
    box = {"west": 125.25, "south": 43.789, "east": 125.456, "north": 43.9107}
    row = Layer.objects.create(
        key="stops", name="站点", name_en="Stops", kind="point", origin=Origin.UPLOAD, feature_count=4, **box
    )
    make_revision(row, pa.table(columns).cast(layout.schema).to_batches(), layout, by=BY)


def close(key: str, level: int) -> None:
    """Raise a layer's level."""
    Layer.objects.filter(key=key).update(level=level)

"""The snapshot of a package's layer: made of the GeoJSON beside it, so that it needs no revision."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import orjson

from beichen.platforms.geo.locating import signature
from beichen.platforms.geo.models import Layer, LayerContent
from beichen.platforms.geo.regions import Regions
from beichen.platforms.geo.snapshots import gathering, keeping
from beichen.platforms.geo.snapshots.building import build
from beichen.platforms.geo.snapshots.snapshot import Snapshot


def snapshot_of(layer: Layer) -> Snapshot:
    """The layer's features in their reading form, laid out if they are not yet."""
    return keeping.opened(name_of(layer), lambda target: _write(layer, target))


def name_of(layer: Layer) -> str:
    """The name of the layer's snapshot: what decides what stands in it."""
    said = [layer.region_property, layer.dimensions, layer.particulars, signature()]
    return f"{layer.sha256[:32]}-{hashlib.sha256(orjson.dumps(said)).hexdigest()[:12]}"


def _write(layer: Layer, target: Path) -> None:
    gzipped = LayerContent.objects.values_list("gzipped", flat=True).get(layer=layer)
    features = orjson.loads(gzip.decompress(bytes(gzipped)))["features"]
    layout = gathering.layout_of(
        features,
        valid_from=layer.dimensions.get("valid_from", ""),
        valid_to=layer.dimensions.get("valid_to", ""),
    )
    batches = gathering.batches_of(
        features,
        layout,
        Regions(),
        key=layer.particulars.get("key", ""),
        region=layer.region_property,
    )
    build(batches, layout, target)

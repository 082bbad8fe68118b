"""Making a layer's next revision: a file built and kept, then one row and one pointer, all or nothing.

Two that build at once each get a number of their own, and the later one is shown. A build that is killed
leaves nothing but files that nobody points to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from django.db import transaction
from django.db.models import Max

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.platforms.geo.models import Layer, Revision
from beichen.platforms.geo.snapshots import keeping
from beichen.platforms.geo.snapshots.building import Progress, build
from beichen.platforms.geo.snapshots.layout import Layout, written
from beichen.settings import settings

KEPT = 5  # revisions of a layer


def make_revision(
    layer: Layer,
    batches: Iterable[pa.RecordBatch],
    layout: Layout,
    *,
    by: Actor,
    of: str = "",
    progress: Progress | None = None,
) -> Revision:
    """Build the features and show them from now on. Raises ProblemError FIL-104, and what ``batches`` do."""
    return show(layer, keep_features(batches, layout, progress=progress), by=by, of=of)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of features that lies in the store; its box is empty when it holds none."""

    hash: str
    size: int
    count: int
    box: tuple[float, ...]
    layout: Layout


def keep_features(
    batches: Iterable[pa.RecordBatch], layout: Layout, *, progress: Progress | None = None
) -> Kept:
    """Build a file of features and keep it, laid out on this machine. Raises ProblemError FIL-104."""
    spool = settings().data_dir / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spool, prefix="layer-") as folder:
        target = Path(folder) / "features.parquet"
        built = build(batches, layout, target, progress=progress)
        content, size = keeping.keep(target)
    keeping.opened_file(content)
    return Kept(content, size, built.count, built.box, layout)


@transaction.atomic
def show(layer: Layer, kept: Kept, *, by: Actor, of: str = "") -> Revision:
    """Make a kept file the layer's next revision."""
    held = Layer.objects.select_for_update().get(pk=layer.pk)
    last = held.revisions.aggregate(last=Max("number"))["last"] or 0
    revision = Revision.objects.create(
        layer=held,
        number=last + 1,
        hash=kept.hash,
        size=kept.size,
        feature_count=kept.count,
        fields=written(kept.layout.fields),
        of=of,
        made_by=by.key,
    )
    west, south, east, north = kept.box or (0.0, 0.0, 0.0, 0.0)
    held.revision, held.feature_count, held.sha256 = revision, kept.count, kept.hash
    held.west, held.south, held.east, held.north = west, south, east, north
    names = ["revision", "feature_count", "sha256", "west", "south", "east", "north", "updated_at"]
    held.save(update_fields=names)
    audit.record(
        by,
        "geo.layer.revise",
        f"platforms_geo.layer:{held.key}",
        detail={"revision": revision.number, "features": kept.count, "of": of},
    )
    told = {"type": held.key, "revision": revision.number}
    bus.publish("geo.layer.revised", held.key, told, by=by, level=held.level)
    for name in names[:-1]:
        setattr(layer, name, getattr(held, name))
    return revision


def forget_old(layer: Layer) -> int:
    """Remove the layer's revisions beyond the latest :data:`KEPT`; returns how many. Their files go later."""
    kept = list(layer.revisions.order_by("-number").values_list("pk", flat=True)[:KEPT])
    number, _rows = layer.revisions.exclude(pk__in=[*kept, layer.revision_id]).delete()
    return number

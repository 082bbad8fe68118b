"""Making a layer's next revision: a file built and kept, then one row and one pointer, all or nothing.

Two that build at once each get a number of their own, and the later one is shown. A build that is killed
leaves nothing but files that nobody points to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
from django.db import transaction
from django.db.models import Max

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
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
    spool = settings().data_dir / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spool, prefix="layer-") as folder:
        target = Path(folder) / f"{layer.key}.parquet"
        built = build(batches, layout, target, progress=progress)
        content, size = keeping.keep(target)
    keeping.opened_file(content)
    return _show(layer, content, size, built.count, built.box, layout, by=by, of=of)


@transaction.atomic
def _show(
    layer: Layer,
    content: str,
    size: int,
    count: int,
    box: tuple[float, ...],
    layout: Layout,
    *,
    by: Actor,
    of: str,
) -> Revision:
    held = Layer.objects.select_for_update().get(pk=layer.pk)
    last = held.revisions.aggregate(last=Max("number"))["last"] or 0
    revision = Revision.objects.create(
        layer=held,
        number=last + 1,
        hash=content,
        size=size,
        feature_count=count,
        fields=written(layout.fields),
        of=of,
        made_by=by.key,
    )
    west, south, east, north = box or (0.0, 0.0, 0.0, 0.0)
    held.revision, held.feature_count, held.sha256 = revision, count, content
    held.west, held.south, held.east, held.north = west, south, east, north
    names = ["revision", "feature_count", "sha256", "west", "south", "east", "north", "updated_at"]
    held.save(update_fields=names)
    audit.record(
        by,
        "geo.layer.revise",
        f"platforms_geo.layer:{held.key}",
        detail={"revision": revision.number, "features": count, "of": of},
    )
    for name in names[:-1]:
        setattr(layer, name, getattr(held, name))
    return revision


def forget_old(layer: Layer) -> int:
    """Remove the layer's revisions beyond the latest :data:`KEPT`; returns how many. Their files go later."""
    kept = list(layer.revisions.order_by("-number").values_list("pk", flat=True)[:KEPT])
    number, _rows = layer.revisions.exclude(pk__in=[*kept, layer.revision_id]).delete()
    return number

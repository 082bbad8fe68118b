"""Making the next revision of the one before and the edits over it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.platforms.geo.editing.few import Few, edits_of
from beichen.platforms.geo.editing.writing import forget_edits
from beichen.platforms.geo.models import Layer, Revision
from beichen.platforms.geo.revisions import forget_old, keep_features, show
from beichen.platforms.geo.snapshots import keeping
from beichen.platforms.geo.snapshots.snapshot import Snapshot


def fold_edits(key: str, *, by: Actor) -> Revision | None:
    """Fold a layer's edits into its next revision; None without any. What is written meanwhile stays."""
    layer = Layer.objects.select_related("revision").get(key=key)
    if not layer.edits or layer.revision is None:
        return None
    snapshot = keeping.opened_file(layer.revision.hash)
    few = edits_of(layer, snapshot.layout, snapshot.tag)
    kept = keep_features(_batches(snapshot, few), snapshot.layout)
    with transaction.atomic():
        held = Layer.objects.select_for_update().get(pk=layer.pk)
        if held.revision_id != layer.revision_id:
            return None  # another file came meanwhile, and replaced what was edited
        revision = show(held, kept, by=by, of=f"edition {layer.edition}")
        forget_edits(held, layer.edition)
        forget_old(held)
    return revision


def _batches(snapshot: Snapshot, few: Few) -> Iterator[pa.RecordBatch]:
    hidden = snapshot.rows_of(few.every)
    start = 0
    for batch in snapshot.batches():
        keep = np.ones(batch.num_rows, bool)
        keep[hidden[(hidden >= start) & (hidden < start + batch.num_rows)] - start] = False
        yield batch.filter(pa.array(keep)) if not keep.all() else batch
        start += batch.num_rows
    yield from few.table.to_batches()

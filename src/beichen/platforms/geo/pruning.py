"""What nobody needs any more: edits to be folded, folders of no layer, leavings of killed work."""

from __future__ import annotations

import shutil
import time

from beichen.kernel.actor import Actor
from beichen.platforms.geo import packages
from beichen.platforms.geo.editing.folding import fold_edits
from beichen.platforms.geo.models import Layer, Origin, Revision
from beichen.platforms.geo.snapshots import keeping
from beichen.settings import settings

LEFT_SECONDS = 86_400.0  # after a day, what lies where work is done was left by a process that died


def prune_snapshots(*, by: Actor) -> list[str]:
    """Fold what was edited, then throw away folders that are of no revision; returns their names."""
    for key in Layer.objects.filter(edits__gt=0, is_current=True).values_list("key", flat=True):
        fold_edits(key, by=by)
    kept = {content[:40] for content in Revision.objects.values_list("hash", flat=True)}
    kept |= {packages.name_of(layer) for layer in Layer.objects.filter(origin=Origin.PACKAGE)}
    _sweep()
    return keeping.prune(kept)


def _sweep() -> None:
    """Remove folders in which killed processes worked."""
    before = time.time() - LEFT_SECONDS
    places = [(keeping.root(), "making-*"), (settings().data_dir / "spool", "upload-*")]
    places.append((settings().data_dir / "spool", "layer-*"))
    for place, pattern in places:
        for folder in place.glob(pattern) if place.is_dir() else ():
            if folder.is_dir() and folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)

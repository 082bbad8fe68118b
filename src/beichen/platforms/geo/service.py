"""What can be done with layers: install a package's, list them, read one's features.

Installing compares the content's hash and the declared words first, and writes only what differs. A
layer that its package no longer declares stays in the table, marked as not current.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import orjson
from django.db import transaction
from django.db.models import QuerySet

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.changes import Changes
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.levels import Level
from beichen.platforms.geo import geojson
from beichen.platforms.geo.addresses.matching import Match
from beichen.platforms.geo.addresses.matching import match as match_address
from beichen.platforms.geo.addresses.matching import match_many as match_addresses
from beichen.platforms.geo.addresses.places import FoundPlace, search_places
from beichen.platforms.geo.codes import NO_LAYER, TAKEN
from beichen.platforms.geo.grid.hexagons import cell_range
from beichen.platforms.geo.grid.management import cell_at
from beichen.platforms.geo.legends import legend_faults
from beichen.platforms.geo.locating import region_at, regions_at
from beichen.platforms.geo.models import Layer, LayerContent, Origin
from beichen.platforms.geo.rights import EDIT, READ, WRITE
from beichen.problem import Problem, ProblemError, Where, nearest, said

if TYPE_CHECKING:
    from beichen.platforms.geo.editing.folding import fold_edits
    from beichen.platforms.geo.exporting import FORMATS
    from beichen.platforms.geo.making import LayerWords, make_objects_layer, make_table_layer
    from beichen.platforms.geo.pruning import prune_snapshots
    from beichen.platforms.geo.revisions import make_revision
    from beichen.platforms.geo.sources import editable, layers_for, layers_kept_by, regions_of, source_of
    from beichen.platforms.geo.tables import refresh_tables
    from beichen.platforms.geo.uploads.bringing import (
        bring_layer,
        find_upload,
        read_upload,
        report_of,
        uploads_for,
    )

__all__ = [
    "EDIT",
    "FORMATS",
    "READ",
    "WRITE",
    "FoundPlace",
    "LayerFacts",
    "LayerWords",
    "Match",
    "bring_layer",
    "cell_at",
    "cell_range",
    "content",
    "editable",
    "export_layer",
    "features",
    "find_upload",
    "fold_edits",
    "install_layers",
    "keep_legend",
    "lay_out",
    "layer",
    "layers",
    "layers_for",
    "layers_kept_by",
    "make_objects_layer",
    "make_revision",
    "make_table_layer",
    "match_address",
    "match_addresses",
    "no_layer",
    "prune_snapshots",
    "read_upload",
    "refresh_tables",
    "region_at",
    "regions_at",
    "regions_of",
    "report_of",
    "search_places",
    "source_of",
    "switch_layer",
    "uploads_for",
]

CHANGED = "geo.layers.changed"
_LATE = {
    "fold_edits": "editing.folding",
    "FORMATS": "exporting",
    "LayerWords": "making",
    "make_objects_layer": "making",
    "make_table_layer": "making",
    "prune_snapshots": "pruning",
    "make_revision": "revisions",
    "editable": "sources",
    "layers_for": "sources",
    "layers_kept_by": "sources",
    "regions_of": "sources",
    "source_of": "sources",
    "refresh_tables": "tables",
    "bring_layer": "uploads.bringing",
    "find_upload": "uploads.bringing",
    "read_upload": "uploads.bringing",
    "report_of": "uploads.bringing",
    "uploads_for": "uploads.bringing",
}
"""What stands on Arrow, by the module that has it: most processes never load it."""


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"beichen.platforms.geo.{_LATE[name]}"), name)


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """A layer as a package states it; ``content`` is its GeoJSON as it stands in ``file``."""

    key: str
    name: str
    name_en: str
    kind: str
    source: str
    licence: str
    attribution: str
    file: str
    content: bytes
    min_zoom: int = 0
    max_zoom: int = 22
    style: dict[str, Any] = field(default_factory=dict)
    region_property: str = ""
    replaceable: bool = False
    group: str = ""
    group_en: str = ""
    level: int = Level.L1.value
    dimensions: dict[str, str] = field(default_factory=dict)
    legend: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def install_layers(facts: Iterable[LayerFacts], *, owner: str, by: Actor) -> Changes:
    """Make the layers of ``owner`` equal ``facts``, drawn in their order.

    Raises ProblemError (GEO-101 to 106) with every mistake of every file, before anything is written.
    """
    from beichen.platforms.geo import jobs  # which calls this room's service

    wanted = list(facts)
    existing = {layer.key: layer for layer in Layer.objects.all()}
    problems = [
        Problem(TAKEN, f"the layer {item.key} belongs to {existing[item.key].owner}", Where(file=item.file))
        for item in wanted
        if item.key in existing and existing[item.key].owner != owner
    ]
    changes = Changes()
    writes: list[tuple[LayerFacts, dict[str, Any]]] = []
    for order, item in enumerate(wanted):
        row = existing.get(item.key)
        declared = _declared(item) | {"order": order, "owner": owner, "is_current": True}
        if row is not None and all(getattr(row, name) == value for name, value in declared.items()):
            changes.unchanged += 1
            continue
        reading = geojson.read(
            item.content, file=item.file, kind=item.kind, region_property=item.region_property
        )
        problems.extend(reading.problems)
        west, south, east, north = reading.box
        box = {"west": west, "south": south, "east": east, "north": north}
        writes.append((item, declared | box | {"feature_count": reading.feature_count}))
        (changes.added if row is None else changes.changed).append(item.key)
    if problems:
        raise ProblemError(*problems)
    for item, values in writes:
        _write(item, values)
    changes.removed = _retire(owner, {item.key for item in wanted})
    if writes:
        enqueue(jobs.lay_out)
    audit.record(by, "geo.layer.install", "platforms_geo.layer", detail=changes.counts() | {"owner": owner})
    if changes:
        bus.publish(CHANGED, owner, changes.counts(), by=by)
    return changes


def _declared(facts: LayerFacts) -> dict[str, Any]:
    """The columns that the declaration decides, without reading the file's features."""
    values = asdict(facts)
    for name in ("key", "file", "content"):
        del values[name]
    return values | {"sha256": hashlib.sha256(facts.content).hexdigest()}


def _write(facts: LayerFacts, values: dict[str, Any]) -> None:
    row, _created = Layer.objects.update_or_create(key=facts.key, defaults=values)
    zipped = gzip.compress(facts.content, 9, mtime=0)
    LayerContent.objects.update_or_create(layer=row, defaults={"gzipped": zipped})


def _retire(owner: str, kept: set[str]) -> list[str]:
    gone = Layer.objects.filter(owner=owner, is_current=True).exclude(key__in=kept)
    keys = sorted(gone.values_list("key", flat=True))
    gone.update(is_current=False)
    return keys


def layers() -> QuerySet[Layer]:
    """The packages' open layers that are shown, from the bottom of the map up; each has its GeoJSON."""
    return Layer.objects.filter(is_current=True, is_shown=True, origin=Origin.PACKAGE).order_by(
        "order", "key"
    )


def layer(key: str) -> Layer:
    """The layer of this key, if it is shown. Raises ProblemError GEO-404."""
    found = layers().filter(key=key).first()
    if found is None:
        raise no_layer(key)
    return found


def no_layer(key: str) -> ProblemError:
    """The error for a layer that does not exist, or not for who asks."""
    hint = nearest(key, layers().values_list("key", flat=True))
    return ProblemError(Problem(NO_LAYER, said("there is no layer {key}", key=key[:40]), hint=hint))


def content(row: Layer) -> bytes:
    """The layer's GeoJSON, gzipped as it is kept."""
    return bytes(LayerContent.objects.values_list("gzipped", flat=True).get(layer=row))


def features(key: str) -> list[dict[str, Any]]:
    """The features of a layer. Raises ProblemError GEO-404."""
    document: dict[str, Any] = orjson.loads(gzip.decompress(content(layer(key))))
    return list(document["features"])


@transaction.atomic
def switch_layer(key: str, *, on: bool, by: Actor) -> None:
    """Show a layer, or take it off every map until it is switched on again; its content stays.

    Raises ProblemError GEO-404.
    """
    changed = Layer.objects.filter(key=key).update(is_shown=on)
    if not changed:
        raise ProblemError(Problem(NO_LAYER, said("there is no layer {key}", key=key[:40])))
    audit.record(by, "geo.layer.switch", f"platforms_geo.layer:{key}", detail={"on": on})
    bus.publish(CHANGED, key, {"on": on}, by=by)


def export_layer(row: Layer, form: str, *, by: Actor) -> tuple[str, Iterator[bytes]]:
    """What a layer is as a file, as far as ``by`` may see it: its media type, and its bytes in pieces.

    Layers with personal data (L3, L4) leave a record. Raises ProblemError GEO-811.
    """
    from beichen.platforms.geo import exporting, sources

    pieces = exporting.export(row, sources.source_of(row, by), form)
    if row.level >= Level.L3:
        audit.record(by, READ, f"platforms_geo.layer:{row.key}", detail={"form": form})
    return exporting.FORMATS[form], pieces


@transaction.atomic
def keep_legend(key: str, legend: dict[str, Any], *, by: Actor) -> None:
    """Keep how a layer's values are drawn. Raises ProblemError GEO-404, GEO-810."""
    from beichen.platforms.geo import sources

    row = Layer.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise no_layer(key)
    names = [field.name for field in sources.source_of(row, by).described().fields]
    problems = legend_faults(legend, names)
    if problems:
        raise ProblemError(*problems)
    Layer.objects.filter(pk=row.pk).update(legend=legend)
    audit.record(by, "geo.layer.legend", f"platforms_geo.layer:{key}", detail={"by": legend.get("by", "")})


def lay_out() -> int:
    """Lay the packages' layers out to be read in bulk, ahead of who asks first; returns how many."""
    from beichen.platforms.geo import packages

    rows = Layer.objects.filter(origin=Origin.PACKAGE, is_current=True)
    return len([packages.snapshot_of(row) for row in rows])

"""Which layers someone may see, and where the features of each come from, within what they may see."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pyarrow as pa
from django.db.models import Q, QuerySet

from beichen.kernel.access import service as access
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.levels import Level
from beichen.kernel.org.service import city_region
from beichen.platforms.geo import packages
from beichen.platforms.geo.editing.few import edits_of
from beichen.platforms.geo.editing.overlay import Overlay
from beichen.platforms.geo.editing.writing import Writer
from beichen.platforms.geo.models import Layer, Origin
from beichen.platforms.geo.objects import Objects
from beichen.platforms.geo.rights import READ, WRITE
from beichen.platforms.geo.snapshots import keeping
from beichen.platforms.geo.snapshots.layout import Layout
from beichen.platforms.geo.snapshots.values import Dots
from beichen.platforms.geo.source import Answer, Asked, Described, Source

CONFINED = "no region"  # a path that no region has


def layers_for(by: Actor) -> QuerySet[Layer]:
    """The layers that ``by`` may read, from the bottom of the map up: shown ones, of all origins.

    Levels L1 and L2 need the clearance; personal ones (L3, L4) lie with their body too.
    """
    rows = Layer.objects.filter(is_current=True, is_shown=True).order_by("order", "key")
    return rows.filter(_seen_by(by, READ))


def layers_kept_by(by: Actor) -> QuerySet[Layer]:
    """The layers that ``by`` may keep: change, publish, withdraw; those that are withdrawn too.

    A body's layers are kept within the body; those of no body by who keeps layers for the whole city.
    """
    return Layer.objects.filter(kept_by(by))


def kept_by(by: Actor) -> Q:
    """The same for all rows with a ``body`` and a ``level``."""
    if by.is_system:
        return Q()
    parts = Q(pk__in=[])
    for area in access.areas(by, WRITE):
        theirs = Q(body__path__startswith=area.body_path)
        if is_citywide(area.region_path):
            theirs |= Q(body=None)
        parts |= Q(level__lte=area.clearance) & theirs
    return parts


def is_citywide(region_path: str) -> bool:
    """Whether a right within this region holds in the whole city."""
    if region_path == EVERYWHERE:
        return True
    city = city_region()
    return city is not None and city.path.startswith(region_path)


def _seen_by(by: Actor, action: str) -> Q:
    if by.is_system:
        return Q()
    seen = Q(pk__in=[])
    for area in access.areas(by, action):
        body = Q(level__lt=Level.L3)
        if area.body_path != EVERYWHERE:
            body |= Q(body__path__startswith=area.body_path)
        else:
            body = Q()
        seen |= Q(level__lte=area.clearance) & body
    return seen


def regions_of(layer: Layer, by: Actor) -> tuple[str, ...] | None:
    """The regions to which ``by`` is confined in this layer; None for the whole city.

    What is open (L1) is open to all in full. In the rest a feature of no region is seen by those alone whose
    right holds in the whole city.
    """
    if by.is_system or layer.level == Level.L1:
        return None
    paths = []
    for area in access.areas(by, READ):
        is_theirs = layer.level < Level.L3 or (
            area.body_path == EVERYWHERE
            or (layer.body is not None and layer.body.path.startswith(area.body_path))
        )
        if area.clearance >= layer.level and is_theirs:
            paths.append(EVERYWHERE if is_citywide(area.region_path) else area.region_path)
    return None if EVERYWHERE in paths else tuple(sorted(set(paths))) or (CONFINED,)


def source_of(layer: Layer, by: Actor) -> Source:
    """The layer's features as ``by`` may see them. That the layer itself may be seen was decided before."""
    source: Source
    if layer.origin == Origin.OBJECTS:
        return Objects(layer, by)
    source = unconfined(layer)
    regions = regions_of(layer, by)
    return source if regions is None else Confined(source, regions)


def editable(layer: Layer, by: Actor) -> Writer:
    """What writes features of the layer one by one. Raises ProblemError ACC-403, GEO-821."""
    return Writer(layer, unconfined(layer), by)


def unconfined(layer: Layer) -> Source:
    """The features of a layer that is no layer of objects, all of them."""
    if layer.revision_id is not None and layer.revision is not None:
        snapshot = keeping.opened_file(layer.revision.hash)
        if not layer.edits:
            return snapshot
        return Overlay(snapshot, edits_of(layer, snapshot.layout, snapshot.tag), layer.edition)
    if layer.origin == Origin.PACKAGE:
        return packages.snapshot_of(layer)
    return Nothing()


class Confined:
    """A source within some regions: whatever is asked, no more is told."""

    def __init__(self, source: Source, regions: tuple[str, ...]) -> None:
        self._source = source
        self._regions = regions

    def described(self) -> Described:
        """As of the whole, but for the tag. The count is of all features."""
        whole = self._source.described()
        told = hashlib.sha256("\n".join(self._regions).encode()).hexdigest()[:12]
        return replace(whole, tag=f"{whole.tag}-{told}" if whole.tag else "")

    def page(self, asked: Asked) -> Answer:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        return self._source.page(self._within(asked))

    def feature(self, key: str, regions: tuple[str, ...] | None = None) -> bytes | None:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        return self._source.feature(key, _both(self._regions, regions))

    def columns(self, asked: Asked) -> pa.Table:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        return self._source.columns(self._within(asked))

    def dots(self, asked: Asked) -> Dots | None:
        """See :class:`~beichen.platforms.geo.source.Source`."""
        return self._source.dots(self._within(asked))

    def _within(self, asked: Asked) -> Asked:
        return replace(asked, regions=_both(self._regions, asked.regions))


def _both(own: tuple[str, ...], other: tuple[str, ...] | None) -> tuple[str, ...]:
    """The regions that lie in both."""
    if other is None:
        return own
    inner = {one for one in other if one.startswith(own)} | {one for one in own if one.startswith(other)}
    return tuple(sorted(inner)) or (CONFINED,)


class Nothing:
    """The source of a layer that has no revision yet."""

    def described(self) -> Described:
        """Nothing at all."""
        return Described((), 0, None, (None, None), "nothing")

    def page(self, asked: Asked) -> Answer:
        """No features."""
        return Answer([], "", 0)

    def feature(self, key: str, regions: tuple[str, ...] | None = None) -> bytes | None:
        """None."""
        return None

    def columns(self, asked: Asked) -> pa.Table:
        """A table of no rows."""
        return Layout(()).schema.empty_table()

    def dots(self, asked: Asked) -> Dots | None:
        """None."""
        return None

"""Collections: the layers that a reader may see, each with its source within the reader's rights.

What may not be seen does not exist: it is in no list, and asked for by name it is answered as what was never
there. A source from here is confined to the reader's regions already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from beichen.kernel.access.service import areas
from beichen.kernel.actor import EVERYWHERE, PUBLIC, Actor
from beichen.kernel.levels import Level
from beichen.kernel.statements import Prepared, slot
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.ogc.codes import NO_COLLECTION, refused
from beichen.platforms.geo.source import Described, Source
from beichen.problem import nearest, said

_FOR_FEATURES = (
    *("key", "level", "origin", "region_property", "sha256", "particulars", "dimensions", "edition", "edits"),
    *("west", "south", "east", "north", "body__path", "revision__hash"),
)
"""What of a layer decides who may read which features of it, and where they are."""


def _shown() -> QuerySet[Layer]:
    rows = Layer.objects.select_related("body", "revision")
    return rows.filter(is_current=True, is_shown=True, key=slot(Layer, "key")).order_by()


_LAYER = Prepared(_shown)
_LEAN = Prepared(lambda: _shown().only(*_FOR_FEATURES))


@dataclass(frozen=True)
class Collection:
    """A layer as one reader sees it."""

    layer: Layer
    reader: Actor

    @property
    def key(self) -> str:
        """Its name in addresses."""
        return self.layer.key

    @cached_property
    def source(self) -> Source:
        """Its features."""
        return service.source_of(self.layer, self.reader)

    @cached_property
    def described(self) -> Described:
        """Fields, number, box, span of time, tag."""
        return self.source.described()

    @property
    def is_open(self) -> bool:
        """Whether anybody may have what this reader gets: caches between may then keep it."""
        return self.reader.key == PUBLIC.key

    def title(self, language: str) -> str:
        """Its name in a language."""
        return self.layer.name_en if language == "en" else self.layer.name


def collections_for(reader: Actor) -> Iterator[Collection]:
    """All of them, from the bottom of the map up."""
    for layer in service.layers_for(reader).select_related("body", "revision"):
        yield Collection(layer, reader)


def may_see(layer: Layer, reader: Actor) -> bool:
    """Whether the layer is among ``service.layers_for(reader)``, without asking the database."""
    if reader.is_system:
        return True
    body = layer.body.path if layer.body is not None else None
    return any(
        layer.level <= area.clearance
        and (
            area.body_path == EVERYWHERE
            or layer.level < Level.L3
            or (body is not None and body.startswith(area.body_path))
        )
        for area in areas(reader, service.READ)
    )


def collection_of(key: str, reader: Actor, *, is_lean: bool = False) -> Collection:
    """The collection of this key. Raises ProblemError GEO-613, also for one that may not be seen.

    A lean one is for who reads features alone: of its layer the rest is read when it is first looked at.
    """
    layer = (_LEAN if is_lean else _LAYER).first(key=key)
    if layer is None or not may_see(layer, reader):
        hint = nearest(key[:60], service.layers_for(reader).values_list("key", flat=True))
        raise refused(NO_COLLECTION, said("there is no collection {key}", key=key[:40]), hint=hint)
    return Collection(layer, reader)

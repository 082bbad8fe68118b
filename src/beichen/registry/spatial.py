"""The spatial index of each database behind one protocol: which shapes can touch a box.

GeoDjango wants SpatiaLite, which is not to be had for this Python; this is the little that the registry
needs instead. Rounding makes an R*Tree's boxes a little larger, never smaller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection

from beichen.registry.columns import SRID
from beichen.registry.models import ObjectShape
from beichen.registry.query.geo import Box

_SHAPES = ObjectShape._meta.db_table


@dataclass(frozen=True, slots=True)
class Join:
    """Tables to put before the objects ``o``, the column with the shape's WKB, and the conditions."""

    tables: str
    shape: str
    conditions: str
    parameters: list[Any]


class SpatialIndex(Protocol):
    """Finds shapes ``g`` by box and attribute; ``type_id`` narrows to objects of one type."""

    def join(self, attribute: str, box: Box | None, type_id: int | None) -> Join:
        """The join; without a box, every shape of the attribute."""
        ...


class RTree:
    """SQLite: the box of a shape and its object's type as three dimensions of an R*Tree."""

    def join(self, attribute: str, box: Box | None, type_id: int | None) -> Join:
        """See :class:`SpatialIndex`. CROSS JOIN makes SQLite begin with the box."""
        if box is None:
            tables = f"{_SHAPES} g JOIN registry_object o ON o.id = g.object_id"
            return Join(tables, "g.shape", "g.attribute = %s", [attribute])
        west, south, east, north = box
        conditions = "b.west <= %s AND b.east >= %s AND b.south <= %s AND b.north >= %s AND g.attribute = %s"
        parameters: list[Any] = [east, west, north, south, attribute]
        if type_id is not None:
            conditions = f"b.type_low <= %s AND b.type_high >= %s AND {conditions}"
            parameters = [type_id, type_id, *parameters]
        tables = (
            f"registry_box b CROSS JOIN {_SHAPES} g ON g.id = b.id "
            "CROSS JOIN registry_object o ON o.id = g.object_id"
        )
        return Join(tables, "g.shape", conditions, parameters)


class PostGIS:
    """PostgreSQL: a GiST index over PostGIS geometries."""

    def join(self, attribute: str, box: Box | None, type_id: int | None) -> Join:
        """See :class:`SpatialIndex`; the planner combines the type's index itself."""
        tables = f"{_SHAPES} g JOIN registry_object o ON o.id = g.object_id"
        shape = "ST_AsBinary(g.shape)"
        if box is None:
            return Join(tables, shape, "g.attribute = %s", [attribute])
        conditions = f"g.shape && ST_MakeEnvelope(%s, %s, %s, %s, {SRID}) AND g.attribute = %s"
        return Join(tables, shape, conditions, [*box, attribute])


def spatial_index() -> SpatialIndex:
    """The index of the present database."""
    return PostGIS() if connection.vendor == "postgresql" else RTree()

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
    """Tables with the objects ``o``, the column with the shape's WKB, and conditions (may be empty).

    A shape that is NULL is known to match. ``before`` stands before SELECT. The parameters are those of
    ``before``, then those of the tables, then those of the conditions.
    """

    tables: str
    shape: str
    conditions: str
    parameters: list[Any]
    before: str = ""


class SpatialIndex(Protocol):
    """Finds shapes ``g`` by box and attribute; ``type_id`` narrows to objects of one type.

    With a box, objects are met in the order of their keys, so that a page is read and no more. Where the
    box itself is what is asked for (``is_frame``), what is strictly inside matches.
    """

    def join(self, attribute: str, box: Box | None, type_id: int | None, *, is_frame: bool) -> Join:
        """The join; without a box, every shape of the attribute."""
        ...


def _everywhere(attribute: str, shape: str) -> Join:
    tables = f"{_SHAPES} g JOIN registry_object o ON o.id = g.object_id"
    return Join(tables, shape, "g.attribute = %s", [attribute])


class RTree:
    """SQLite: the box of a shape and its object's type as three dimensions of an R*Tree."""

    def join(self, attribute: str, box: Box | None, type_id: int | None, *, is_frame: bool) -> Join:
        """See :class:`SpatialIndex`. SQLite goes through keys IN a list in their order."""
        if box is None:
            return _everywhere(attribute, "g.shape")
        west, south, east, north = box
        touching = "b.west <= %s AND b.east >= %s AND b.south <= %s AND b.north >= %s"
        parameters: list[Any] = [east, west, north, south]
        if type_id is not None:
            touching += " AND b.type_low <= %s AND b.type_high >= %s"
            parameters += [type_id, type_id]
        found = f"registry_box b CROSS JOIN {_SHAPES} s ON s.id = b.id WHERE {touching} AND s.attribute = %s"
        parameters.append(attribute)
        if not is_frame:
            tables = f"registry_object o CROSS JOIN {_SHAPES} g ON g.object_id = o.id"
            conditions = f"o.id IN (SELECT s.object_id FROM {found}) AND g.attribute = %s"
            return Join(tables, "g.shape", conditions, [*parameters, attribute])
        # Few stand at the edge, and only of those the shape is read.
        inside = "b.west > %s AND b.south > %s AND b.east < %s AND b.north < %s"
        before = f"WITH found AS MATERIALIZED (SELECT s.object_id, s.id, {inside} AS is_inside FROM {found}) "
        shape = (
            f"CASE WHEN g.is_inside THEN NULL ELSE (SELECT e.shape FROM {_SHAPES} e WHERE e.id = g.id) END"
        )
        tables = "registry_object o CROSS JOIN found g ON g.object_id = o.id"
        return Join(tables, shape, "o.id IN (SELECT object_id FROM found)", [*box, *parameters], before)


class PostGIS:
    """PostgreSQL: a GiST index over PostGIS geometries."""

    def join(self, attribute: str, box: Box | None, type_id: int | None, *, is_frame: bool) -> Join:
        """See :class:`SpatialIndex`. PostgreSQL sorts no input of a nested loop unless it is told to."""
        if box is None:
            return _everywhere(attribute, "ST_AsBinary(g.shape)")
        shape = "s.shape"
        parameters: list[Any] = []
        if is_frame:
            inside = "s.west > %s AND s.south > %s AND s.east < %s AND s.north < %s"
            shape = f"CASE WHEN {inside} THEN NULL ELSE s.shape END"
            parameters += box
        touching = f"s.shape && ST_MakeEnvelope(%s, %s, %s, %s, {SRID}) AND s.attribute = %s"
        parameters += [*box, attribute]
        if type_id is not None:
            touching += " AND s.type_id = %s"
            parameters.append(type_id)
        found = f"SELECT s.object_id, {shape} AS shape FROM {_SHAPES} s WHERE {touching} ORDER BY s.object_id"
        tables = f"({found}) g JOIN registry_object o ON o.id = g.object_id"
        return Join(tables, "ST_AsBinary(g.shape)", "", parameters)


def spatial_index() -> SpatialIndex:
    """The index of the present database."""
    return PostGIS() if connection.vendor == "postgresql" else RTree()

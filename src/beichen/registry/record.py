"""An object's row as the writer holds it: plain and light, because a batch holds thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from beichen.kernel.levels import ScopeFields
from beichen.kernel.org.models import Body, Region
from beichen.registry.models import Object, ObjectType

READ_CHUNK = 5_000
_COLUMNS = (
    "id", "urn", "code", "type_id", "name", "region_id", "body_id", "level", "scopes", "document", "stamps",
    "created_at", "modified_at", "version",
)  # fmt: skip


@dataclass(slots=True)
class Record:
    """The columns of an object that is present. Access decides on it as on the row itself."""

    id: int
    urn: str
    code: str
    type: ObjectType
    name: str
    region: Region | None
    body: Body | None
    level: int
    scopes: str
    document: str
    stamps: str
    created_at: datetime
    modified_at: datetime
    version: int = 1
    removed_at: datetime | None = None
    touched: tuple[str, ...] = ()  # the attributes that the last change wrote

    ACCESS: ClassVar[ScopeFields] = Object.ACCESS

    def added(self) -> tuple[object, ...]:
        """The row of a new object, in the order of :data:`.tables.OBJECTS`."""
        region, body = self.region and self.region.pk, self.body and self.body.pk
        return (
            self.id, self.urn, self.code, self.type.pk, self.name, region, body, self.level, self.scopes,
            self.document, self.stamps, self.created_at, self.modified_at, None, self.version,
        )  # fmt: skip

    def changed(self) -> tuple[object, ...]:
        """The row of a changed object, in the order of :data:`.tables.OBJECT_CHANGES`."""
        return (
            self.id, self.type.pk, self.name, self.level, self.scopes, self.document, self.stamps,
            self.modified_at, self.removed_at, self.version,
        )  # fmt: skip


def read_present(urns: Sequence[str], *, lock: bool) -> dict[str, Record]:
    """The present objects among ``urns``; locked until the transaction ends where the engine can."""
    found: dict[str, Record] = {}
    unique = list(dict.fromkeys(urns))
    for start in range(0, len(unique), READ_CHUNK):
        chunk = unique[start : start + READ_CHUNK]
        rows = Object.objects.filter(urn__in=chunk, removed_at=None).order_by("id")
        values = list((rows.select_for_update() if lock else rows).values_list(*_COLUMNS))
        types = ObjectType.objects.in_bulk({row[3] for row in values})
        regions = Region.objects.in_bulk({row[5] for row in values if row[5]})
        bodies = Body.objects.in_bulk({row[6] for row in values if row[6]})
        for key, urn, code, kind, name, region, body, *rest in values:
            found[urn] = Record(
                key,
                urn,
                code,
                types[kind],
                name,
                regions[region] if region else None,
                bodies[body] if body else None,
                *rest,
            )
    return found

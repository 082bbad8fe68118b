"""Layers that stewards make: of files that they bring, of objects of a type, of a table of the warehouse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from beichen.kernel.access import service as access
from beichen.kernel.actor import EVERYWHERE, Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.platforms.geo.codes import BAD_FACTS, TAKEN
from beichen.platforms.geo.models import GeometryKind, Layer, Origin, Upload
from beichen.platforms.geo.rights import WRITE
from beichen.platforms.geo.source import column_name
from beichen.platforms.geo.sources import layers_kept_by
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Problem, ProblemError, Where, nearest, said
from beichen.registry import service as registry

DIMENSIONS = ("valid_from", "valid_to", "height", "base", "storeys", "depth", "model", "heading", "scale")
RESERVED = {"bring", "make", "uploads"}  # stand in addresses of pages
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,58}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class LayerWords:
    """What is said of a layer; ``kind`` is empty for: as most features are."""

    key: str
    name: str
    source: str
    licence: str
    name_en: str = ""
    attribution: str = ""
    group: str = ""
    group_en: str = ""
    level: int = Level.L2.value
    body: str = ""
    kind: str = ""
    region_property: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """The columns of the layer's row that these words decide."""
        return {
            "name": self.name.strip()[:100],
            "name_en": (self.name_en or self.name).strip()[:200],
            "source": self.source.strip()[:300],
            "licence": self.licence.strip()[:60],
            "attribution": (self.attribution or self.source).strip()[:200],
            "group": self.group.strip()[:60],
            "group_en": self.group_en.strip()[:120],
            "level": self.level,
            "region_property": self.region_property[:60],
            "dimensions": {
                part: column_name(name)
                for part, name in self.dimensions.items()
                if part in DIMENSIONS and name
            },
            "is_current": True,
        }


NEW = {"is_shown": False, "sha256": "", "feature_count": 0, "west": 0, "south": 0, "east": 0, "north": 0}
"""What a layer is before its first revision."""


def check_words(words: LayerWords, origin: Origin, by: Actor) -> tuple[Body | None, Layer | None]:
    """The body and, where the key is one's own already, the layer. Raises ACC-403, GEO-106, GEO-809."""
    body = (
        Body.objects.filter(key=words.body, is_current=True).first() if words.body else _own_body(by, words)
    )
    problems = _faults(words)
    if words.body and body is None:
        message = said("there is no body {key!r}", key=words.body[:40])
        problems.append(Problem(BAD_FACTS, message, Where(field="body")))
    if problems:
        raise ProblemError(*problems)
    access.require(by, WRITE, Upload(level=words.level, body=body))
    layer = Layer.objects.filter(key=words.key).first()
    if layer is not None:
        is_theirs = layers_kept_by(by).filter(pk=layer.pk).exists()
        if layer.origin != origin or not is_theirs:
            message = said("the layer {key} belongs to {owner}", key=layer.key, owner=layer.owner)
            raise ProblemError(Problem(TAKEN, message, Where(field="key")))
    return body, layer


def _own_body(by: Actor, words: LayerWords) -> Body | None:
    """The body for which an actor keeps layers of this level; None for who keeps them for all."""
    paths = [area.body_path for area in access.areas(by, WRITE) if area.clearance >= words.level]
    return None if EVERYWHERE in paths else Body.objects.filter(path__in=paths).order_by("path").first()


def _faults(words: LayerWords) -> list[Problem]:
    problems = []
    if not _KEY.fullmatch(words.key) or words.key in RESERVED:
        hint = said("lower-case letters, digits and hyphens, such as street-lamps")
        problems.append(Problem(BAD_FACTS, said("the key is not one"), Where(field="key"), hint))
    for part in ("name", "source", "licence"):
        if not getattr(words, part).strip():
            message = said("{part} is missing", part=part)
            problems.append(Problem(BAD_FACTS, message, Where(field=part)))
    if words.kind and words.kind not in GeometryKind.values:
        message = said("{kind!r} is no kind of geometry", kind=words.kind[:20])
        hint = ", ".join(GeometryKind.values)
        problems.append(Problem(BAD_FACTS, message, Where(field="kind"), hint))
    if words.level not in list(Level):
        problems.append(Problem(BAD_FACTS, said("there is no such level"), Where(field="level"), "1 … 4"))
    return problems


def make_objects_layer(words: LayerWords, type_key: str, *, by: Actor) -> Layer:
    """A layer of the registry's objects of a type, within what each reader may see of them.

    Raises ProblemError ACC-403, GEO-106, GEO-809, REG-115.
    """
    kind = registry.seen_type(type_key)
    geometry = words.kind or str(kind.geometry or "point").lower().removeprefix("multi")
    geometry = {"linestring": "line"}.get(geometry, geometry)
    particulars = {"type": type_key}
    return _make(words, Origin.OBJECTS, particulars, geometry, by)


def make_table_layer(words: LayerWords, table: str, columns: dict[str, str], *, by: Actor) -> Layer:
    """A layer of a table: ``columns`` names ``longitude`` and ``latitude``, or ``geometry`` (WKT); ``key``.

    It is drawn in the background, and again when the table changes. Raises ProblemError ACC-403, GEO-106,
    GEO-809 also for a level below the table's, WHS-404.
    """
    from beichen.platforms.geo import jobs  # which calls this room's service

    facts = warehouse.table(table).facts
    problems = []
    if facts.name not in {row.name for row in warehouse.readable(by)}:
        message = said("there is no table {name!r}", name=table[:40])
        raise ProblemError(Problem(BAD_FACTS, message, Where(field="table")))
    names = [column.name for column in facts.columns]
    given = {part: name for part, name in columns.items() if name}
    for part, name in given.items():
        if name not in names:
            message = said("the table has no column {name!r}", name=name[:40])
            problems.append(Problem(BAD_FACTS, message, Where(field=part), nearest(name, names)))
    if not (given.get("geometry") or (given.get("longitude") and given.get("latitude"))):
        message = said("name the columns with longitude and latitude, or with shapes")
        problems.append(Problem(BAD_FACTS, message, Where(field="longitude")))
    if words.level < facts.level:
        message = said("the table is of level L{level}", level=facts.level)
        problems.append(Problem(BAD_FACTS, message, Where(field="level")))
    if problems:
        raise ProblemError(*problems)
    with transaction.atomic():
        layer = _make(words, Origin.TABLE, {"table": facts.name, **given}, words.kind or "point", by)
        enqueue(jobs.refresh_tables)
    return layer


@transaction.atomic
def _make(words: LayerWords, origin: Origin, particulars: dict[str, str], kind: str, by: Actor) -> Layer:
    body, _layer = check_words(words, origin, by)
    values = {
        **words.values(),
        "body": body,
        "kind": kind if kind in GeometryKind.values else GeometryKind.POINT,
        "origin": origin,
        "owner": origin.value,
        "particulars": particulars,
    }
    layer, is_new = Layer.objects.update_or_create(
        key=words.key, defaults=values, create_defaults={**values, **NEW}
    )
    detail = {"origin": origin.value, "is_new": is_new, **particulars}
    audit.record(by, "geo.layer.make", f"platforms_geo.layer:{layer.key}", detail=detail)
    return layer

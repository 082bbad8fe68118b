"""Declaring types of objects: widening is free, narrowing is refused with the objects that would break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import transaction

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.columns import is_written_alike
from beichen.kernel.levels import Level
from beichen.problem import Problem, ProblemError, Where, code, shorten
from beichen.registry import tables
from beichen.registry.document.names import to_iri
from beichen.registry.indexing import derive
from beichen.registry.models import Kind, Object, ObjectType, ObjectValue
from beichen.registry.permissions import WRITE_TYPES
from beichen.registry.types import check_fields, indexed_names

NARROWED = code("REG-301", "Present objects would not match the new type.", status=409)
OWNED = code("REG-302", "The type belongs to another scene.", status=409)
SHOWN = 10  # objects named in a refusal
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A type as a scene states it; see :class:`.models.ObjectType`.

    ``taken_from`` is the scene that declared it before: the type moves, with its objects.
    """

    key: str
    kind: str = Kind.THING.value
    name: str = ""
    name_en: str = ""
    geometry: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()
    levels: dict[str, int] = field(default_factory=dict)
    relations: dict[str, Any] = field(default_factory=dict)
    measures: dict[str, Any] = field(default_factory=dict)
    commands: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)
    level: int = Level.L1.value
    taken_from: str = ""

    def columns(self) -> dict[str, Any]:
        """The values of the type's row."""
        return {
            "kind": self.kind,
            "name": self.name,
            "name_en": self.name_en,
            "geometry": self.geometry,
            "fields": self.fields,
            "required": sorted(self.required),
            "indexed": sorted(self.indexed),
            "levels": self.levels,
            "relations": self.relations,
            "measures": self.measures,
            "commands": self.commands,
            "labels": self.labels,
            "level": self.level,
            "is_declared": True,
        }


_CHECKED = ("geometry", "fields", "required", "relations")
_INDEXED = ("indexed", "is_declared", "relations")
_ORDERED = ("fields", "labels", "relations", "measures", "commands")


def check_narrowing(kind: ObjectType) -> list[Problem]:
    """The present objects that do not match ``kind``, at most :data:`SHOWN` of them and their number."""
    problems: list[Problem] = []
    broken = 0
    rows = Object.objects.filter(type_id=kind.pk, removed_at=None).order_by("id")
    for urn, document in rows.values_list("urn", "document").iterator(chunk_size=CHUNK):
        found = check_fields(kind, orjson.loads(document))
        if found:
            broken += 1
            if broken <= SHOWN:
                message = shorten(f"{urn}: {found[0].message}")
                problems.append(Problem(NARROWED, message, found[0].where))
    if broken > SHOWN:
        problems.append(
            Problem(NARROWED, f"{broken} objects of {kind.key} would break", Where(field=kind.key))
        )
    return problems


def _index_again(kind: ObjectType) -> None:
    """Rebuild the values of a type's objects after its indexed fields changed."""
    wanted = indexed_names([kind])
    last = 0
    while True:
        rows = list(
            Object.objects.filter(type_id=kind.pk, removed_at=None, id__gt=last)
            .order_by("id")
            .values_list("id", "document")[:CHUNK]
        )
        if not rows:
            return
        ObjectValue.objects.filter(object__in=[key for key, _ in rows]).delete()
        tables.VALUES.insert(
            [(key, *value) for key, text in rows for value in derive(orjson.loads(text), wanted).values]
        )
        last = rows[-1][0]


def _declare(facts: TypeFacts, scene: str, problems: list[Problem], changes: Changes) -> None:
    kind = ObjectType.objects.filter(key=facts.key).first()
    columns = {**facts.columns(), "scene": scene}
    if kind is None:
        ObjectType.objects.create(key=facts.key, iri=to_iri(facts.key), **columns)
        changes.added.append(facts.key)
        return
    if kind.is_declared and kind.scene not in {scene, "", facts.taken_from}:
        message = shorten(f"the type {facts.key} belongs to {kind.scene}")
        problems.append(Problem(OWNED, message, Where(field=facts.key)))
        return
    different = {name for name, value in columns.items() if getattr(kind, name) != value}
    # Their order may have been kept where it is forgotten.
    moved = [name for name in _ORDERED if not is_written_alike(getattr(kind, name), columns[name])]
    if not different and not moved:
        changes.unchanged += 1
        return
    for name, value in columns.items():
        setattr(kind, name, value)
    kind.version += 1
    broken = check_narrowing(kind) if different & {*_CHECKED, "is_declared"} else []
    if broken:
        problems += broken
        return
    kind.save()
    if different.intersection(_INDEXED):
        _index_again(kind)
    if "level" in different:
        Object.objects.filter(type_id=kind.pk, level__lt=kind.level).update(level=kind.level)
    changes.changed.append(facts.key)


@transaction.atomic
def declare_types(facts: Sequence[TypeFacts], *, scene: str, by: Actor) -> Changes:
    """Declare a scene's types, comparing with what stands; those it no longer names are let go.

    A type that is let go keeps its declaration and its objects; another scene may take it over.

    Raises ProblemError REG-301 with the objects that a narrower type would break, REG-302 for a type of
    another scene; then nothing is written.
    """
    access.require(by, WRITE_TYPES)
    problems: list[Problem] = []
    changes = Changes()
    for item in facts:
        _declare(item, scene, problems, changes)
    if problems:
        raise ProblemError(*problems)
    gone = ObjectType.objects.filter(scene=scene).exclude(key__in=[item.key for item in facts])
    changes.removed = list(gone.values_list("key", flat=True))
    gone.update(scene="")
    if changes:
        detail = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        audit.record(by, "registry.type.write", f"registry.objecttype:{scene}", detail=detail)
    return changes

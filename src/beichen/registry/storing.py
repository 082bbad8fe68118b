"""Storing what a batch made of objects: each table once, every index in step with the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

import orjson

from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.registry import tables
from beichen.registry.codes import new_code
from beichen.registry.document.changes import Document, Result, types_of
from beichen.registry.document.expansion import Entity
from beichen.registry.indexing import Derived, derive
from beichen.registry.models import Object, ObjectType
from beichen.registry.permissions import Gate
from beichen.registry.problems import BAD_DATA, CODE_TAKEN
from beichen.registry.record import Record
from beichen.registry.types import ensure_types, find_types, indexed_names
from beichen.registry.uses import Uses, count_uses

Change = Callable[[Document], Result]


class Outcome(Enum):
    """What became of an object."""

    CREATED = auto()
    CHANGED = auto()
    SAME = auto()


@dataclass(slots=True)
class Draft:
    """What shall become of one object.

    ``change`` turns the present document into the next; without it ``entity`` replaces the whole. An
    object that is not there is created when ``may_create``, and one that is there is refused when not
    ``may_change``. Place, level and code are facts of the house that no payload can state.
    """

    entity: Entity
    change: Change | None = None
    may_create: bool = True
    may_change: bool = True
    code: str = ""
    region: Region | None = None
    body: Body | None = None
    level: int | None = None


@dataclass(slots=True)
class Present:
    """An object as it stands in the database, and what a batch made of it so far."""

    row: Record | None
    document: Document
    stamps: dict[str, list[str]]
    draft: Draft
    before: Document | None = None
    touched: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class Written:
    """The outcome of a batch, by the drafts' order."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    results: dict[int, Result] = field(default_factory=dict)
    errors: dict[int, ProblemError] = field(default_factory=dict)
    created: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)


class Storage:
    """Writes the rows of objects and of their indexes, in the caller's transaction."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.by = by
        self.at = at
        self.stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.gate = Gate(by)
        self.written = Written()
        self.types: dict[str, ObjectType] = {}
        self._alike: Counter[tuple[tuple[str, ...], frozenset[tuple[str, str]]]] = Counter()
        self._present: dict[str, Present] = {}

    def _level(self, types: Sequence[str], given: int | None) -> int:
        declared = [self.types[key].level for key in types if key in self.types]
        return max([given or Level.L1.value, *declared])

    def store(self) -> None:
        """Write everything that was applied."""
        present = list(self._present.values())
        if not present:
            return
        self.types |= ensure_types({key for item in present for key in types_of(item.document)})
        self._mark_shared(present)
        added = [item for item in present if item.row is None]
        changed = [item for item in present if item.row is not None and self._differs(item)]
        derived: list[tuple[Record, Document, Derived]] = []
        if added:
            derived += self._insert(added)
        if changed:
            derived += self._update(changed)
        self._insert_derived(derived)
        count_uses(self._uses())

    def _differs(self, item: Present) -> bool:
        return bool(item.touched) or item.document != item.before

    def _mark_shared(self, present: Sequence[Present]) -> None:
        further = {key for item in present for key in types_of(item.document)[1:]}
        fresh = [self.types[key] for key in further if not self.types[key].is_shared]
        for kind in fresh:
            kind.is_shared = True
        if fresh:
            ObjectType.objects.filter(pk__in=[kind.pk for kind in fresh]).update(is_shared=True)

    def _kinds(self, document: Document) -> list[ObjectType]:
        return [self.types[key] for key in types_of(document)]

    def _derive(self, document: Document) -> Derived:
        return derive(document, indexed_names(self._kinds(document)))

    def _insert(self, added: Sequence[Present]) -> list[tuple[Record, Document, Derived]]:
        self._refuse_taken_codes([item.draft.code for item in added if item.draft.code])
        derived = []
        for key, item in zip(tables.next_ids(len(added)), added, strict=True):
            found = self._derive(item.document)
            record = self._new_record(key, item, found)
            derived.append((record, item.document, found))
            self.written.created.append(record)
        tables.OBJECTS.insert([record.added() for record, _, _ in derived])
        return derived

    def _refuse_taken_codes(self, codes: Sequence[str]) -> None:
        taken = set(Object.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
        twice = {code for code in codes if codes.count(code) > 1} if len(set(codes)) != len(codes) else set()
        problems = [
            Problem(CODE_TAKEN, shorten(f"the code {code} is taken"), Where(pointer="/code"))
            for code in sorted(taken | twice)
        ]
        if problems:
            raise ProblemError(*problems)

    def _new_record(self, key: int, item: Present, derived: Derived) -> Record:
        draft, kinds = item.draft, self._kinds(item.document)
        return Record(
            key,
            item.document["id"],
            draft.code or new_code(kinds[0].kind, key),
            kinds[0],
            derived.name,
            draft.region,
            draft.body,
            self._level([kind.key for kind in kinds], draft.level),
            scopes_text(item.document),
            dump(item.document),
            "",
            self.at,
            self.at,
        )

    def _update(self, changed: Sequence[Present]) -> list[tuple[Record, Document, Derived]]:
        derived, versions, rows = [], [], []
        for item in changed:
            row = item.row
            if row is None:
                continue
            versions.append((row.id, row.version, row.document, row.modified_at, self.at))
            self._subtract(row, item.before or {})
            found = self._derive(item.document)
            kinds = self._kinds(item.document)
            row.type, row.name, row.version = kinds[0], found.name, row.version + 1
            row.scopes, row.document = scopes_text(item.document), dump(item.document)
            row.level = max(row.level, self._level([kind.key for kind in kinds], None))
            row.stamps, row.modified_at = self._stamps(item), self.at
            row.touched = tuple(sorted({name for name, _ in item.touched}))
            rows.append(row.changed())
            derived.append((row, item.document, found))
            self.written.changed.append(row)
        tables.VERSIONS.insert(versions)
        tables.OBJECT_CHANGES.update(rows)
        tables.forget_derived([row.id for row, _, _ in derived])
        return derived

    def _stamps(self, item: Present) -> str:
        stamps, before = dict(item.stamps), item.before or {}
        created = self.stamp
        for name, dataset in item.touched:
            key = f"{name}\n{dataset}" if dataset else name
            was_there = name in before
            first = stamps[key][0] if key in stamps else "" if was_there else created
            stamps[key] = [first, self.stamp]
        kept = {key: value for key, value in stamps.items() if key.partition("\n")[0] in item.document}
        return orjson.dumps(kept).decode() if kept else ""

    def _subtract(self, row: Record, document: Document) -> None:
        self._count(document, derive(document, frozenset()), -1)

    def _count(self, document: Document, derived: Derived, change: int) -> None:
        self._alike[(tuple(types_of(document)), frozenset(derived.uses))] += change

    def _uses(self) -> Uses:
        """The counts' changes: objects of the same types with the same attributes were counted as one."""
        uses: Uses = Uses()
        for (keys, used), change in self._alike.items():
            for key in keys:
                kind = self.types.get(key) or self.types.setdefault(key, find_types([key])[key])
                uses[(kind.pk, "", "")] += change
                for attribute, form in used:
                    uses[(kind.pk, attribute, form)] += change
        return uses

    def _insert_derived(self, rows: Sequence[tuple[Record, Document, Derived]]) -> None:
        values: list[tuple[Any, ...]] = []
        relations: list[tuple[Any, ...]] = []
        shapes: list[tuple[Any, ...]] = []
        typings: list[tuple[Any, ...]] = []
        for row, document, found in rows:
            key = row.id
            self._count(document, found, 1)
            values.extend((key, *value) for value in found.values)
            relations.extend((key, *relation) for relation in found.relations)
            for attribute, shape in found.shapes:
                shapes.append(
                    (key, row.type.pk, attribute, shape.west, shape.south, shape.east, shape.north, shape.wkb)
                )
            typings.extend((self.types[name].pk, key) for name in types_of(document)[1:])
        for table, content in (
            (tables.VALUES, values),
            (tables.RELATIONS, relations),
            (tables.SHAPES, shapes),
            (tables.TYPINGS, typings),
        ):
            if content:
                table.insert(content)

    def remove(self, rows: Sequence[Record]) -> None:
        """Remove present objects softly: their rows and versions stay, their index rows go."""
        for row in rows:
            self.gate.require_remove(row.level, row.region, row.body)
        versions = [(row.id, row.version, row.document, row.modified_at, self.at) for row in rows]
        changes = []
        for row in rows:
            self.types.setdefault(row.type.key, row.type)
            document = orjson.loads(row.document)
            self._subtract(row, document)
            row.removed_at, row.version = self.at, row.version + 1
            changes.append(row.changed())
        tables.VERSIONS.insert(versions)
        tables.OBJECT_CHANGES.update(changes)
        tables.forget_derived([row.id for row in rows])
        count_uses(self._uses())


def scopes_text(document: Document) -> str:
    """Scopes as the index keeps them: ``|/a/b|/c|``."""
    value = document.get("scope")
    if not value:
        return ""
    return "|" + "|".join([value] if isinstance(value, str) else value) + "|"


def dump(document: Document) -> str:
    """A document as compact JSON. Raises ProblemError REG-101 when it cannot be written as JSON."""
    try:
        return orjson.dumps(document).decode()
    except orjson.JSONEncodeError as error:
        raise ProblemError(Problem(BAD_DATA, shorten(str(error)), Where(pointer=""))) from error

"""Which fields an actor gets: those above its clearance are withheld, personal ones leave a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.levels import Level
from beichen.registry.models import History, Object, ObjectType
from beichen.registry.permissions import READ

Document = dict[str, Any]
LISTED = 50
_SEVERAL_TYPES, _HEAD = '"type":["', 1_200  # a text begins with its id and types
ANY = "*"  # stands for the whole object where its type itself is personal


class Disclosure:
    """Withholds fields from documents, and keeps what it let through of levels L3 and L4."""

    def __init__(self, actor: Actor, kinds: Iterable[ObjectType]) -> None:
        self.actor = actor
        self._levels: dict[int, dict[str, int]] = {}
        self._by_key: dict[str, dict[str, int]] = {}
        self._add(kinds)
        self._shown: dict[str, set[str]] = {}

    def _add(self, kinds: Iterable[ObjectType]) -> None:
        for kind in kinds:
            personal = {ANY: kind.level} if kind.level >= Level.L3 else {}
            self._levels[kind.pk] = self._by_key[kind.key] = {**kind.levels, **personal}

    def learn(self, type_ids: Iterable[int]) -> None:
        """Look up the types that are not known yet."""
        missing = set(type_ids) - self._levels.keys()
        if missing:
            self._add(ObjectType.objects.filter(pk__in=missing))

    def are_open(self, type_ids: set[int], texts: Iterable[str]) -> bool:
        """Whether documents have no guarded field at all, by their types' rows and their texts."""
        if any(self._levels.get(type_id) for type_id in type_ids):
            return False
        return not [True for text in texts if _SEVERAL_TYPES in text[:_HEAD]]

    def _guarded(self, document: Document) -> dict[str, int]:
        types = document["type"]
        keys = [types] if isinstance(types, str) else types
        unknown = [key for key in keys if key not in self._by_key]
        if unknown:
            self._add(ObjectType.objects.filter(key__in=unknown))
        levels: dict[str, int] = {}
        for key in keys:
            for name, level in self._by_key.get(key, {}).items():
                levels[name] = max(level, levels.get(name, 0))
        return levels

    def read(self, row_id: int, text: str) -> Document:
        """The document with what the actor may see of it."""
        document: Document = orjson.loads(text)
        levels = {
            name: level for name, level in self._guarded(document).items() if name in document or name == ANY
        }
        if not levels:
            return document
        row = Object.objects.select_related("region", "body").get(pk=row_id)
        reach = access.clearance(self.actor, READ, row)
        for name, level in levels.items():
            if name != ANY and level > reach:
                del document[name]
            elif level >= Level.L3:
                self._shown.setdefault(row.code, set()).add(name)
        return document

    def withheld(self, row: Object | History, types: Iterable[str], names: Iterable[str]) -> frozenset[str]:
        """Which of ``names`` the actor may not see of a row whose documents are read elsewhere."""
        levels = self._guarded({"type": list(types)})
        if not levels:
            return frozenset()
        reach = access.clearance(self.actor, READ, row)
        present = set(names)
        hidden = frozenset(name for name, level in levels.items() if level > reach)
        code = row.code if isinstance(row, Object) else row.urn
        for name, level in levels.items():
            if level >= Level.L3 and name not in hidden and (name in present or name == ANY):
                self._shown.setdefault(code, set()).add(name)
        return hidden

    def record(self) -> None:
        """Write the audit record of what was disclosed; one for all of a request."""
        if not self._shown:
            return
        codes = sorted(self._shown)
        detail = {
            "objects": codes[:LISTED],
            "count": len(codes),
            "fields": sorted(set().union(*self._shown.values())),
        }
        subject = codes[0] if len(codes) == 1 and len(codes[0]) <= 16 else ""
        audit.record(self.actor, READ, "registry.object", detail=detail, subject=subject)

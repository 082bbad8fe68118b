"""Linked entities (clause 4.5.23): the entities that relationships of found ones lead to, level by level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from beichen.kernel.actor import Actor
from beichen.registry.disclosure import Disclosure
from beichen.registry.document.changes import instances
from beichen.registry.document.representation import Representation, Stamps
from beichen.registry.query.plan import Query
from beichen.registry.query.search import Search

Document = dict[str, Any]
Found = tuple[Document, Stamps]
TARGET_LIMIT = 1_000


def targets_of(document: Document, shown: Representation) -> dict[str, list[str]]:
    """The ids that each relationship leads to, of those that the representation shows."""
    found: dict[str, list[str]] = {}
    for name, attribute in document.items():
        if name in {"id", "type", "scope"} or not shown.shows(name):
            continue
        for instance in instances(attribute).values():
            if instance["type"] == "Relationship":
                value = instance["object"]
                found.setdefault(name, []).extend(value if isinstance(value, list) else [value])
            elif instance["type"] == "ListRelationship":
                found.setdefault(name, []).extend(item["object"] for item in instance["objectList"])
    return found


class Links:
    """Fetches linked entities once each, within what the actor may see."""

    def __init__(self, actor: Actor, disclosure: Disclosure) -> None:
        self.actor = actor
        self.disclosure = disclosure
        self._known: dict[str, Found | None] = {}

    def fetch(self, ids: Iterable[str]) -> None:
        """Read the entities with these ids that are not known yet."""
        missing = [urn for urn in dict.fromkeys(ids) if urn not in self._known][:TARGET_LIMIT]
        if not missing:
            return
        self._known.update(dict.fromkeys(missing))
        rows, _ = Search(Query(ids=missing), self.actor).page(len(missing))
        for row in rows:
            document = self.disclosure.read(row.id, row.document)
            self._known[document["id"]] = (document, Stamps.of(row.created_at, row.modified_at, row.stamps))

    def inline(
        self, document: Document, stamps: Stamps, shown: Representation, level: int, trail: frozenset[str]
    ) -> Document:
        """The rendered document with linked entities inside, ``level`` deep; circles are cut."""
        targets = targets_of(document, shown) if level else {}
        self.fetch(urn for ids in targets.values() for urn in ids)
        trail |= {document["id"]}
        linked: dict[str, dict[str, Any]] = {}
        for name, ids in targets.items():
            inner = shown.inner(name)
            for urn in ids:
                found = self._known.get(urn)
                if found is not None and urn not in trail:
                    linked.setdefault(name, {})[urn] = self.inline(*found, inner, level - 1, trail)
        return shown.render(document, stamps, linked)

    def flat(self, found: Sequence[Found], shown: Representation, level: int) -> list[Document]:
        """The entities that ``found`` lead to within ``level`` steps, rendered, each once."""
        present = {document["id"] for document, _ in found}
        added: list[Document] = []
        edge: list[tuple[Document, Representation]] = [(document, shown) for document, _ in found]
        for _ in range(level):
            wanted = [
                (urn, view.inner(name))
                for document, view in edge
                for name, ids in targets_of(document, view).items()
                for urn in ids
            ]
            self.fetch(urn for urn, _ in wanted)
            edge = []
            for urn, view in wanted:
                known = self._known.get(urn)
                if known is not None and urn not in present:
                    present.add(urn)
                    edge.append((known[0], view))
                    added.append(view.render(*known))
        return added

"""A bundle with its items: what it asks for altogether, each field, question and paper once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from beichen.fronts.services.affair import acting
from beichen.fronts.services.declaration import Field, read_process
from beichen.fronts.services.items.checking import holds_now, price
from beichen.fronts.services.items.declaration import Item, Material
from beichen.fronts.services.items.finding import read_bundle, read_item
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem
from beichen.fronts.services.items.problems import NO_ITEM, none
from beichen.problem import said

CERTIFICATE = "certificate:"
_SURE = ("low", "substantial", "high")


class Whole:
    """A bundle with its items and their processes, as they are offered now.

    Raises ProblemError SRV-401 when one of its items is not offered any more.
    """

    def __init__(self, row: ServiceBundle) -> None:
        self.declared = read_bundle(row.declared)
        rows = {one.key: one for one in ServiceItem.objects.filter(key__in=self.declared.items)}
        absent = [key for key in self.declared.items if key not in rows or not rows[key].is_offered]
        if absent:
            raise none(NO_ITEM, said("there is no item {key!r}", key=absent[0]), absent[0])
        self.rows = {key: rows[key] for key in self.declared.items}
        self.items: dict[str, Item] = {key: read_item(one) for key, one in self.rows.items()}
        self.processes = {
            key: read_process(acting.newest(one.process).declared) for key, one in self.rows.items()
        }

    def fields(self, keys: Iterable[str]) -> dict[str, Field]:
        """The fields that the processes of these items ask for at their start, and their questions."""
        found: dict[str, Field] = {}
        for key in keys:
            process = self.processes[key]
            found |= {name: process.fields[name] for name in process.start if name not in found}
        for key in keys:
            found |= {name: one for name, one in self.items[key].ask.items() if name not in found}
        return found

    def materials(self, keys: Iterable[str]) -> dict[str, Material]:
        """Their papers without doubles, each required where one of the items requires it."""
        found: dict[str, Material] = {}
        for key in keys:
            for name, one in self.items[key].materials.items():
                known = found.get(name)
                found[name] = one if known is None else _stricter(known, one)
        return found

    def needed(self, data: Mapping[str, Any]) -> list[str]:
        """The items that this application needs: those whose condition does not fail."""
        return [
            key
            for key, part in self.declared.items.items()
            if not part.when or holds_now(part.when, data) is not False
        ]

    def settled(self, data: Mapping[str, Any]) -> list[str]:
        """The items of which these answers say already that they are needed."""
        return [
            key for key, part in self.declared.items.items() if not part.when or holds_now(part.when, data)
        ]

    def before(self, key: str) -> set[str]:
        """The items that an item waits for, however far back."""
        found: set[str] = set()
        waiting = list(self.declared.items[key].after)
        while waiting:
            other = waiting.pop()
            if other not in found and other in self.declared.items:
                found.add(other)
                waiting += self.declared.items[other].after
        return found

    def within(self, keys: Iterable[str]) -> dict[str, str]:
        """The papers that every item which asks for them gets from a part before it: the paper, and of which
        item it is the result."""
        asked = list(keys)
        found: dict[str, str] = {}
        asked_for: set[str] = set()
        for key in asked:
            results = self._results(self.before(key) & set(asked))
            for name, one in self.items[key].materials.items():
                giver = results.get(one.held_by.removeprefix(CERTIFICATE))
                if one.held_by.startswith(CERTIFICATE) and giver:
                    found[name] = giver
                else:
                    asked_for.add(name)
        return {name: giver for name, giver in found.items() if name not in asked_for}

    def _results(self, keys: Iterable[str]) -> dict[str, str]:
        """The kinds of certificates that these items give, each with its item."""
        results = ((key, self.items[key].result) for key in keys)
        return {one.certificate: key for key, one in results if one is not None and one.certificate}

    def fee(self, data: Mapping[str, Any]) -> int:
        """What its needed items cost together, in fen; each fee is paid for its own affair."""
        return sum(price(self.items[key].fee, data).amount for key in self.needed(data))

    def as_item(self, data: Mapping[str, Any]) -> Item:
        """The bundle as if it were one item: what those of its items ask for that these answers need.

        Conditions are those of items that are needed for certain.
        """
        wanted = self.needed(data)
        parts = [self.items[key] for key in wanted]
        known = list(self.items.values())
        asked: dict[str, Field] = {}
        for one in parts:
            asked |= {name: field for name, field in one.ask.items() if name not in asked}
        settled = self.settled(data)
        return Item(
            name=self.declared.name,
            about=self.declared.about,
            body=known[0].body,
            at={kind: name for one in reversed(parts) for kind, name in one.at.items()},
            audience=tuple(dict.fromkeys(audience for one in known for audience in one.audience)),
            process="",
            form=self.declared.form,
            ask=asked,
            conditions=tuple(condition for key in settled for condition in self.items[key].conditions),
            assurance=max((one.assurance for one in parts), key=_SURE.index, default="low"),
            materials=self.materials(wanted),
            promised=self.declared.promised,
            visits=max((one.visits for one in parts), default=0),
            online=all(one.online for one in known),
        )


def _stricter(known: Material, other: Material) -> Material:
    """The paper that is required where either of both is."""
    if known.required is True or other.required is False:
        return known
    if other.required is True or known.required is False:
        return other
    return msgspec.structs.replace(known, required=f"({known.required}) || ({other.required})")

"""Addresses below the service's root (clause 9.2): ``Things(1)/Datastreams(2)/name``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beichen.platforms.iot.sensorthings.codes import BAD_ADDRESS
from beichen.platforms.iot.sensorthings.schema import TYPES, EntityType, Relation
from beichen.problem import Problem, ProblemError, nearest, shorten

_PART = re.compile(r"([A-Za-z]+)(?:\((?:(\d{1,18})|'((?:[^'/]|'')*)')\))?\Z")
LONGEST = 12
Key = int | str


@dataclass(frozen=True, slots=True)
class Step:
    """From an entity over a relation, or from the root to a collection; ``key`` where one entity is meant."""

    kind: EntityType
    relation: Relation | None
    key: Key | None

    @property
    def is_one(self) -> bool:
        """Whether it leads to one entity."""
        return self.key is not None or (self.relation is not None and not self.relation.is_many)


@dataclass(frozen=True, slots=True)
class Address:
    """Steps, and what of the last entity is meant: a property (``$value``: bare), or references alone."""

    steps: tuple[Step, ...]
    member: str = ""
    rest: tuple[str, ...] = ()
    is_bare: bool = False
    is_reference: bool = False

    @property
    def kind(self) -> EntityType:
        """The type of what is meant."""
        return self.steps[-1].kind


def _wrong(text: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(BAD_ADDRESS, shorten(f"{text[:40]!r} leads nowhere"), hint=hint))


def address_of(path: str) -> Address:
    """The address of a path below the root. Raises ProblemError STA-102."""
    parts = path.strip("/").split("/")
    if len(parts) > LONGEST:
        raise _wrong(path)
    steps: list[Step] = []
    for place, part in enumerate(parts):
        step = _step(part, steps[-1] if steps else None)
        if step is None:
            return _tail(parts[place:], steps)
        steps.append(step)
    return Address(tuple(steps))


def _step(part: str, last: Step | None) -> Step | None:
    """The step that a part is; None for what is a property or a word with a dollar."""
    found = _PART.match(part)
    if found is None:
        if last is None or not part.startswith("$"):
            raise _wrong(part)
        return None
    name, number, text = found.groups()
    key: Key | None = int(number) if number else text.replace("''", "'") if text is not None else None
    if last is None:
        if name not in TYPES:
            raise _wrong(part, nearest(name, TYPES))
        return Step(TYPES[name], None, key)
    relation = last.kind.relation(name)
    if relation is None:
        return None
    if not last.is_one or (key is not None and not relation.is_many):
        raise _wrong(part)
    return Step(TYPES[relation.target], relation, key)


def _tail(parts: list[str], steps: list[Step]) -> Address:
    last = steps[-1]
    if parts == ["$ref"]:
        return Address(tuple(steps), is_reference=True)
    names = [one.name for one in last.kind.properties]
    if not last.is_one or parts[0] not in {*names, "@iot.id", "id"}:
        raise _wrong(parts[0], nearest(parts[0], [*names, *(one.name for one in last.kind.relations)]))
    is_bare = parts[-1] == "$value"
    return Address(tuple(steps), parts[0], tuple(parts[1 : len(parts) - is_bare]), is_bare)

"""An indicator that somebody declares at a desk: head and SELECT as in a scene's file, an owner of its own.

Values are computed over whole tables, so that whoever declares one may read all of what it counts: the rows
of every region and body, and each column's level. They are of the highest level among these, so that they are
shown to nobody who may not read that. Nothing personal (L3, L4) is counted like this; that is for a scene,
which is reviewed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.declaration import Declaration, declare
from beichen.hubs.data.computing.declaring import declare_computations
from beichen.hubs.data.definitions import NO_INDICATOR, TAKEN
from beichen.hubs.data.models import Indicator
from beichen.hubs.data.permissions import WRITE
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import city_region
from beichen.kernel.scene.vocabulary import KEBAB
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

DESK = "desk"
RESERVED = ("new",)  # an address of the room
MOST_KEY = 80


@dataclass(frozen=True, slots=True)
class Composed:
    """What is entered: the words of the head, and the SELECT."""

    key: str
    zh: str
    en: str
    sql: str
    every: Sequence[str]
    unit: str = ""
    better: str = "neutral"
    by: str = ""
    target: str = ""
    level: str = ""

    @property
    def head(self) -> str:
        """The head of the file that this would be; an entry is one line with single spaces."""
        entries = {
            "zh": self.zh,
            "en": self.en,
            "unit": self.unit,
            "better": self.better,
            "every": ", ".join(self.every),
            "by": self.by,
            "target": self.target,
            "level": self.level,
        }
        stated = {name: " ".join(value.split()) for name, value in entries.items()}
        return "".join(f"-- {name}: {value}\n" for name, value in stated.items() if value)


def owner_of(key: str) -> str:
    """The owner of an indicator that was declared at a desk."""
    return f"{DESK}:{key}"


def _require_everywhere(by: Actor) -> None:
    """Raises ProblemError ACC-403, also for one whose post does not cover the city."""
    access.require(by, WRITE)
    city = city_region()
    path = city.path if city else ""
    if not any(path.startswith(area.region_path) for area in access.areas(by, WRITE)):
        message = said("an indicator is of the whole city, and the post is not")
        raise ProblemError(Problem(codes.NOT_YOURS, message))


def _reads_all(by: Actor, facts: warehouse.TableFacts) -> Level | None:
    """Up to which level the actor may read every row of a table; None where some rows are not theirs."""
    city = city_region()
    whole = [
        area.clearance
        for area in access.areas(by, warehouse.READ)
        if (city.path if city else "").startswith(area.region_path)
        and ("body" not in facts.types or _holds_all_bodies(area.body_path))
    ]
    return max(whole, default=None)


def _holds_all_bodies(path: str) -> bool:
    return not path or not Body.objects.filter(is_current=True).exclude(path__startswith=path).exists()


def _level_for(found: Declaration, by: Actor) -> Level:
    """The highest level among what is counted: whoever reads the values reads as much of that.

    Raises ProblemError DAT-207 for rows and columns that the actor may not read, and for personal ones.
    """
    needed, problems = Level.L1, []
    for name, columns in found.sources.items():
        facts = warehouse.table(name).facts
        reach = _reads_all(by, facts)
        if reach is None:
            message = said("not all rows of {table} are open to the post", table=name)
            problems.append(Problem(codes.NOT_YOURS, shorten(message), Where(field="sql")))
            continue
        needed = max(needed, Level(facts.level))
        for column in facts.columns:
            if column.name not in columns:
                continue
            level = Level(facts.level_of(column))
            needed = max(needed, level)
            if level > min(reach, Level.L2):
                message = said("{table}.{column} is of a higher level", table=name, column=column.name)
                problems.append(Problem(codes.NOT_YOURS, shorten(message), Where(field="sql")))
    if problems:
        raise ProblemError(*problems)
    return needed


@transaction.atomic
def declare_by_hand(facts: Composed, *, by: Actor) -> None:
    """Declare an indicator of the level of what it counts; its values come with the next run.

    Raises ProblemError: ACC-403; DAT-106 for a key that is taken; DAT-201 to 205; DAT-207 for what may not
    be read.
    """
    _require_everywhere(by)
    if not re.fullmatch(KEBAB, facts.key) or len(facts.key) > MOST_KEY or facts.key in RESERVED:
        message = said("{key!r} is no key of an indicator", key=facts.key)
        hint = said("lower-case words with hyphens, such as {example}", example="handled-in-time")
        raise ProblemError(Problem(codes.BAD_HEADER, shorten(message), Where(field="key"), hint))
    known = {row.name: row.facts.types for row in warehouse.tables()}
    if Indicator.objects.filter(key=facts.key, is_current=True).exists():
        message = said("an indicator has the key {key}: withdraw it first", key=facts.key)
        raise ProblemError(Problem(TAKEN, shorten(message), Where(field="key")))
    found = declare(f"{facts.head}\n{facts.sql}", facts.key, known)
    facts = replace(facts, level=f"L{_level_for(found, by).value}")
    found = declare(f"{facts.head}\n{facts.sql}", facts.key, known)
    declare_computations(
        [found], owner=owner_of(facts.key), package=by.name or by.key, where=Where(field="key"), by=by
    )


@transaction.atomic
def withdraw(key: str, *, by: Actor) -> None:
    """Compute it no more; its values stay. Raises ProblemError ACC-403, DAT-404 for one of no desk."""
    _require_everywhere(by)
    owned = Indicator.objects.filter(owner__startswith=f"{DESK}:", is_current=True)
    keys = list(owned.values_list("key", flat=True))
    if key not in keys:
        message = said("no indicator {key} was declared at a desk", key=key)
        raise ProblemError(Problem(NO_INDICATOR, shorten(message), Where(), nearest(key, keys)))
    declare_computations([], owner=owner_of(key), package=by.name or by.key, where=Where(), by=by)

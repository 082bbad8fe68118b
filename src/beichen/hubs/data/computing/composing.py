"""An indicator that somebody declares at a desk: head and SELECT as in a scene's file, an owner of its own.

Values are computed over whole tables and shown to whoever may read indicators, so that whoever declares one
may read all of what it reads: every region of the city, and each column's level. Nothing personal (L3, L4) is
counted like this; that is for a scene, which is reviewed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.declaration import Declaration, declare
from beichen.hubs.data.computing.declaring import declare_computations
from beichen.hubs.data.definitions import NO_INDICATOR
from beichen.hubs.data.models import Indicator
from beichen.hubs.data.permissions import WRITE
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
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


def _sensitive(found: Declaration, by: Actor) -> list[Problem]:
    """The columns that may not be counted: personal ones, and those above what the actor may read."""
    reach = max((area.clearance for area in access.areas(by, warehouse.READ)), default=Level.L1)
    limit = min(reach, Level.L2)
    problems = []
    for name, columns in found.sources.items():
        facts = warehouse.table(name).facts
        for column in facts.columns:
            if column.name in columns and facts.level_of(column) > limit:
                message = said("{table}.{column} is of a higher level", table=name, column=column.name)
                problems.append(Problem(codes.NOT_YOURS, shorten(message), Where(field="sql")))
    return problems


@transaction.atomic
def declare_by_hand(facts: Composed, *, by: Actor) -> None:
    """Declare the indicator, or change it; its values come with the next run.

    Raises ProblemError: ACC-403; DAT-106 for a key of another owner; DAT-201 to 205; DAT-207 for what may not
    be read.
    """
    _require_everywhere(by)
    if not re.fullmatch(KEBAB, facts.key) or len(facts.key) > MOST_KEY or facts.key in RESERVED:
        message = said("{key!r} is no key of an indicator", key=facts.key)
        hint = said("lower-case words with hyphens, such as {example}", example="handled-in-time")
        raise ProblemError(Problem(codes.BAD_HEADER, shorten(message), Where(field="key"), hint))
    known = {row.name: row.facts.types for row in warehouse.tables()}
    found = declare(f"{facts.head}\n{facts.sql}", facts.key, known)
    if problems := _sensitive(found, by):
        raise ProblemError(*problems)
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

"""Versions of a plan: the facts of each, for ever, and what differs between any two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from beichen.kernel.levels import Level
from beichen.plan.adjustments.models import Version
from beichen.plan.models import PLACE, Plan
from beichen.plan.service import ADJUSTABLE, KINDS
from beichen.platforms.ledger.service import SealedKind
from beichen.problem import Problem, ProblemError, code, said

NO_VERSION = code("PLN-808", "The plan has no such version.", status=404)
BROKEN = code("PLN-809", "The facts of an old version are not what was sealed.", status=500)

Facts = dict[str, dict[str, dict[str, Any]]]
"""kind → key → values, as JSON holds them."""
_SILENT = frozenset(("target_raw", "raw", "quote", "description", "location", "start", "end"))


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a fact in two versions; ``field`` is empty where only one version has the fact."""

    kind: str
    key: str
    label: str
    field: str
    before: Any
    after: Any
    location: str


def facts_in_force(plan: Plan) -> Facts:
    """All adjustable facts of the plan as they are now."""
    found: Facts = {}
    for kind in ADJUSTABLE:
        model = KINDS[kind]
        rows: Any = model._default_manager
        stated = rows.filter(plan=plan).order_by("position").values("key", *PLACE, *model.VALUES)
        found[kind] = {row.pop("key"): row for row in stated}
    return found


def sealed(facts: Facts) -> str:
    """The SHA-256 of facts, whatever the order of their keys."""
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def reference_of(plan: Plan, number: int) -> str:
    """What a version is called in the ledger."""
    return f"{plan.key}/{number}"


def current_versions(references: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of each version's facts as they are now; empty for a version that is gone."""
    keys = {one.rpartition("/")[0] for one in references}
    rows = Version.objects.filter(plan__key__in=keys, facts__isnull=False).select_related("plan")
    found = {
        reference_of(row.plan, row.number): sealed(row.facts or {}) for row in rows.iterator(chunk_size=20)
    }
    return {one: found.get(one, "") for one in references}


SEALED_VERSION = SealedKind("plan.version", _("Version of a plan"), Level.L1, current_versions)


def versions(plan: Plan) -> list[Version]:
    """All versions, the first first; a plan that was never adjusted has one, which is not stored."""
    held = list(Version.objects.filter(plan=plan).select_related("adjustment").defer("facts"))
    return held or [Version(plan=plan, number=1)]


def current_number(plan: Plan) -> int:
    """The number of the version in force."""
    last = Version.objects.filter(plan=plan).order_by("-number").values_list("number", flat=True).first()
    return last or 1


def facts_of(plan: Plan, number: int) -> Facts:
    """The facts of a version. Raises ProblemError PLN-808, and PLN-809 when they were tampered with."""
    row = Version.objects.filter(plan=plan, number=number).first()
    if row is None and not (number == 1 and not Version.objects.filter(plan=plan).exists()):
        raise ProblemError(Problem(NO_VERSION, said("there is no version {number}", number=number)))
    if row is None or row.facts is None:
        return facts_in_force(plan)
    facts: Facts = row.facts
    if sealed(facts) != row.sha256:
        raise ProblemError(Problem(BROKEN, said("version {number} differs from its hash", number=number)))
    return facts


def label_of(values: Mapping[str, Any]) -> str:
    """What a fact is called."""
    return str(values.get("name") or values.get("metric") or "")


def compare(before: Facts, after: Facts) -> list[Difference]:
    """Fact by fact: what was added, removed, or changed in a field, in the order of the plan."""
    found: list[Difference] = []
    for kind in ADJUSTABLE:
        old, new = before.get(kind, {}), after.get(kind, {})
        for key in [*old, *(key for key in new if key not in old)]:
            found += _differences(kind, key, old.get(key), new.get(key))
    return found


def _differences(
    kind: str, key: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> list[Difference]:
    held = new or old or {}
    label, location = label_of(held), str(held.get("location", ""))
    if old is None or new is None:
        before, after = (label_of(side) if side else None for side in (old, new))
        return [Difference(kind, key, label, "", before, after, location)]
    return [
        Difference(kind, key, label, field, old.get(field), value, location)
        for field, value in new.items()
        if field not in _SILENT and old.get(field) != value
    ]

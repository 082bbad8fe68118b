"""Whether a scheme can be used: weights, rules, evidence, subjects and grades. Pure; every mistake at once.

The same check serves a package's file, a form and the moment of adoption.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from beichen.hubs.data.service import Direction, SubjectKind
from beichen.problem import Problem, Where, code, nearest, said, shorten
from beichen.supports.evaluation.facts import CriterionFacts
from beichen.supports.evaluation.rulebook import UnusableError, exact, rule_of
from beichen.supports.evaluation.words import ADJUSTING, SCORED, WEIGHTED, RuleName, Source

WEIGHTS = code("EVA-102", "The weights of a level do not add up to 100.", status=422)
RULE = code("EVA-104", "A criterion's rule cannot be used.", status=422)
EVIDENCE = code("EVA-105", "Nobody offers this evidence about these subjects.", status=422)
SUBJECTS = code("EVA-106", "A subject is missing, unknown, named twice, or not of the kind.", status=422)
GRADES = code("EVA-122", "Grades do not go down to zero.", status=422)
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Offer:
    """What is known of evidence before it is asked: whom it is about and which way is better."""

    subject: SubjectKind
    direction: Direction


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake of a scheme: at which criterion (empty: the scheme itself) and field."""

    code: str
    key: str
    field: str
    message: str
    hint: str = ""

    def problem(self) -> Problem:
        """The fault as everybody reads it."""
        where = Where(pointer=f"/{self.key}" if self.key else None, field=self.field)
        return Problem(self.code, shorten(self.message), where, self.hint)


def criterion_faults(item: CriterionFacts, kind: str, offers: Mapping[str, Offer]) -> Iterator[Fault]:
    """What is wrong with one criterion by itself."""
    if item.source in ADJUSTING:
        if not item.limit or Decimal(item.limit) <= 0:
            yield Fault(RULE, item.key, "limit", f"{item.key}: points beside the tree need a limit")
        if item.parent:
            yield Fault(RULE, item.key, "parent", f"{item.key} stands beside the tree, in no group")
    elif not item.weight or Decimal(item.weight) <= 0:
        yield Fault(WEIGHTS, item.key, "weight", f"{item.key} has no weight above zero")
    if item.source in SCORED:
        yield from _rule_faults(item, kind, offers)


def _rule_faults(item: CriterionFacts, kind: str, offers: Mapping[str, Offer]) -> Iterator[Fault]:
    direction = Direction.HIGHER
    if item.source == Source.EVIDENCE:
        offer = offers.get(item.evidence)
        if offer is None or offer.subject.value != kind:
            fitting = [key for key, one in offers.items() if one.subject.value == kind]
            message = said(
                "{key}: nobody offers {evidence} about a {kind}",
                key=item.key,
                evidence=item.evidence or "nothing",
                kind=kind,
            )
            yield Fault(EVIDENCE, item.key, "evidence", message, nearest(item.evidence, fitting))
            return
        direction = offer.direction
    try:
        rule_of(item.rule, item.parameters, direction)
    except UnusableError as error:
        yield Fault(RULE, item.key, error.parameter, f"{item.key}: {error.message}")
    if item.source == Source.SURVEY and item.rule == RuleName.DIRECT and "ceiling" in item.parameters:
        yield Fault(RULE, item.key, "rule", f"{item.key}: a direct rule has no ceiling")
    yield from _least_faults(item)


def _least_faults(item: CriterionFacts) -> Iterator[Fault]:
    least = item.parameters.get("least_n")
    if least is None:
        return
    try:
        is_count = exact(least) >= 1
    except ValueError:
        is_count = False
    if not is_count:
        yield Fault(RULE, item.key, "least_n", f"{item.key}: the least sample is no number above zero")


def tree_faults(items: Sequence[CriterionFacts]) -> Iterator[Fault]:
    """Levels that do not add up to 100, empty groups, parents that are none, keys that stand twice."""
    groups = {item.key for item in items if item.source == Source.GROUP}
    seen: set[str] = set()
    levels: dict[str, list[CriterionFacts]] = {key: [] for key in ["", *sorted(groups)]}
    for item in items:
        if item.key in seen:
            yield Fault(RULE, item.key, "key", f"the criterion {item.key} stands twice")
        seen.add(item.key)
        if item.parent and item.parent not in groups:
            yield Fault(RULE, item.key, "parent", f"{item.parent} is no group", nearest(item.parent, groups))
        elif item.source in WEIGHTED:
            levels[item.parent].append(item)
    for key, level in levels.items():
        total = sum((Decimal(item.weight) for item in level if item.weight), Decimal(0))
        if not level:
            yield Fault(WEIGHTS, key, "weight", f"nothing stands {f'in {key}' if key else 'in the scheme'}")
        elif total != WHOLE:
            place = f"in {key}" if key else "at the top"
            yield Fault(WEIGHTS, key, "weight", f"the weights {place} add up to {total.normalize():f}")


def grade_faults(grades: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Grades go from best to worst, and the last begins at zero."""
    bounds = [exact(grade["from"]) for grade in grades]
    falling = all(higher > lower for higher, lower in itertools.pairwise(bounds))
    if not bounds or bounds[-1] != 0 or not falling:
        yield Fault(GRADES, "", "grades", "grades go from best to worst, and the last begins at 0")


def group_faults(kind: str, groups: Sequence[Mapping[str, Any]], known: set[str]) -> Iterator[Fault]:
    """Each member exists, is of the kind, and stands in one group; ``known`` are the keys of the kind."""
    if kind not in {one.value for one in SubjectKind}:
        words = nearest(kind, [one.value for one in SubjectKind])
        yield Fault(SUBJECTS, "", "subject_kind", f"{kind[:30]} cannot be scored; people never are", words)
        return
    seen: set[str] = set()
    for group in groups:
        for member in group["members"]:
            if member not in known:
                yield Fault(SUBJECTS, "", "groups", f"there is no {kind} {member}", nearest(member, known))
            elif member in seen:
                yield Fault(SUBJECTS, "", "groups", f"{member} stands in two groups")
            seen.add(member)
    if not seen:
        yield Fault(SUBJECTS, "", "groups", "the scheme scores nobody")

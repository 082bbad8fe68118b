"""Scores (得分) from values, a tree of criteria and bounded adjustments: pure, exact, explained line by line.

What holds, and is tested for any scheme: a total lies between 0 and 100; a better value never lowers it; the
order of criteria does not matter; the points of the lines add up to the total, to the hundredth as shown. A
subject without any value has no total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from beichen.supports.evaluation.rules import FULL, NOTHING, Rule
from beichen.supports.evaluation.words import How, Missing

CENT = Decimal("0.01")
BOUND = "="  # the key of the line that brings a total back between its bounds
Cell = tuple[str, str]  # subject, criterion


@dataclass(frozen=True, slots=True)
class Criterion:
    """A node of the tree; ``weight`` is its percentage among its siblings. A leaf has a rule."""

    key: str
    weight: Fraction
    rule: Rule | None = None
    missing: Missing = Missing.REDISTRIBUTE
    children: tuple[Criterion, ...] = ()

    def leaves(self) -> Iterator[Criterion]:
        """The criteria below it that are scored, or itself."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points beside the tree: added, or taken away (``sign`` −1), at most ``limit`` in all."""

    key: str
    sign: int
    limit: Fraction


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that is known when subjects are scored.

    ``groups`` gives each subject its group of peers; ``corrections`` are scores that a reviewer put in the
    place of computed ones; ``given`` are the points of adjustments, never negative.
    """

    criteria: tuple[Criterion, ...]
    groups: Mapping[str, str]
    values: Mapping[Cell, Fraction]
    corrections: Mapping[Cell, Fraction] = field(default_factory=dict)
    adjustments: tuple[Adjustment, ...] = ()
    given: Mapping[Cell, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion's part in a total.

    ``declared`` and ``weight`` are percentages of the whole, before and after the weight of what has no data
    went to its neighbours; ``points`` is what the line adds.
    """

    key: str
    how: How
    score: Fraction | None
    declared: Fraction
    weight: Fraction
    points: Fraction


@dataclass(frozen=True, slots=True)
class Card:
    """A subject's total and the lines that it is the sum of; groups stand among them without points."""

    subject: str
    total: Fraction | None
    lines: tuple[Line, ...]


def score_cards(case: Case) -> dict[str, Card]:
    """The card of every subject."""
    scores = _leaf_scores(case)
    return {subject: _card(case, subject, scores) for subject in case.groups}


def _leaf_scores(case: Case) -> dict[Cell, tuple[Fraction | None, How]]:
    """Each leaf's score and how it came about, with what is missing put in as its criterion says."""
    found: dict[Cell, tuple[Fraction | None, How]] = {}
    leaves = [leaf for root in case.criteria for leaf in root.leaves()]
    for leaf in leaves:
        for group in set(case.groups.values()):
            members = sorted(subject for subject, of in case.groups.items() if of == group)
            known = {one: _own_score(case, leaf, one, members) for one in members}
            scored = [score for score, _how in known.values() if score is not None]
            for one, (score, how) in known.items():
                found[one, leaf.key] = (score, how) if score is not None else _without(leaf.missing, scored)
    return found


def _own_score(
    case: Case, leaf: Criterion, subject: str, members: Iterable[str]
) -> tuple[Fraction | None, How]:
    cell = (subject, leaf.key)
    if cell in case.corrections:
        return case.corrections[cell], How.CORRECTED
    if leaf.rule is None or cell not in case.values:
        return None, How.DROPPED
    peers = [
        case.values[other, leaf.key]
        for other in members
        if other != subject and (other, leaf.key) in case.values
    ]
    return leaf.rule.score(case.values[cell], peers), How.COMPUTED


def _without(missing: Missing, scored: list[Fraction]) -> tuple[Fraction | None, How]:
    if missing is Missing.ZERO:
        return NOTHING, How.ZERO
    if missing is Missing.PEERS and scored:
        return sum(scored, NOTHING) / len(scored), How.PEERS
    return None, How.DROPPED


def _card(case: Case, subject: str, scores: Mapping[Cell, tuple[Fraction | None, How]]) -> Card:
    total, lines = _level(
        case.criteria, FULL, FULL, {key: scores[of, key] for of, key in scores if of == subject}
    )
    if total is None:
        return Card(subject, None, tuple(lines))
    sum_ = total
    for item in case.adjustments:
        points = item.sign * min(item.limit, case.given.get((subject, item.key), NOTHING))
        lines.append(Line(item.key, How.GIVEN, None, NOTHING, NOTHING, points))
        sum_ += points
    total = min(FULL, max(NOTHING, sum_))
    if total != sum_:
        lines.append(Line(BOUND, How.BOUND, None, NOTHING, NOTHING, total - sum_))
    return Card(subject, total, tuple(lines))


def _level(
    criteria: Iterable[Criterion],
    declared: Fraction,
    weight: Fraction,
    scores: Mapping[str, tuple[Fraction | None, How]],
) -> tuple[Fraction | None, list[Line]]:
    """The mean by weight of those that have a score, and the lines below with their shares of the whole."""
    siblings = list(criteria)
    means = {one.key: _mean(one, scores) for one in siblings}
    present = sum((one.weight for one in siblings if means[one.key] is not None), NOTHING)
    lines: list[Line] = []
    total = NOTHING
    for one in siblings:
        mean = means[one.key]
        said = declared * one.weight / FULL
        share = weight * one.weight / present if mean is not None else NOTHING
        if mean is not None:
            total += one.weight * mean / present
        if one.children:
            lines.append(
                Line(one.key, How.GROUP if mean is not None else How.DROPPED, mean, said, share, NOTHING)
            )
            lines += _level(one.children, said, share, scores)[1]
        else:
            points = share * mean / FULL if mean is not None else NOTHING
            lines.append(Line(one.key, scores[one.key][1], mean, said, share, points))
    return (total if present else None), lines


def _mean(criterion: Criterion, scores: Mapping[str, tuple[Fraction | None, How]]) -> Fraction | None:
    if not criterion.children:
        return scores[criterion.key][0]
    known = [(one.weight, _mean(one, scores)) for one in criterion.children]
    present = sum((weight for weight, mean in known if mean is not None), NOTHING)
    if not present:
        return None
    return sum((weight * mean for weight, mean in known if mean is not None), NOTHING) / present


def hundredths(value: Fraction) -> Decimal:
    """``value`` rounded half up to the hundredth."""
    cents = (value * 200 + 1) // 2  # floor(100 v + ½)
    return Decimal(int(cents)) * CENT


def shown(card: Card) -> Card:
    """The card with points in whole hundredths that add up to the rounded total exactly.

    Every line is rounded down; the hundredths that are left over go to the lines that lost most (largest
    remainder), equals by key.
    """
    if card.total is None:
        return card
    floors = {line.key: line.points * 100 // 1 for line in card.lines}
    left = int(Fraction(hundredths(card.total)) * 100) - sum(floors.values())
    by_loss = sorted(card.lines, key=lambda line: (floors[line.key] - line.points * 100, line.key))
    raised = {line.key for line in by_loss[: max(0, left)]}
    lines = tuple(
        replace(line, points=Fraction(int(floors[line.key]) + (line.key in raised), 100))
        for line in card.lines
    )
    return replace(card, total=Fraction(hundredths(card.total)), lines=lines)


def ranks(totals: Mapping[str, Decimal]) -> dict[str, int]:
    """Each subject's rank, the highest total first; equal totals share one, and the next is passed over."""
    return {one: 1 + sum(other > total for other in totals.values()) for one, total in totals.items()}

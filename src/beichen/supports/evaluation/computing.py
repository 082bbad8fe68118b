"""Results: what came in and what rooms offer as evidence, scored, and kept with the whole reasoning.

Everything is gathered in a fixed number of queries and one for each kind of evidence; scoring is pure
(:mod:`.scoring`). A line of a score keeps its figures and sources as they were: it can still be
opened when they have changed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Max

from beichen.hubs.data.service import Direction, Evidence, evidence_of
from beichen.kernel.actor import Actor
from beichen.supports.evaluation.models import (
    Assessment,
    Correction,
    Criterion,
    Points,
    Result,
    Round,
    Score,
    SelfReport,
    Subject,
    SurveyResult,
)
from beichen.supports.evaluation.rulebook import rule_of
from beichen.supports.evaluation.scoring import (
    Adjustment,
    Card,
    Case,
    Cell,
    hundredths,
    ranks,
    score_cards,
    shown,
)
from beichen.supports.evaluation.scoring import Criterion as Node
from beichen.supports.evaluation.spans import read_span
from beichen.supports.evaluation.words import ADJUSTING, SCORED, WEIGHTED, Missing, Source

Basis = dict[str, Any]


@dataclass
class Gathered:
    """Values, corrections and points by cell, and what each rests on."""

    values: dict[Cell, Fraction] = field(default_factory=dict)
    corrections: dict[Cell, Fraction] = field(default_factory=dict)
    given: dict[Cell, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    basis: dict[Cell, list[Basis]] = field(default_factory=lambda: defaultdict(list))

    def rest(self, cell: Cell, value: Decimal, source: str, note: str = "", **more: Any) -> None:
        """Note a figure with its source."""
        told = {"value": f"{value.normalize():f}", "source": source, "note": note, **more}
        self.basis[cell].append({name: said for name, said in told.items() if said})


def _gather(round_: Round, criteria: Iterable[Criterion]) -> tuple[Gathered, dict[str, Evidence]]:
    gathered = Gathered()
    subjects = list(round_.subjects.values_list("key", flat=True))
    rows = [row for row in criteria if row.source == Source.EVIDENCE]
    offered = evidence_of(row.evidence for row in rows)
    span = read_span(round_.period)
    for row in rows:
        for key, figure in offered[row.evidence].figures(span, subjects).items():
            if figure.is_demo and not round_.is_demo:
                continue  # what was made up to show never counts in earnest
            gathered.values[key, row.key] = Fraction(figure.value)
            gathered.rest((key, row.key), figure.value, figure.source, figure.note, demo=figure.is_demo)
    _gather_stated(round_, gathered)
    return gathered, offered


def _of(model: Any, round_: Round) -> Any:
    return model.objects.filter(subject__round=round_).select_related("subject", "criterion").order_by("id")


def _gather_stated(round_: Round, gathered: Gathered) -> None:
    """What people stated: reports, assessments, surveys, points, corrections; one query each."""
    for report in _of(SelfReport, round_):
        cell = (report.subject.key, report.criterion.key)
        gathered.values[cell] = Fraction(report.score)
        gathered.rest(cell, report.score, "self-report", demo=report.is_demo)
    scores: dict[Cell, list[Decimal]] = defaultdict(list)
    for view in _of(Assessment, round_):
        cell = (view.subject.key, view.criterion.key)
        scores[cell].append(view.score)
        gathered.rest(cell, view.score, "third-party", demo=view.is_demo)
    gathered.values |= {cell: Fraction(sum(found)) / len(found) for cell, found in scores.items()}
    for survey in _of(SurveyResult, round_):
        cell = (survey.subject.key, survey.criterion.key)
        gathered.values[cell] = Fraction(survey.mean)
        note = f"{survey.question} · {survey.method} · {survey.starts} – {survey.ends}"
        margin = f"{survey.margin.normalize():f}" if survey.margin is not None else ""
        gathered.rest(cell, survey.mean, "survey", note, n=survey.n, margin=margin, demo=survey.is_demo)
    for points in _of(Points, round_):
        cell = (points.subject.key, points.criterion.key)
        gathered.given[cell] += Fraction(points.points)
        gathered.rest(cell, points.points, "points", points.text, demo=points.is_demo)
    for correction in _of(Correction, round_):
        cell = (correction.subject.key, correction.criterion.key)
        gathered.corrections[cell] = Fraction(correction.score)
        gathered.rest(cell, correction.score, "correction", correction.text, demo=correction.is_demo)


def _nodes(
    rows: Iterable[Criterion], offered: Mapping[str, Evidence], parent: int | None = None
) -> tuple[Node, ...]:
    """The tree of criteria as scoring takes it."""
    listed = list(rows)
    return tuple(
        Node(
            row.key,
            Fraction(row.weight or 0),
            _rule(row, offered),
            Missing(row.missing),
            _nodes(listed, offered, row.pk) if row.source == Source.GROUP else (),
        )
        for row in listed
        if row.parent_id == parent and row.source in WEIGHTED
    )


def _rule(row: Criterion, offered: Mapping[str, Evidence]) -> Any:
    if row.source not in SCORED:
        return None
    direction = offered[row.evidence].direction if row.source == Source.EVIDENCE else Direction.HIGHER
    return rule_of(row.rule, row.parameters, direction)


def draft_result(
    round_: Round, *, by: Actor, at: datetime, reason: str = "", is_published: bool = False
) -> Result:
    """Compute the scores of a round now: as a new version, or anew in the draft that is open."""
    criteria = list(round_.scheme.criteria.order_by("position"))
    gathered, offered = _gather(round_, criteria)
    subjects = list(round_.subjects.all())
    case = Case(
        criteria=_nodes(criteria, offered),
        groups={subject.key: subject.group for subject in subjects},
        values=gathered.values,
        corrections=gathered.corrections,
        adjustments=tuple(
            Adjustment(row.key, 1 if row.source == Source.BONUS else -1, Fraction(row.limit or 0))
            for row in criteria
            if row.source in ADJUSTING
        ),
        given=gathered.given,
    )
    result = _version(round_, by, at, reason, is_published)
    cards = {key: shown(card) for key, card in score_cards(case).items()}
    units = {row.key: offered[row.evidence].unit for row in criteria if row.evidence in offered}
    Score.objects.bulk_create(_scores(round_, result, subjects, cards, gathered, units))
    return result


def _version(round_: Round, by: Actor, at: datetime, reason: str, is_published: bool) -> Result:
    """The open draft, emptied, or the next version."""
    draft = round_.results.filter(is_published=False).first()
    if draft is None:
        last = round_.results.aggregate(last=Max("version"))["last"] or 0
        draft = Result(round=round_, version=last + 1)
    else:
        draft.scores.all().delete()
    draft.at, draft.by, draft.reason, draft.is_published = at, by.key, reason[:500], is_published
    draft.save()
    return draft


def _scores(
    round_: Round,
    result: Result,
    subjects: Iterable[Subject],
    cards: Mapping[str, Card],
    gathered: Gathered,
    units: Mapping[str, str],
) -> list[Score]:
    by_group: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for subject in subjects:
        exact = cards[subject.key].total
        if exact is not None:
            by_group[subject.group][subject.key] = hundredths(exact)
    placed = {key: rank for totals in by_group.values() for key, rank in ranks(totals).items()}
    found = []
    for subject in subjects:
        total = by_group[subject.group].get(subject.key)
        grade = _grade(round_, total)
        found.append(
            Score(
                result=result,
                subject=subject,
                total=total,
                rank=placed.get(subject.key),
                peers=len(by_group[subject.group]),
                grade=grade.get("zh", ""),
                grade_en=grade.get("en", ""),
                lines=_lines(subject.key, cards[subject.key], gathered, units),
            )
        )
    return found


def _grade(round_: Round, total: Decimal | None) -> Mapping[str, Any]:
    grades = round_.scheme.grades
    fitting = (grade for grade in grades if total is not None and total >= Decimal(str(grade["from"])))
    return next(fitting, {})


def _lines(subject: str, card: Card, gathered: Gathered, units: Mapping[str, str]) -> list[dict[str, Any]]:
    """The card as it is kept: numbers as text, exact to the hundredth."""
    lines = []
    for line in card.lines:
        cell = (subject, line.key)
        told: dict[str, Any] = {
            "key": line.key,
            "how": line.how.value,
            "declared": str(hundredths(line.declared)),
            "weight": str(hundredths(line.weight)),
            "points": str(hundredths(line.points)),
        }
        if line.score is not None:
            told["score"] = str(hundredths(line.score))
        if cell in gathered.values:
            told["value"] = f"{float(gathered.values[cell]):.6g}"
        if line.key in units:
            told["unit"] = units[line.key]
        if gathered.basis.get(cell):
            told["basis"] = gathered.basis[cell]
        lines.append(told)
    return lines


def publish_draft(round_: Round, *, at: datetime) -> Result:
    """Make the draft what everybody reads; from now on it is never changed."""
    draft = round_.results.get(is_published=False)
    draft.is_published, draft.at = True, at
    draft.save(update_fields=["is_published", "at"])
    return draft

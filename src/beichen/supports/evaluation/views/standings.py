"""Everybody in a round as one table: rank, total, grade, scores by criterion; before that, what came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from beichen.kernel.access.service import decide
from beichen.kernel.actor import Actor
from beichen.supports.evaluation.models import (
    Assessment,
    Criterion,
    Result,
    Round,
    Score,
    SelfReport,
    Subject,
)
from beichen.supports.evaluation.pages import group_name, in_english, told
from beichen.supports.evaluation.results import result_of, results_of
from beichen.supports.evaluation.rights import INSPECT, own_subjects
from beichen.supports.evaluation.words import ADJUSTING, Source, Stage
from beichen.web.charts import Chart, Series
from beichen.web.numbers import figure
from beichen.web.tables import Column, Filter, Table


@dataclass(frozen=True)
class Standing:
    """A subject as a row; ``parts`` are its scores, or what came in, by criterion."""

    round: Round
    subject: Subject
    name: str
    group: str
    group_name: str
    version: int = 0
    rank: int | None = None
    total: Decimal | None = None
    grade: str = ""
    parts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standings:
    """The table, the rows behind it, and the result that they show (None before a draft)."""

    table: Table[Standing]
    rows: list[Standing]
    result: Result | None


def _link(row: Standing) -> str:
    href = reverse("supports_evaluation:subject", args=[row.round.key, row.subject.key])
    version = f"?version={row.version}" if row.version else ""
    return format_html('<a href="{}{}">{}</a>', href, version, row.name)


def _part(key: str) -> Callable[[Standing], Any]:
    return lambda row: row.parts.get(key)


def _shown(key: str) -> Callable[[Standing], str]:
    return lambda row: figure(row.parts[key], 2) if row.parts.get(key) is not None else ""


def _scored(round_: Round, scores: Sequence[Score], criteria: Sequence[Criterion]) -> list[Standing]:
    adjusting = {row.key for row in criteria if row.source in ADJUSTING}
    found = []
    for score in scores:
        lines = {line["key"]: line for line in score.lines}
        parts = {
            row.key: Decimal(lines[row.key]["points" if row.key in adjusting else "score"])
            for row in criteria
            if row.key in lines and (row.key in adjusting or "score" in lines[row.key])
        }
        found.append(
            Standing(
                round=round_,
                subject=score.subject,
                name=told(score.subject),
                group=score.subject.group,
                group_name=group_name(round_.scheme, score.subject.group),
                version=score.result.version if score.result_id else 0,
                rank=score.rank,
                total=score.total,
                grade=(score.grade_en if in_english() else "") or score.grade,
                parts=parts,
            )
        )
    return found


def _arrived(round_: Round, subjects: Sequence[Subject], asked: dict[str, int]) -> list[Standing]:
    """What came in about each subject, as how many of how many."""
    reports = Counter(
        SelfReport.objects.filter(subject__in=subjects).order_by().values_list("subject_id", flat=True)
    )
    pairs = (
        Assessment.objects.filter(subject__in=subjects).order_by().values_list("subject_id", "criterion_id")
    )
    views = Counter(subject for subject, _criterion in set(pairs))
    return [
        Standing(
            round=round_,
            subject=row,
            name=told(row),
            group=row.group,
            group_name=group_name(round_.scheme, row.group),
            parts={
                "reports": f"{reports[row.pk]} / {asked[Source.SELF_REPORT]}",
                "assessments": f"{views[row.pk]} / {asked[Source.THIRD_PARTY]}",
            },
        )
        for row in subjects
    ]


def standings_table(round_: Round, by: Actor, version: int | None) -> Standings:
    """What ``by`` may see of a round: published scores, a draft for those who inspect, else their own part.

    Raises ProblemError EVA-124 for a version that there is not.
    """
    may_inspect = bool(decide(by, INSPECT, round_))
    criteria = list(round_.scheme.criteria.order_by("position"))
    is_open = round_.stage == Stage.PUBLISHED or may_inspect
    result = result_of(round_, version) if version else round_.results.order_by("-version").first()
    if result is not None and is_open:
        top = [row for row in criteria if row.parent_id is None]
        rows = _scored(round_, results_of(round_, result.version), top)
        return Standings(_table(round_, rows, _score_columns(top)), rows, result)
    subjects = round_.subjects.all() if may_inspect else own_subjects(by).filter(round=round_)
    asked = Counter(row.source for row in criteria)
    rows = _arrived(round_, list(subjects.select_related("body", "region")), dict(_asked(asked)))
    return Standings(_table(round_, rows, _arrival_columns()), rows, None)


def _asked(counts: Counter[str]) -> dict[str, int]:
    return {source: counts[source] for source in (Source.SELF_REPORT, Source.THIRD_PARTY)}


def _score_columns(top: Sequence[Criterion]) -> list[Column[Standing]]:
    parts: list[Column[Standing]] = [
        Column(row.key, told(row), _part(row.key), _shown(row.key), (row.key,), is_number=True) for row in top
    ]
    return [
        Column("rank", _("Rank"), lambda row: row.rank, sort=("rank",), is_number=True),
        Column("name", _("Subject"), lambda row: row.name, _link, ("name",), is_header=True),
        Column("group", _("Peers"), lambda row: row.group_name, sort=("group",)),
        Column(
            "total",
            _("Total score"),
            lambda row: row.total,
            lambda row: figure(row.total, 2),
            ("total",),
            is_number=True,
        ),
        Column("grade", _("Grade"), lambda row: row.grade, sort=("grade",)),
        *parts,
    ]


def _arrival_columns() -> list[Column[Standing]]:
    return [
        Column("name", _("Subject"), lambda row: row.name, _link, ("name",), is_header=True),
        Column("group", _("Peers"), lambda row: row.group_name, sort=("group",)),
        Column("reports", _("Self-reports"), _part("reports"), is_number=True),
        Column("assessments", _("Third party"), _part("assessments"), is_number=True),
    ]


def _table(round_: Round, rows: list[Standing], columns: list[Column[Standing]]) -> Table[Standing]:
    groups = [(group["key"], group_name(round_.scheme, group["key"])) for group in round_.scheme.groups]
    filters = [Filter("group", _("Peers"), "group", groups)] if len(groups) > 1 else []
    return Table("standings", told(round_, "title"), rows, columns, filters, ("name",), page_size=100)


def totals_chart(standings: Standings) -> Chart | None:
    """The totals as bars, group by group; None before a draft."""
    known = [row for row in standings.rows if row.total is not None]
    if not known:
        return None
    groups = list(dict.fromkeys(row.group for row in known))
    tones = ("accent", "star", "seal", "ahead")
    return Chart(
        title=_("Total scores"),
        unit="",
        first_heading=_("Subject"),
        categories=[row.name for row in known],
        series=[
            Series(
                next(row.group_name for row in known if row.group == group),
                [float(row.total) if row.group == group and row.total is not None else None for row in known],
                tones[number % len(tones)],
                "bar",
            )
            for number, group in enumerate(groups)
        ],
        from_zero=True,
    )

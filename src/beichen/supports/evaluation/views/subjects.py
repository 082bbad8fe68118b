"""`/evaluation/rounds/KEY/subjects/SUBJECT`: the score card, every score down to its figures and sources."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, decide
from beichen.kernel.actor import Actor
from beichen.supports.evaluation.models import (
    Appeal,
    Assessment,
    Criterion,
    Points,
    Round,
    Score,
    SelfReport,
    Subject,
)
from beichen.supports.evaluation.pages import group_name, in_english, round_crumbs, told
from beichen.supports.evaluation.results import history_of, result_of
from beichen.supports.evaluation.rights import (
    APPEAL,
    ASSESS,
    INSPECT,
    REPORT,
    REVIEW,
    RUN,
    may_inspect,
    round_for,
    subject_for,
)
from beichen.supports.evaluation.scoring import BOUND
from beichen.supports.evaluation.views.rounds import chosen_version, stage_badge
from beichen.supports.evaluation.words import ADJUSTING, SCORED, How, Source, Stage
from beichen.web.charts import Chart, Series
from beichen.web.links import Link
from beichen.web.numbers import figure

SOURCES = {
    "self-report": lambda: _("Self-report"),
    "third-party": lambda: _("Third party"),
    "survey": lambda: _("Public opinion survey"),
    "points": lambda: _("Points given"),
    "correction": lambda: _("Correction"),
}


def _score(round_: Round, subject: Subject, by: Actor, version: int | None) -> Score | None:
    """The subject's score in a result that ``by`` may read."""
    if round_.stage != Stage.PUBLISHED and not decide(by, INSPECT, round_):
        return None
    if version is None and not round_.results.exists():
        return None
    scores = result_of(round_, version).scores.filter(subject=subject)
    return scores.select_related("result").first()


def _basis(line: dict[str, Any]) -> list[dict[str, Any]]:
    """What a line rests on, with its sources in the reader's words."""
    return [
        {
            **item,
            "value": figure(float(item["value"])),
            "source": SOURCES[item["source"]]() if item["source"] in SOURCES else item["source"],
        }
        for item in line.get("basis", ())
    ]


def _shown(row: Criterion, depth: int, line: dict[str, Any]) -> dict[str, Any]:
    declared, weight = line.get("declared"), line.get("weight")
    return {
        "row": row,
        "key": row.key,
        "name": told(row),
        "about": told(row, "about"),
        "depth": depth,
        "source": row.get_source_display(),
        "is_group": row.source == Source.GROUP,
        "is_beside": row.source in ADJUSTING,
        "declared": figure(float(declared)) if declared else "",
        "weight": figure(float(weight)) if weight and weight != declared else "",
        "value": figure(float(line["value"])) if "value" in line else "",
        "unit": line.get("unit", ""),
        "score": figure(float(line["score"]), 2) if "score" in line else "",
        "points": figure(float(line["points"]), 2) if "points" in line else "",
        "how": How(line["how"]).label if line.get("how") in _TOLD else "",
        "is_missing": line.get("how") in {How.DROPPED, How.ZERO, How.PEERS},
        "basis": _basis(line),
        "actions": [],
    }


_TOLD = {How.CORRECTED, How.ZERO, How.PEERS, How.DROPPED}


def _lines(scheme_rows: list[Criterion], score: Score | None) -> list[dict[str, Any]]:
    """Each criterion in the order of the tree, with its part of the score where there is one."""
    lines = {line["key"]: line for line in score.lines} if score else {}

    def below(parent: int | None, depth: int) -> list[dict[str, Any]]:
        found = []
        for row in scheme_rows:
            if row.parent_id == parent:
                found += [_shown(row, depth, lines.get(row.key, {})), *below(row.pk, depth + 1)]
        return found

    return below(None, 0)


def _verbs(round_: Round, subject: Subject, by: Actor) -> dict[str, tuple[str, Any]]:
    """What the reader may do now about criteria of each source: verb and words."""
    found: dict[str, tuple[str, Any]] = {}
    is_open = round_.stage in (Stage.REPORTING, Stage.ASSESSING)
    if round_.stage == Stage.REPORTING and decide(by, REPORT, subject):
        found[Source.SELF_REPORT] = ("report", _("Write the self-report"))
    if is_open and decide(by, ASSESS, round_):
        found[Source.THIRD_PARTY] = ("assess", _("Score"))
    if is_open and decide(by, RUN, round_):
        found |= dict.fromkeys(ADJUSTING, ("points", _("Give points")))
    if round_.stage == Stage.REVIEW and decide(by, REVIEW, round_):
        found |= dict.fromkeys(SCORED, ("correct", _("Correct the score")))
    in_time = round_.appeals_due is not None and timezone.now() <= round_.appeals_due
    if round_.stage == Stage.PUBLISHED and in_time and decide(by, APPEAL, subject):
        found |= dict.fromkeys(SCORED, ("appeal", _("File an appeal")))
    return found


def _stated(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """What people stated, in their own words, by criterion."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for model in (SelfReport, Assessment, Points):
        rows: Any = model._default_manager
        linked = ("criterion", "file") if model is SelfReport else ("criterion",)
        for row in rows.filter(subject=subject).select_related(*linked):
            file = getattr(row, "file", None)
            score = row.points if isinstance(row, Points) else row.score
            found[row.criterion.key].append({"row": row, "score": figure(score, 2), "file": file})
    return found


def _history(round_: Round, subject: Subject) -> Chart | None:
    """The subject's totals over published rounds; None before the second."""
    scores = [row for row in history_of(subject.key, round_.scheme.subject_kind) if row.total is not None]
    if len(scores) < 2:
        return None
    return Chart(
        title=_("Total scores over time"),
        unit="",
        first_heading=_("Evaluation"),
        categories=[told(row.subject.round, "title") for row in scores],
        series=[
            Series(
                _("Total score"), [float(row.total or 0) for row in scores], "accent", "line", has_labels=True
            )
        ],
        from_zero=True,
    )


@require_safe
def card(request: HttpRequest, key: str, subject: str) -> HttpResponse:
    """A subject's total, its lines, what they rest on, and what the reader may do."""
    by = acting(request)
    round_ = round_for(key, by)
    row = subject_for(round_, subject, by)
    score = _score(round_, row, by, chosen_version(request))
    is_inside = may_inspect(by, row)
    stated = _stated(row) if is_inside else {}
    lines = _lines(list(round_.scheme.criteria.order_by("position")), score)
    verbs = _verbs(round_, row, by)
    for line in lines:
        line["stated"] = stated.get(line["key"], [])
        if line["row"].source in verbs:
            verb, words = verbs[line["row"].source]
            href = reverse("supports_evaluation:state", args=[round_.key, row.key, verb, line["key"]])
            line["actions"] = [Link(words, href)]
    bound = next((line["points"] for line in score.lines if line["key"] == BOUND), "") if score else ""
    appeals = Appeal.objects.filter(subject=row).select_related("criterion") if is_inside else []
    context = {
        "round": round_,
        "title": told(round_, "title"),
        "subject": row,
        "name": told(row),
        "body": told(row.body) if row.body and row.body.key != row.key else "",
        "group": group_name(round_.scheme, row.group),
        "stage": stage_badge(round_),
        "score": score,
        "total": figure(score.total, 2) if score else "",
        "grade": ((score.grade_en if in_english() else "") or score.grade) if score else "",
        "lines": lines,
        "bound": bound,
        "chart": _history(round_, row),
        "appeals": [{"row": one, "name": told(one.criterion)} for one in appeals],
        "crumbs": round_crumbs(round_, Link(told(row))),
    }
    return render(request, "supports_evaluation/subject.html", context)

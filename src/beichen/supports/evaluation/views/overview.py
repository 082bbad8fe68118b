"""`/evaluation`: what is published, what is under way, and what waits for the reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, decide, require, visible
from beichen.kernel.actor import Actor
from beichen.supports.evaluation.models import Appeal, Assessment, Criterion, Round, SelfReport, Subject
from beichen.supports.evaluation.pages import group_name, tabs, told
from beichen.supports.evaluation.results import results_of
from beichen.supports.evaluation.rights import ASSESS, DECIDE, INSPECT, READ, own_subjects, rounds_for
from beichen.supports.evaluation.words import AppealStatus, Source, Stage
from beichen.web.links import Link

SHOWN = 6


def _summary(round_: Round) -> dict[str, Any]:
    scores = results_of(round_)
    best = [
        {
            "group": group_name(round_.scheme, score.subject.group),
            "name": told(score.subject),
            "total": score.total,
        }
        for score in scores
        if score.rank == 1 and score.total is not None
    ]
    return {"round": round_, "title": told(round_, "title"), "subjects": len(scores), "best": best}


def _own_work(by: Actor) -> Iterable[Link]:
    """The reader's own body's reports that are missing."""
    subjects = own_subjects(by).filter(round__stage=Stage.REPORTING).select_related("round")
    for subject in subjects[:SHOWN]:
        asked = Criterion.objects.filter(scheme=subject.round.scheme_id, source=Source.SELF_REPORT)
        given = SelfReport.objects.filter(subject=subject).values("criterion")
        missing = asked.exclude(pk__in=given).count()
        if missing:
            href = reverse("supports_evaluation:subject", args=[subject.round.key, subject.key])
            title = told(subject.round, "title")
            label = _("%(subject)s: self-report for %(round)s") % {"subject": told(subject), "round": title}
            yield Link(label, href, count=missing)


def _assessments(by: Actor) -> Iterable[Link]:
    """The rounds in which the reader has still to score as a third party."""
    if by.is_public:
        return
    rounds = Round.objects.filter(stage__in=[Stage.REPORTING, Stage.ASSESSING])
    for round_ in visible(by, ASSESS, rounds)[:SHOWN]:
        asked = Criterion.objects.filter(scheme=round_.scheme_id, source=Source.THIRD_PARTY).count()
        given = Assessment.objects.filter(subject__round=round_, by=by.key).count()
        missing = asked * Subject.objects.filter(round=round_).count() - given
        if missing:
            href = reverse("supports_evaluation:round", args=[round_.key])
            yield Link(
                _("Scores as a third party: %(round)s") % {"round": told(round_, "title")},
                href,
                count=missing,
            )


def _appeals(by: Actor) -> Iterable[Link]:
    decided = visible(by, DECIDE, Round.objects.all())
    waiting = Appeal.objects.filter(status=AppealStatus.OPEN, subject__round__in=decided.values("pk")).count()
    if waiting:
        href = f"{reverse('supports_evaluation:appeals')}?status=open"
        yield Link(_("Appeals to be decided"), href, count=waiting)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The latest results, and the work."""
    by = acting(request)
    require(by, READ)
    rounds = rounds_for(by).select_related("scheme")
    published = rounds.filter(stage=Stage.PUBLISHED)[:SHOWN]
    context = {
        "tabs": tabs(request, "index"),
        "published": [_summary(row) for row in published],
        "running": [
            {"round": row, "title": told(row, "title")}
            for row in rounds.exclude(stage=Stage.PUBLISHED)[:SHOWN]
        ],
        "work": [*_own_work(by), *_assessments(by), *_appeals(by)],
        "may_inspect": bool(decide(by, INSPECT)),
    }
    return render(request, "supports_evaluation/index.html", context)

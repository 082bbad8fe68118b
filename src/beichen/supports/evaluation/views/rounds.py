"""`/evaluation/rounds`: evaluations; one with its stages, its subjects by criteria, and leading it on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import ChoiceField, ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require, visible
from beichen.problem import ProblemError
from beichen.supports.evaluation.forms import CommentForm, ExtendForm, RoundForm, SurveyForm
from beichen.supports.evaluation.models import Round, Scheme, SurveyResult
from beichen.supports.evaluation.pages import badge, round_crumbs, tabs, told
from beichen.supports.evaluation.review import comment_on
from beichen.supports.evaluation.rights import INSPECT, READ, REVIEW, RUN, round_for, rounds_for
from beichen.supports.evaluation.rounds import Pace, advance_round, extend_round, missing_reports, open_round
from beichen.supports.evaluation.surveys import import_survey
from beichen.supports.evaluation.views.standings import standings_table, totals_chart
from beichen.supports.evaluation.words import STAGES, SchemeStatus, Source, Stage
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import placed

TONES = {
    Stage.REPORTING: "on-course",
    Stage.ASSESSING: "on-course",
    Stage.REVIEW: "behind",
    Stage.PUBLISHED: "ahead",
}


def stage_badge(row: Round) -> str:
    """The round's stage as a badge."""
    return badge(row.get_stage_display(), TONES[Stage(row.stage)])


def _link(row: Round) -> str:
    href = reverse("supports_evaluation:round", args=[row.key])
    demo = badge(_("Demo"), "behind") if row.is_demo else ""
    return format_html('<a href="{}">{}</a> {}', href, told(row, "title"), demo)


COLUMNS: list[Column[Round]] = [
    Column(
        "title", gettext_lazy("Evaluation"), lambda row: told(row, "title"), _link, ("title",), is_header=True
    ),
    Column(
        "kind",
        gettext_lazy("Kind of evaluation"),
        lambda row: row.scheme.get_kind_display(),
        sort=("scheme__kind",),
    ),
    Column(
        "period",
        gettext_lazy("Years it is about"),
        lambda row: row.period.replace("/", "–"),
        sort=("starts",),
    ),
    Column(
        "stage",
        gettext_lazy("Stage of the evaluation"),
        lambda row: row.get_stage_display(),
        stage_badge,
        ("stage",),
    ),
    Column("scheme", gettext_lazy("Scheme"), lambda row: told(row.scheme), sort=("scheme__name",)),
    Column(
        "published",
        gettext_lazy("Published on"),
        lambda row: row.published_at,
        lambda row: f"{timezone.localtime(row.published_at):%Y-%m-%d}" if row.published_at else "",
        ("published_at",),
    ),
]


@require_safe
def round_list(request: HttpRequest) -> HttpResponseBase:
    """All evaluations that the reader may see."""
    by = acting(request)
    require(by, READ)
    table: Table[Round] = Table(
        "rounds",
        gettext_lazy("Evaluations"),
        rounds_for(by).select_related("scheme"),
        COLUMNS,
        [Filter("stage", gettext_lazy("Stage of the evaluation"), "stage", Stage.choices)],
        ("title", "title_en", "key", "period"),
    )
    context = {"tabs": tabs(request, "rounds"), "may_run": decide(by, RUN)}
    return answer(request, table, "supports_evaluation/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The form that opens an evaluation."""
    by = acting(request)
    require(by, RUN)
    form = RoundForm(request.POST or None, initial={"scheme": request.GET.get("scheme", "")})
    schemes = form.fields["scheme"]
    if isinstance(schemes, ModelChoiceField):
        schemes.queryset = visible(by, RUN, Scheme.objects.filter(status=SchemeStatus.ADOPTED))
    if form.is_valid():
        given = dict(form.cleaned_data)
        pace = Pace(given.pop("report_days"), given.pop("input_days"), given.pop("appeal_days"))
        try:
            made = open_round(**given, pace=pace, by=by)
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("supports_evaluation:round", args=[made.key]))
    crumbs = [
        Link(_("Evaluation"), reverse("supports_evaluation:index")),
        Link(_("Evaluations"), reverse("supports_evaluation:rounds")),
        Link(_("New evaluation")),
    ]
    context = {
        "form": form,
        "title": _("New evaluation"),
        "crumbs": crumbs,
        "action": _("Open the evaluation"),
    }
    return render(request, "supports_evaluation/form.html", context, status=422 if form.errors else 200)


def _steps(row: Round) -> list[dict[str, Any]]:
    """The stages with their days, and which is now."""
    due = {
        Stage.REPORTING: row.reports_due,
        Stage.ASSESSING: row.inputs_due,
        Stage.PUBLISHED: row.published_at,
    }
    at = STAGES.index(Stage(row.stage))
    return [
        {"name": stage.label, "due": due.get(stage), "is_done": number < at, "is_now": number == at}
        for number, stage in enumerate(STAGES)
    ]


def _versions(row: Round, shown: int) -> list[Link]:
    href = reverse("supports_evaluation:round", args=[row.key])
    rows = row.results.order_by("version").values_list("version", "is_published")
    return [
        Link(
            _("Version %(number)s") % {"number": version} if is_published else _("Draft results"),
            f"{href}?version={version}",
            version == shown,
        )
        for version, is_published in rows
    ]


def chosen_version(request: HttpRequest) -> int | None:
    """The version of the results that the address names. Raises Http404 for what is no number."""
    said_ = request.GET.get("version", "")
    if said_ and not (said_.isdecimal() and len(said_) < 5):
        raise Http404
    return int(said_) if said_ else None


@require_safe
def round_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """An evaluation: where it stands, everybody's scores by criterion, and what may be done now."""
    by = acting(request)
    row = round_for(key, by)
    standings = standings_table(row, by, chosen_version(request))
    may_inspect = bool(decide(by, INSPECT, row))
    may_run = bool(decide(by, RUN, row))
    is_open = row.stage in (Stage.REPORTING, Stage.ASSESSING)
    surveys = SurveyResult.objects.filter(subject__round=row).select_related("subject", "criterion")
    context = {
        "round": row,
        "title": told(row, "title"),
        "scheme": row.scheme,
        "scheme_name": told(row.scheme),
        "period": row.period.replace("/", "–"),
        "stage": stage_badge(row),
        "steps": _steps(row),
        "result": standings.result,
        "versions": _versions(row, standings.result.version if standings.result else 0),
        "chart": totals_chart(standings),
        "missing": missing_reports(row) if may_inspect and row.stage == Stage.REPORTING else 0,
        "surveys": surveys.order_by("criterion", "id") if may_inspect else [],
        "comments": row.comments.select_related("subject") if may_inspect else [],
        "may_advance": may_run and row.stage != Stage.PUBLISHED,
        "may_extend": ExtendForm() if may_run and is_open else None,
        "may_survey": may_run and is_open and row.scheme.criteria.filter(source=Source.SURVEY).exists(),
        "may_comment": CommentForm() if row.stage == Stage.REVIEW and decide(by, REVIEW, row) else None,
        "crumbs": round_crumbs(row),
    }
    return answer(request, standings.table, "supports_evaluation/round.html", context)


@require_POST
def act(request: HttpRequest, key: str) -> HttpResponse:
    """Lead the evaluation on, put off its day, or remark on its draft."""
    by = acting(request)
    row = round_for(key, by)
    try:
        if "extend" in request.POST:
            days = request.POST.get("days", "")
            number = int(days) if days.isdecimal() and len(days) < 4 else 1
            extend_round(row, number, reason=request.POST.get("reason", ""), by=by)
        elif "comment" in request.POST:
            comment_on(row, request.POST.get("text", ""), by=by)
        else:
            advance_round(row, by=by)
    except ProblemError as error:
        if error.status == 403:
            raise
        for problem in error.problems:
            messages.error(request, placed(problem))
    return HttpResponseRedirect(reverse("supports_evaluation:round", args=[row.key]))


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """The form that brings in a survey's results."""
    by = acting(request)
    row = round_for(key, by)
    require(by, RUN, row)
    form = SurveyForm(request.POST or None, request.FILES or None)
    asked = row.scheme.criteria.filter(source=Source.SURVEY).order_by("position")
    choice = form.fields["criterion"]
    if isinstance(choice, ChoiceField):
        choice.choices = [(one.key, told(one)) for one in asked]
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = import_survey(row, form.cleaned_data["criterion"], file.read(), file.name, by=by)
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, _("%(count)s results were taken over.") % {"count": len(kept)})
            return HttpResponseRedirect(reverse("supports_evaluation:round", args=[row.key]))
    context = {
        "form": form,
        "title": _("Survey results"),
        "crumbs": round_crumbs(row, Link(_("Survey results"))),
        "action": _("Take over"),
        "is_upload": True,
    }
    return render(request, "supports_evaluation/form.html", context, status=422 if form.errors else 200)

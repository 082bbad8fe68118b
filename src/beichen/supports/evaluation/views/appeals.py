"""`/evaluation/appeals`: appeals that the reader may see, and one with its decision."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.problem import ProblemError
from beichen.supports.evaluation.appeals import decide_appeal
from beichen.supports.evaluation.forms import DecisionForm
from beichen.supports.evaluation.models import Appeal
from beichen.supports.evaluation.pages import badge, round_crumbs, tabs, told
from beichen.supports.evaluation.rights import APPEAL, DECIDE, INSPECT, appeals_for
from beichen.supports.evaluation.words import AppealStatus
from beichen.web.links import Link
from beichen.web.numbers import figure
from beichen.web.tables import Column, Filter, Table, answer

TONES = {AppealStatus.OPEN: "behind", AppealStatus.UPHELD: "ahead", AppealStatus.DISMISSED: "unknown"}


def _status(row: Appeal) -> str:
    return badge(row.get_status_display(), TONES[AppealStatus(row.status)])


def _link(row: Appeal) -> str:
    href = reverse("supports_evaluation:appeal", args=[row.pk])
    demo = badge(_("Demo"), "behind") if row.is_demo else ""
    return format_html('<a href="{}">{}</a> {}', href, told(row.subject), demo)


COLUMNS: list[Column[Appeal]] = [
    Column(
        "subject",
        gettext_lazy("Subject"),
        lambda row: told(row.subject),
        _link,
        ("subject__name",),
        is_header=True,
    ),
    Column(
        "criterion", gettext_lazy("Criterion"), lambda row: told(row.criterion), sort=("criterion__name",)
    ),
    Column(
        "round",
        gettext_lazy("Evaluation"),
        lambda row: told(row.subject.round, "title"),
        sort=("subject__round__title",),
    ),
    Column(
        "filed",
        gettext_lazy("Filed on"),
        lambda row: row.filed_at,
        lambda row: f"{timezone.localtime(row.filed_at):%Y-%m-%d}",
        ("filed_at",),
    ),
    Column("status", gettext_lazy("Status"), lambda row: row.get_status_display(), _status, ("status",)),
    Column("reason", gettext_lazy("Reason"), lambda row: row.reason, is_exported_only=True),
    Column(
        "decision", gettext_lazy("Decision on the appeal"), lambda row: row.decision, is_exported_only=True
    ),
    Column("score", gettext_lazy("New score"), lambda row: row.score, is_exported_only=True, is_number=True),
]


@require_safe
def appeal_list(request: HttpRequest) -> HttpResponseBase:
    """All appeals, or those of the reader's own body."""
    by = acting(request)
    if not decide(by, INSPECT):
        require(by, APPEAL)
    table: Table[Appeal] = Table(
        "appeals",
        gettext_lazy("Appeals"),
        appeals_for(by),
        COLUMNS,
        [Filter("status", gettext_lazy("Status"), "status", AppealStatus.choices)],
        ("subject__name", "subject__name_en", "criterion__name", "reason"),
    )
    return answer(request, table, "supports_evaluation/appeals.html", {"tabs": tabs(request, "appeals")})


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, number: int) -> HttpResponse:
    """An appeal, what was decided, or the form that decides it."""
    by = acting(request)
    row = appeals_for(by).select_related("file", "result").filter(pk=number).first()
    if row is None:
        if not decide(by, INSPECT):
            require(by, APPEAL)
        raise Http404
    round_ = row.subject.round
    may_decide = row.status == AppealStatus.OPEN and bool(decide(by, DECIDE, round_))
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        require(by, DECIDE, round_)
        if form.is_valid():
            given = form.cleaned_data
            score = given["score"] if given["verdict"] == "upheld" else None
            try:
                decide_appeal(row, given["decision"], score=score, by=by)
            except ProblemError as error:
                form.take(error)
            else:
                return HttpResponseRedirect(reverse("supports_evaluation:appeal", args=[row.pk]))
    lines = row.result.scores.get(subject=row.subject).lines
    line: dict[str, str] = next((one for one in lines if one["key"] == row.criterion.key), {})
    card = reverse("supports_evaluation:subject", args=[round_.key, row.subject.key])
    context = {
        "appeal": row,
        "subject": told(row.subject),
        "criterion": told(row.criterion),
        "status": _status(row),
        "before": figure(float(line["score"]), 2) if "score" in line else "",
        "after": figure(row.score, 2) if row.score is not None else "",
        "card": f"{card}?version={row.result.version}#criterion-{row.criterion.key}",
        "form": form if may_decide else None,
        "crumbs": round_crumbs(round_, Link(told(row.subject), card), Link(_("Appeal"))),
    }
    return render(request, "supports_evaluation/appeal.html", context, status=422 if form.errors else 200)

"""`/plan/reports`: what was made, making a new one, reading it, and its way to publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.plan.models import Plan
from beichen.plan.pages import shown_plan, without_plan
from beichen.plan.reports import service
from beichen.plan.reports.forms import OrderForm, WordsForm
from beichen.plan.reports.models import Kind, Report, State
from beichen.plan.reports.rendering import html
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

FORMATS = (("pdf", "PDF"), ("docx", "Word"), ("xlsx", "Excel"), ("html", "HTML"), ("json", "JSON"))


def badge(report: Report) -> str:
    """A report's state as a badge, with the mark of demonstration."""
    return render_to_string("plan_reports/state.html", {"report": report})


def _link(report: Report) -> str:
    href = reverse("plan_reports:report", args=[report.code])
    return format_html('<a href="{}">{}</a>', href, name(report))


def name(report: Report) -> str:
    """What a report is called in a list: kind, year, whose."""
    whose = report.body.name if report.body else ""
    if not whose and report.region and report.region_id != report.plan.region_id:
        whose = report.region.name
    return " · ".join(part for part in (str(Kind(report.kind).label), str(report.year), whose) if part)


def _downloads(report: Report) -> str:
    if report.state in {State.MAKING, State.FAILED}:
        return ""
    parts = [
        format_html('<a href="{}">{}</a>', reverse("plan_reports:file", args=[report.code, key]), label)
        for key, label in FORMATS
    ]
    return format_html('<span class="row">{}</span>', format_html(" ".join(["{}"] * len(parts)), *parts))


COLUMNS: list[Column[Report]] = [
    Column("name", _("Report"), name, _link, ("kind", "year"), is_header=True),
    Column("year", _("Year"), lambda row: row.year, sort=("year",), is_number=True),
    Column("language", _("Language"), lambda row: {"zh": "中文", "en": "English"}[row.language]),
    Column("edition", _("Edition"), lambda row: row.edition, sort=("edition",), is_number=True),
    Column("state", _("State"), lambda row: str(State(row.state).label), badge, ("state",)),
    Column("audience", _("Level"), lambda row: f"L{row.audience}"),
    Column("made_by", _("Author"), lambda row: row.made_by_name, sort=("made_by_name",)),
    Column("made_at", _("Made at"), lambda row: timezone.localtime(row.made_at).strftime("%Y-%m-%d %H:%M"),
           sort=("made_at",)),
    Column("files", _("Files"), lambda row: row.hash, _downloads),
]  # fmt: skip


def table_of(plan: Plan, request: HttpRequest) -> Table[Report]:
    """The reports that the reader may see."""
    years = [(str(year), str(year)) for year in range(plan.start_year, plan.end_year + 1)]
    return Table(
        "reports",
        _("Reports on the plan"),
        service.reports_of(plan, by=acting(request)),
        COLUMNS,
        [
            Filter("kind", _("Kind of report"), "kind", list(Kind.choices)),
            Filter("year", _("Year"), "year", years),
            Filter("state", _("State"), "state", list(State.choices)),
        ],
        ("title", "series", "made_by_name"),
    )


def _index(request: HttpRequest, plan: Plan, form: OrderForm, *, status: int = 200) -> HttpResponseBase:
    context = {
        "plan": plan,
        "form": form,
        "may_make": decide(acting(request), service.MAKE, plan),
        "tabs": tabs(request, "index"),
    }
    response = answer(request, table_of(plan, request), "plan_reports/index.html", context)
    response.status_code = status
    return response


def tabs(request: HttpRequest, current: str) -> list[Link]:
    """The pages of the room that the reader may open."""
    actor = acting(request)
    rows = [("index", _("Reports"), True), ("congress", _("Oversight by the congress"), True)]
    rows.append(("trail", _("Audit trail"), bool(decide(actor, service.TRAIL))))
    rows.append(("templates", _("Templates"), bool(decide(actor, service.TEMPLATE))))
    rows.append(("public", _("Public edition"), True))
    return [
        Link(label, reverse(f"plan_reports:{key}"), key == current) for key, label, shown in rows if shown
    ]


def _last_year() -> int:
    return timezone.localdate().year - 1


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The list, and the form that asks for a new report."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    require(acting(request), service.READ)
    return _index(request, plan, OrderForm(plan, _last_year()))


@require_POST
def order(request: HttpRequest) -> HttpResponseBase:
    """Ask for a report; it is made in the background, and its page says how far it is."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    require(acting(request), service.MAKE, plan)
    form = OrderForm(plan, _last_year(), request.POST)
    if form.is_valid():
        try:
            report = service.order_report(plan, form.order(), by=acting(request))
            return HttpResponseRedirect(reverse("plan_reports:report", args=[report.code]))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
    return _index(request, plan, form, status=422)


def _actions(request: HttpRequest, report: Report) -> list[dict[str, str]]:
    """The steps that the report can take now and the reader may."""
    actor = acting(request)
    rows = {
        State.DRAFT: [("submit", _("Hand in for review"), "primary", service.MAKE)],
        State.REVIEW: [
            ("approve", _("Approve"), "primary", service.APPROVE),
            ("return", _("Return"), "danger", service.APPROVE),
        ],
        State.APPROVED: [
            ("publish", _("Publish"), "primary", service.PUBLISH),
            ("return", _("Return"), "danger", service.APPROVE),
        ],
    }.get(State(report.state), [])
    return [
        {"name": name, "label": str(label), "kind": kind}
        for name, label, kind, right in rows
        if decide(actor, right, report)
    ]


def _page(request: HttpRequest, report: Report, form: WordsForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "report": report,
        "name": name(report),
        "formats": FORMATS,
        "files": {row.format: row.file for row in report.files.select_related("file")},
        "steps": report.steps.all(),
        "actions": _actions(request, report),
        "form": form,
        "crumbs": [
            Link(_("Plan"), reverse("plan:outline")),
            Link(_("Reports"), reverse("plan_reports:index")),
            Link(name(report)),
        ],
    }
    if report.document is not None:
        context |= html.context(service.document_of(report))
    return render(request, "plan_reports/report.html", context, status=status)


@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """A report to read, its files, its way so far, and the next step."""
    return _page(request, service.find_report(code, by=acting(request)), WordsForm())


@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far a report is; tells HTMX to load the page once it is made."""
    row = service.find_report(code, by=acting(request))
    response = render(request, "plan_reports/progress.html", {"report": row})
    if row.state != State.MAKING:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def file(request: HttpRequest, code: str, wanted: str) -> StreamingHttpResponse:
    """A report's file as a download, with the hash of its document."""
    row = service.find_report(code, by=acting(request))
    filename, media_type, content = service.open_report(row, wanted)
    response = StreamingHttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    response["X-Document-SHA256"] = row.hash
    return response


_STEPS: dict[str, Callable[..., Report]] = {
    "submit": service.submit_report,
    "return": service.return_report,
    "approve": service.approve_report,
    "publish": service.publish_report,
}


@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Take the next step with a remark."""
    row = service.find_report(code, by=acting(request))
    form = WordsForm(request.POST)
    wanted = request.POST.get("step", "")
    if not form.is_valid() or wanted not in _STEPS:
        return _page(request, row, form, status=422)
    try:
        _STEPS[wanted](row, by=acting(request), words=form.cleaned_data["words"])
    except ProblemError as error:
        if error.problems[0].code == "ACC-403":
            raise
        form.take(error)
        return _page(request, row, form, status=422)
    return HttpResponseRedirect(reverse("plan_reports:report", args=[code]))

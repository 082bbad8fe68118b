"""`/plan/reports/trail`, `/plan/reports/templates` and the public edition `/public/plan`."""

from __future__ import annotations

import orjson
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, require
from beichen.kernel.audit.models import AuditRecord
from beichen.plan.models import Project
from beichen.plan.pages import without_plan
from beichen.plan.reports import service
from beichen.plan.reports.deeds import deed, named_deeds
from beichen.plan.reports.forms import TemplateForm
from beichen.plan.reports.public import LICENCE
from beichen.plan.reports.rendering.template import NEEDED, STYLES, TOKENS, WORDS
from beichen.plan.reports.views.reports import tabs
from beichen.plan.reports.wordtemplates import USES, template_to_change
from beichen.plan.service import READ as READ_PLAN
from beichen.plan.service import Standing, current_plan
from beichen.problem import ProblemError
from beichen.web.status import Status
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign
from beichen.web.wording import in_words


def _detail(row: AuditRecord) -> str:
    document = orjson.loads(row.detail)
    return "; ".join(f"{key}: {value}" for key, value in document.items() if value not in ("", None))[:200]


TRAIL_COLUMNS: list[Column[AuditRecord]] = [
    Column("sequence", _("No."), lambda row: row.sequence, sort=("sequence",), is_number=True),
    Column("at", _("At (UTC)"), lambda row: row.at[:19].replace("T", " ")),
    Column("actor", _("Who"), lambda row: row.actor),
    Column("action", _("Deed"), lambda row: deed(row.action), is_header=True),
    Column("key", _("Key of the deed"), lambda row: row.action, is_exported_only=True),
    Column("resource", _("Of what"), lambda row: row.resource),
    Column("detail", _("Detail"), _detail),
    Column("reason", _("Allowed because"), lambda row: row.reason),
    Column("hash", _("Hash"), lambda row: row.hash, is_exported_only=True),
]


@require_safe
def trail(request: HttpRequest) -> HttpResponseBase:
    """Every act on the plan and in its rooms, from the hash-chained record."""
    rows = service.trail(by=acting(request))
    rooms = [
        ("plan.", _("Facts")),
        ("plan_", _("Rooms of the plan")),
        ("plan_reports", _("Reports and oversight")),
    ]
    table: Table[AuditRecord] = Table(
        "trail",
        _("Audit trail of the plan"),
        rows,
        TRAIL_COLUMNS,
        [
            Filter("room", _("Where"), "resource__startswith", rooms),
            Filter("deed", _("Deed"), "action", named_deeds()),
        ],
        ("actor", "action", "resource", "detail"),
    )
    return answer(request, table, "plan_reports/trail.html", {"tabs": tabs(request, "trail")})


def _templates(request: HttpRequest, form: TemplateForm, *, status: int = 200) -> HttpResponse:
    rows = [{"use": use, "row": row} for use, row in service.templates_in_use().items()]
    context = {
        "form": form,
        "rows": rows,
        "words": WORDS,
        "blocks": tuple(TOKENS),
        "needed": NEEDED,
        "named": STYLES,
        "tabs": tabs(request, "templates"),
    }
    return render(request, "plan_reports/templates.html", context, status=status)


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The Word templates in use, what they need, and the form that takes a city's own."""
    require(acting(request), service.TEMPLATE)
    return _templates(request, TemplateForm())


@require_safe
def template(request: HttpRequest, use: str) -> HttpResponseBase:
    """The template in use, to be changed in Word."""
    require(acting(request), service.TEMPLATE)
    from io import BytesIO

    chosen = use if use in USES else "report"
    return FileResponse(BytesIO(template_to_change(chosen)), as_attachment=True, filename=f"{chosen}.docx")


@require_POST
def save_template(request: HttpRequest) -> HttpResponse:
    """Take a city's template, or go back to the room's own (``drop``)."""
    by = acting(request)
    require(by, service.TEMPLATE)
    dropped = request.POST.get("drop", "")
    if dropped in USES:
        service.drop_template(dropped, by=by)
        return HttpResponseRedirect(reverse("plan_reports:templates"))
    form = TemplateForm(request.POST, request.FILES)
    if not form.is_valid():
        return _templates(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        service.save_template(file.read(), form.cleaned_data["use"], file.name, by=by)
    except ProblemError as error:
        for problem in error.problems:
            form.add_error("file", in_words(problem))
        return _templates(request, form, status=422)
    return HttpResponseRedirect(reverse("plan_reports:templates"))


PROJECT_COLUMNS: list[Column[Project]] = [
    Column(
        "name", _("Project"), lambda row: row.name, lambda row: foreign(row.name), ("name",), is_header=True
    ),
    Column("group", _("Group"), lambda row: row.group, lambda row: foreign(row.group), ("group",)),
    Column("box", _("Box"), lambda row: row.box_title, lambda row: foreign(row.box_title), ("position",)),
]


@require_safe
def public(request: HttpRequest) -> HttpResponseBase:
    """The plan for everybody: the same page whoever reads it."""
    plan = current_plan()
    require(acting(request), READ_PLAN, plan)
    if plan is None:
        return without_plan(request)
    edition = service.public_edition(plan)
    projects: Table[Project] = Table(
        "public-projects",
        _("Projects of the plan"),
        edition.projects,
        PROJECT_COLUMNS,
        search=("name", "group", "box_title"),
        page_size=20,
    )
    groups: dict[str, list[Standing]] = {}
    for row in edition.standings:
        groups.setdefault(row.group, []).append(row)
    context = {
        "plan": plan,
        "edition": edition,
        "summary": [(item.value, edition.counts[item]) for item in Status],
        "groups": groups,
        "licence": LICENCE,
        "years_passed": edition.plan.end_year - edition.plan.start_year + 1,
    }
    return answer(request, projects, "plan_reports/public.html", context)

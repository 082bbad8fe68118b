"""`/plan/investment/import` and `/export`: project lists in, previewed before they are applied; and out."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, require
from beichen.kernel.actor import Actor, system
from beichen.kernel.files.service import find, open_stored, store
from beichen.kernel.levels import Level
from beichen.plan.investment.forms import ListForm
from beichen.plan.investment.service import MANAGE, ListReport, apply_list, list_of, read_sheet
from beichen.plan.investment.views.shown import plan_of, standings_for, year_of
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.problem import Problem, ProblemError
from beichen.web.links import Link
from beichen.web.wording import sentence, worded

LARGEST = 20 << 20
SHOWN = 300  # rows of a preview


def _lines(problems: tuple[Problem, ...] | list[Problem]) -> list[dict[str, Any]]:
    return [
        {
            "row": one.where.row,
            "column": one.where.field or "",
            "text": sentence(one),
            "hint": worded(one.hint),
            "code": one.code,
        }
        for one in problems
    ]


def _page(request: HttpRequest, plan: Plan, form: ListForm, **more: Any) -> HttpResponse:
    crumbs = [Link(_("Investment"), reverse("plan_investment:index")), Link(_("Import a project list"))]
    context = {"plan": plan, "form": form, "crumbs": crumbs, **more}
    status = 422 if more.get("problems") else 200
    return render(request, "plan_investment/import.html", context, status=status)


def _read(plan: Plan, content: bytes, year: int | None, by: Actor, name: str, *, dry_run: bool) -> ListReport:
    return apply_list(plan, read_sheet(content, year=year), by=by, name=name, dry_run=dry_run)


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """Upload and see what would change; then apply exactly the file that was previewed."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    by = acting(request)
    require(by, MANAGE, plan)
    if request.method != "POST":
        return _page(request, plan, ListForm(initial={"year": year_of(request, plan)}))
    if "stored" in request.POST:
        return _apply(request, plan, by)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, plan, form, problems=[])
    sent, year = form.cleaned_data["file"], form.cleaned_data["year"]
    try:
        content = sent.read(LARGEST + 1)
        report = _read(plan, content, year, by, sent.name, dry_run=True)
        kept = store(BytesIO(content), sent.name, by=by, level=Level.L2, region=plan.region, limit=LARGEST)
    except ProblemError as error:
        if error.status == 403:
            raise
        return _page(request, plan, form, problems=_lines(error.problems), name=sent.name)
    return _page(
        request, plan, form, report=report, effects=report.effects[:SHOWN], counts=report.counts(),
        notes=_lines(report.notes), stored=kept.code, year=year or "", name=sent.name,
    )  # fmt: skip


def _apply(request: HttpRequest, plan: Plan, by: Actor) -> HttpResponse:
    """Apply the previewed file, read again from where it is kept: nothing of the preview is trusted."""
    kept = find(request.POST["stored"], by=system("lists"))
    if kept.stored_by != by.key:
        raise Http404  # each applies what they previewed themselves
    said = request.POST.get("year", "")
    year = int(said) if said.isdecimal() and len(said) == 4 else None
    try:
        report = _read(plan, b"".join(open_stored(kept)), year, by, kept.name, dry_run=False)
    except ProblemError as error:
        if error.status == 403:
            raise
        return _page(request, plan, ListForm(), problems=_lines(error.problems), name=kept.name)
    counts = report.counts()
    messages.success(request, _("%(added)s projects added, %(changed)s changed.") % counts)
    return HttpResponseRedirect(reverse("plan_investment:projects"))


@require_safe
def export_list(request: HttpRequest) -> HttpResponseBase:
    """Every project that the reader may see, as a project list in xlsx."""
    plan = plan_of(request)
    if plan is None:
        return without_plan(request)
    content = list_of(plan, standings_for(request, plan, year_of(request, plan)))
    name = f"projects-{plan.key}-{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name)

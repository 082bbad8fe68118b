"""`/plan/monitoring/values`: files of values: bring one, see what it says, decide, apply it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.plan.models import Plan
from beichen.plan.monitoring.columns import NAMES, REQUIRED
from beichen.plan.monitoring.models import FileState, ValueFile
from beichen.plan.monitoring.service import RECORD, Choice, apply_file, bring_file, entries_of, file_of
from beichen.plan.monitoring.views.shown import crumbs, pages_of
from beichen.plan.pages import shown_plan, without_plan
from beichen.problem import Problem, ProblemError, restored
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer
from beichen.web.templatetags.beichen import foreign
from beichen.web.wording import placed, sentence, worded

KINDS = {
    "new": _("New"),
    "same": _("Known already"),
    "confirmed": _("Confirmed by another source"),
    "revision": _("Revised by its source"),
    "disagreement": _("Sources disagree"),
}


class FileForm(forms.Form):
    """A file of values."""

    file = forms.FileField(
        label=_("xlsx or CSV file"), help_text=_("Nothing is recorded before you apply it")
    )


def _columns() -> list[Column[ValueFile]]:
    def link(row: ValueFile) -> str:
        href = reverse("plan_monitoring:file", args=[row.pk])
        return format_html('<a href="{}">{}</a>', href, foreign(row.name))

    return [
        Column("name", _("File"), lambda row: row.name, link, sort=("name",), is_header=True),
        Column("state", _("State"), lambda row: row.get_state_display(), sort=("state",)),
        Column("rows", _("Rows"), lambda row: len(row.rows), is_number=True),
        Column("problems", _("Problems"), lambda row: len(row.problems), is_number=True),
        Column(
            "brought",
            _("Brought in"),
            lambda row: timezone.localdate(row.brought_at).isoformat(),
            sort=("brought_at",),
        ),
        Column(
            "applied",
            _("Applied"),
            lambda row: timezone.localdate(row.applied_at).isoformat() if row.applied_at else "",
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """The files so far; POST brings one in and shows what it says."""
    plan, by = shown_plan(request), acting(request)
    if plan is None:
        return without_plan(request)
    may = decide(by, RECORD, plan)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(by, RECORD, plan)
        if form.is_valid():
            given = form.cleaned_data["file"]
            try:
                row = bring_file(plan, given.read(), given.name, by=by)
            except ProblemError as error:
                for problem in error.problems:
                    form.add_error("file", placed(problem))
            else:
                return HttpResponseRedirect(reverse("plan_monitoring:file", args=[row.pk]))
    rows = ValueFile.objects.filter(plan=plan) if may else ValueFile.objects.none()
    table: Table[ValueFile] = Table("value-files", _("Files of values"), rows, _columns(), search=("name",))
    context = {
        "plan": plan,
        "form": form,
        "may": may,
        "columns": [(names[0], names[-1], column in REQUIRED) for column, names in NAMES.items()],
        "pages": pages_of(request, plan, plan.start_year),
        "crumbs": crumbs(Link(gettext("Values by file"))),
    }
    response = answer(request, table, "plan_monitoring/values.html", context)
    if form.errors:
        response.status_code = 422
    return response


def _shown(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.where.row,
        "place": problem.where.field or "",
        "message": sentence(problem),
        "hint": worded(problem.hint),
        "is_warning": problem.level != "error",
    }


def _page(
    request: HttpRequest, plan: Plan, row: ValueFile, refused: tuple[Problem, ...] = ()
) -> HttpResponse:
    entries = entries_of(row)
    open_ = row.state == FileState.CHECKED
    context = {
        "plan": plan,
        "row": row,
        "is_open": open_ and decide(acting(request), RECORD, plan),
        "problems": [_shown(restored(one)) for one in row.problems],
        "entries": [(entry, KINDS[entry.kind]) for entry in entries],
        "disagreements": [entry for entry in entries if entry.kind == "disagreement"] if open_ else [],
        "refused": [placed(problem) for problem in refused],
        "crumbs": crumbs(Link(_("Values by file"), reverse("plan_monitoring:values")), Link(row.name)),
    }
    return render(request, "plan_monitoring/file.html", context, status=409 if refused else 200)


@require_safe
def file(request: HttpRequest, file: int) -> HttpResponse:
    """What a file says: its mistakes by row and column, or what applying it would do."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    require(acting(request), RECORD, plan)
    return _page(request, plan, file_of(plan, file))


@require_POST
def apply(request: HttpRequest, file: int) -> HttpResponse:
    """Record the file's values, with the decisions of the form."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    row = file_of(plan, file)
    choices: dict[str, Choice] = {}
    for name, value in request.POST.items():
        if name.startswith("choice ") and value in ("file", "held"):
            choices[name.removeprefix("choice ")] = "file" if value == "file" else "held"
    try:
        changes = apply_file(row, choices, reason=request.POST.get("reason", ""), by=acting(request))
    except ProblemError as error:
        if error.status == 403:
            raise
        return _page(request, plan, file_of(plan, file), error.problems)
    counts = changes.counts()
    messages.success(
        request,
        gettext("Recorded: %(added)s new, %(changed)s changed, %(same)s the same.")
        % {"added": counts["added"], "changed": counts["changed"], "same": counts["unchanged"]},
    )
    return HttpResponseRedirect(reverse("plan_monitoring:file", args=[file]))

"""`/plan/duties/notes`: supervision notes; on a note's page the whole exchange, its answer, its end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, decide, require, visible
from beichen.plan.duties.forms import AnswerForm, VerdictForm, uploads
from beichen.plan.duties.models import SupervisionNote
from beichen.plan.duties.pages import (
    author,
    badge,
    body_link,
    body_name,
    crumbs,
    demo_mark,
    frame,
    plan_of_duties,
)
from beichen.plan.duties.service import (
    ANSWER,
    INSPECT,
    SUPERVISE,
    answer_note,
    close_note,
    may_read_note,
    note_by_number,
    reopen_note,
)
from beichen.plan.duties.words import VERBS, NoteStatus
from beichen.plan.models import Plan
from beichen.plan.pages import without_plan
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign


def _title(row: SupervisionNote) -> SafeString:
    href = reverse("plan_duties:note", args=[row.number])
    return format_html('<a href="{}">{}</a> {}', href, foreign(row.title), demo_mark(row.is_demo))


def _due(row: SupervisionNote) -> SafeString | str:
    late = row.status == NoteStatus.OPEN and row.due < timezone.localdate()
    return format_html("{} {}", row.due, badge("overdue", _("Overdue"))) if late else str(row.due)


COLUMNS: list[Column[SupervisionNote]] = [
    Column("number", _("No."), lambda row: row.number, sort=("number",), is_number=True),
    Column("title", _("About"), lambda row: row.title, _title, ("title",), is_header=True),
    Column("duty", _("Duty"), lambda row: row.duty.title, lambda row: foreign(row.duty.title)),
    Column(
        "body", _("To"), lambda row: body_name(row.body), lambda row: body_link(row.body), ("body__path",)
    ),
    Column("due", _("Answer by"), lambda row: row.due, _due, ("due",)),
    Column(
        "status",
        _("Status"),
        lambda row: str(NoteStatus(row.status).label),
        lambda row: badge(row.status, NoteStatus(row.status).label),
        ("status",),
    ),
]


@require_safe
def note_list(request: HttpRequest) -> HttpResponseBase:
    """The notes that the reader may read: all, or those to the own body."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    by = acting(request)
    rows = SupervisionNote.objects.filter(plan=plan).select_related("duty", "body")
    if not decide(by, INSPECT, plan):
        require(by, ANSWER)
        rows = visible(by, ANSWER, rows)
    table: Table[SupervisionNote] = Table(
        "notes",
        _("Supervision notes"),
        rows,
        COLUMNS,
        [Filter("status", _("Status"), "status", NoteStatus.choices)],
        ("title", "duty__title", "body__name"),
    )
    return answer(request, table, "plan_duties/notes.html", frame(request, plan, "notes"))


def _page(request: HttpRequest, plan: Plan, row: SupervisionNote, **bad: Any) -> HttpResponse:
    by = acting(request)
    if not may_read_note(by, row):
        require(by, INSPECT, plan)
    entries = [
        {"row": entry, "verb": VERBS[entry.verb], "by": author(entry.by, entry.by_name)}
        for entry in row.entries.order_by("id").prefetch_related("evidence__file")
    ]
    shown = frame(request, plan, "notes") | {
        "note": row,
        "crumbs": crumbs(Link(_("Supervision"), reverse("plan_duties:notes")), Link(row.title)),
        "body": body_link(row.body),
        "status": badge(row.status, NoteStatus(row.status).label),
        "is_late": row.status == NoteStatus.OPEN and row.due < timezone.localdate(),
        "entries": entries,
        "may_answer": bool(decide(by, ANSWER, row)) and row.status == NoteStatus.OPEN,
        "may_decide": bool(decide(by, SUPERVISE, plan)) and row.status != NoteStatus.OPEN,
        "answer_form": bad.get("answer") or AnswerForm(),
        "verdict_form": bad.get("verdict") or VerdictForm(),
    }
    return render(request, "plan_duties/note.html", shown, status=422 if bad else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, number: int) -> HttpResponse:
    """A note: its body answers, its supervisor closes or asks again."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    row = note_by_number(plan, number)
    if request.method != "POST":
        return _page(request, plan, row)
    return _answer(request, plan, row) if "answer" in request.POST else _verdict(request, plan, row)


def _answer(request: HttpRequest, plan: Plan, row: SupervisionNote) -> HttpResponse:
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            files = uploads(form.cleaned_data["evidence"])
            answer_note(row, form.cleaned_data["text"], files=files, by=acting(request))
        except ProblemError as error:
            if error.status in (403, 409):
                raise
            form.take(error)
            row.status = NoteStatus.OPEN
        else:
            return HttpResponseRedirect(reverse("plan_duties:note", args=[row.number]))
    return _page(request, plan, row, answer=form)


def _verdict(request: HttpRequest, plan: Plan, row: SupervisionNote) -> HttpResponse:
    form, by = VerdictForm(request.POST), acting(request)
    if form.is_valid():
        said = form.cleaned_data
        if "reopen" in request.POST and said["due"] is None:
            form.add_error("due", _("Say by which day."))
            return _page(request, plan, row, verdict=form)
        try:
            if "reopen" in request.POST:
                reopen_note(row, said["text"], said["due"], by=by)
            else:
                close_note(row, said["text"], by=by)
        except ProblemError as error:
            if error.status in (403, 409):
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_duties:note", args=[row.number]))
    return _page(request, plan, row, verdict=form)

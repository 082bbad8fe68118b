"""`/console/import`: a file of reports, and the reader's own; `…/CODE`: its columns, progress and end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.hubs.events import service as events
from beichen.hubs.events.models import RowState, SheetImport, SheetRow, SheetState
from beichen.hubs.events.service import HEADINGS, TAKE
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, restored, said
from beichen.web.exports import export
from beichen.web.tables import Column
from beichen.web.wording import in_words

SHOWN, MOST_REFUSED = 5, 200
PART = "import-progress"
LABELS = {
    "text": _("What the caller said"),
    "kind": _("Kind of event"),
    "region": _("District"),
    "address": _("Address or place"),
    "longitude": _("Longitude"),
    "latitude": _("Latitude"),
    "name": _("Caller's name"),
    "phone": _("Caller's number"),
    "key": _("The sender's own number"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cell that means nothing, or a row that was refused."""

    row: int
    field: Any
    words: str


def _reader(request: HttpRequest) -> tuple[Actor, Person | None]:
    """Who imports, as an actor and as a person. Raises ProblemError ACC-403."""
    by = access.acting(request)
    access.require(by, TAKE)
    account = request.user
    return by, account.person if isinstance(account, Account) else None


def _importer(request: HttpRequest) -> tuple[Actor, Person]:
    """The same, where it must be a person: a file is theirs, and its rows come in by their rights."""
    by, person = _reader(request)
    if person is None:
        raise ProblemError(Problem("ACC-403", said("only a person imports a file")))
    return by, person


@require_http_methods(["GET", "POST"])
def take_file(request: HttpRequest) -> HttpResponse:
    """Ask for a file, and keep its rows; its own page goes on from there."""
    by, reader = _reader(request)
    context: dict[str, Any] = {}
    if request.method == "POST":
        by, person = _importer(request)
        file = request.FILES.get("file")
        try:
            if file is not None:
                name = file.name or "file.csv"
                sheet = events.read_sheet(file.read(), name)
                row = events.begin_import(sheet, events.guess(sheet.headings), name, person, by=by)
                return HttpResponseRedirect(_address(row))
            context = {"error": _("Choose a file.")}
        except ProblemError as error:
            if error.status == 403:
                raise
            context = {"error": in_words(error.problems[0])}
    context |= {"imports": events.imports_of(reader) if reader is not None else []}
    return render(request, "governance/importing.html", context, status=422 if "error" in context else 200)


def _address(row: SheetImport) -> str:
    return reverse("governance:import-file", args=[row.code])


@require_http_methods(["GET", "POST"])
def one_file(request: HttpRequest, code: str) -> HttpResponse:
    """The columns to choose, or how far it is and what was refused; POST lets the rows come in."""
    by, person = _importer(request)
    row = events.find_import(code, person)
    context: dict[str, Any] = {}
    if request.method == "POST":
        mapping = _mapping(request, len(row.headings)) or row.mapping
        try:
            events.start_import(row, mapping, by=by)
            return HttpResponseRedirect(_address(row))
        except ProblemError as error:
            if error.status == 403:
                raise
            row.mapping = mapping
            context = {"error": in_words(error.problems[0])}
    is_part = request.headers.get("HX-Target") == PART
    template = "governance/import_progress.html" if is_part else "governance/import_file.html"
    context |= _shown(row)
    return render(request, template, context, status=422 if "error" in context else 200)


def _mapping(request: HttpRequest, columns: int) -> dict[str, int]:
    """The columns that were chosen, counted from nought; a field without one is left out."""
    chosen = {name: request.POST.get(f"column_{name}", "") for name in HEADINGS}
    numbers = {name: int(value) for name, value in chosen.items() if value.isdecimal() and len(value) < 4}
    return {name: number for name, number in numbers.items() if number < columns}


def _shown(row: SheetImport) -> dict[str, Any]:
    """What the page shows of an import, whatever its state."""
    if row.state == SheetState.DRAFT:
        first = row.rows.order_by("number")[:SHOWN]
        return {"sheet": row, "choices": _choices(row), "rows": [(one.number, one.cells) for one in first]}
    counts = events.progress_of(row)
    done = row.total - counts[RowState.WAITING]
    refused = row.rows.filter(state=RowState.REFUSED).order_by("number")[:MOST_REFUSED]
    return {
        "sheet": row,
        "counts": counts,
        "done": done,
        "is_running": row.state == SheetState.RUNNING,
        "problem": in_words(restored(row.problem)) if row.problem else "",
        "refused": [one for kept_row in refused for one in _refusals(kept_row)],
        "most": MOST_REFUSED,
    }


def _choices(row: SheetImport) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": LABELS[name],
            "options": [
                (at, heading, row.mapping.get(name) == at) for at, heading in enumerate(row.headings)
            ],
        }
        for name in HEADINGS
    ]


def _refusals(row: SheetRow) -> list[Refusal]:
    problems = [restored(one) for one in row.problems]
    return [
        Refusal(row.number, LABELS.get(one.where.field or "", one.where.field or ""), in_words(one))
        for one in problems
    ]


@require_safe
def refused_rows(request: HttpRequest, code: str) -> HttpResponseBase:
    """The refused rows as they stood in the file, each with its reasons: to mend and import again."""
    _by, person = _importer(request)
    row = events.find_import(code, person)
    columns: list[Column[SheetRow]] = [
        *(
            Column(f"c{at}", heading or "–", lambda one, at=at: (one.cells + [""] * (at + 1))[at])  # type: ignore[misc]
            for at, heading in enumerate(row.headings)
        ),
        Column("row", _("Row in the file"), lambda one: one.number),
        Column(
            "why",
            _("Why it was refused"),
            lambda one: " ".join(f"{told.field}: {told.words}" for told in _refusals(one)),
        ),
    ]
    wanted = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    return export("refused", columns, row.rows.filter(state=RowState.REFUSED).order_by("number"), wanted)

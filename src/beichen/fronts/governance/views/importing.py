"""`/console/import`: a file of reports, its columns mapped to fields, and what came of every row."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from beichen.hubs.events.service import HEADINGS, TAKE, guess, read_sheet, take_sheet
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError
from beichen.web.wording import in_words

SHOWN, MOST_REFUSED = 5, 200
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


@require_http_methods(["GET", "POST"])
def take_file(request: HttpRequest) -> HttpResponse:
    """Ask for a file; with one show what its columns may be; with those and the file again take it in."""
    by = access.acting(request)
    access.require(by, TAKE)
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            context = _taken(request, by)
        except ProblemError as error:
            if error.status == 403:
                raise
            context = {"error": in_words(error.problems[0])}
    return render(request, "governance/importing.html", context, status=422 if "error" in context else 200)


def _taken(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """What the page shows of the file. Raises ProblemError EVT-408."""
    file = request.FILES.get("file")
    if file is None:
        return {"error": _("Choose a file.")}
    sheet = read_sheet(file.read(), file.name or "file.csv")
    mapping = _mapping(request, len(sheet.headings)) or guess(sheet.headings)
    context = _columns(sheet.headings, sheet.rows, mapping)
    if "take" in request.POST:
        result = take_sheet(sheet, mapping, by=by)
        refused = sorted(result.refused, key=lambda one: one.where.row or 0)
        context |= {"result": result, "refused": [_told(one) for one in refused[:MOST_REFUSED]]}
    return context


def _mapping(request: HttpRequest, columns: int) -> dict[str, int]:
    """The columns that were chosen, counted from nought; a field without one is left out."""
    chosen = {name: request.POST.get(f"column_{name}", "") for name in HEADINGS}
    numbers = {name: int(value) for name, value in chosen.items() if value.isdecimal() and len(value) < 4}
    return {name: number for name, number in numbers.items() if number < columns}


def _columns(
    headings: list[str], rows: list[tuple[int, list[str]]], mapping: dict[str, int]
) -> dict[str, Any]:
    choices = [
        {
            "name": name,
            "label": LABELS[name],
            "options": [(at, heading, mapping.get(name) == at) for at, heading in enumerate(headings)],
        }
        for name in HEADINGS
    ]
    return {"headings": headings, "rows": rows[:SHOWN], "count": len(rows), "choices": choices}


def _told(problem: Problem) -> dict[str, Any]:
    field = problem.where.field or ""
    return {"row": problem.where.row, "field": LABELS.get(field, field), "words": in_words(problem)}

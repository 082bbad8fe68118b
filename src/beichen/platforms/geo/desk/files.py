"""`/layers/uploads`: the files that were brought, how far each is, and what was found in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, require
from beichen.platforms.geo import service
from beichen.platforms.geo.desk.crumbs import crumbs
from beichen.platforms.geo.models import Upload, UploadState
from beichen.platforms.geo.uploads.report import Line
from beichen.problem import remembered, restored
from beichen.web.exports import export
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import in_words, place, worded

LANGUAGES = {"zh": "zh-hans", "en": "en"}
STATES = {
    UploadState.WAITING: _("Waits to be read"),
    UploadState.READING: _("Being read"),
    UploadState.DONE: _("Read"),
    UploadState.REFUSED: _("Sent back"),
}
OUTCOMES = {"repaired": _("Repaired"), "refused": _("Sent back"), "noted": _("Remarked")}


def _upload_link(row: Upload) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("layers:upload", args=[row.code]), row.name)


UPLOADS: list[Column[Upload]] = [
    Column("name", _("File of the layer"), lambda row: row.name, _upload_link, ("name",), is_header=True),
    Column("layer", _("Layer"), lambda row: row.facts.get("key", "")),
    Column("state", _("State"), lambda row: str(STATES[UploadState(row.state)]), sort=("state",)),
    Column("kept", _("Features taken"), lambda row: row.kept, is_number=True, sort=("kept",)),
    Column("repaired", _("Features repaired"), lambda row: row.repaired, is_number=True, sort=("repaired",)),
    Column("refused", _("Features refused"), lambda row: row.refused, is_number=True, sort=("refused",)),
    Column(
        "at",
        _("Brought at"),
        lambda row: row.brought_at,
        lambda row: f"{timezone.localtime(row.brought_at):%Y-%m-%d %H:%M}",
        ("brought_at",),
    ),
]


@require_safe
def uploads(request: HttpRequest) -> HttpResponseBase:
    """The files that were brought."""
    by = acting(request)
    require(by, service.WRITE)
    states = Filter("state", _("State"), "state", [(key.value, word) for key, word in STATES.items()])
    found: Table[Upload] = Table(
        "uploads", _("Files brought"), service.uploads_for(by), UPLOADS, [states], ("name", "code")
    )
    context = {"crumbs": crumbs(Link(_("Files brought"))), "title": _("Files brought")}
    return answer(request, found, "platforms_geo/uploads.html", context)


@require_safe
def upload(request: HttpRequest, code: str) -> HttpResponseBase:
    """How far a file is, and what was found in it."""
    by = acting(request)
    require(by, service.WRITE)
    row = service.find_upload(code, by=by)
    context = {
        "row": row,
        "state": STATES[UploadState(row.state)],
        "is_open": row.state in (UploadState.WAITING, UploadState.READING),
        "lines": [in_language(line) for line in row.problems],
        "share": row.read / row.expected if row.expected else 0,
        "crumbs": crumbs(Link(_("Files brought"), reverse("layers:uploads")), Link(row.name)),
    }
    part = "platforms_geo/progress.html" if request.headers.get("HX-Request") else "platforms_geo/upload.html"
    return render(request, part, context)


def in_language(line: Line) -> dict[str, str]:
    """A line of a report in the active language; what was kept before sentences had a memory is English."""
    where, reason = line["where"], str(line["reason"])
    if "problem" in line:
        problem = restored(line["problem"])
        where, reason = place(problem.where), f"{problem.code} {in_words(problem)}"
    elif "said" in line:
        reason = worded(remembered(line["said"]))
    outcome = str(OUTCOMES.get(line["outcome"], line["outcome"]))
    return {
        **{name: line[name] for name in ("feature", "key")},
        "where": where,
        "word": outcome,
        "reason": reason,
    }


REPORT: list[Column[dict[str, str]]] = [
    Column("feature", _("Feature"), lambda line: line["feature"], is_header=True),
    Column("where", _("Line or row"), lambda line: line["where"]),
    Column("key", _("Key"), lambda line: line["key"]),
    Column("outcome", _("Outcome"), lambda line: line["word"]),
    Column("reason", _("Reason for it"), lambda line: line["reason"]),
]


@require_safe
def report(request: HttpRequest, code: str) -> HttpResponseBase:
    """The whole report as CSV, in the reader's language or in the one that `lang` names."""
    by = acting(request)
    require(by, service.WRITE)
    row = service.find_upload(code, by=by)
    language = LANGUAGES.get(request.GET.get("lang", ""), get_language() or "en")
    with override(language):
        columns = [replace(column, title=str(column.title)) for column in REPORT]
    return export(f"report-{row.code}", columns, _said_in(language, service.report_of(row)), "csv")


def _said_in(language: str, lines: Iterator[Line]) -> Iterator[dict[str, str]]:
    for line in lines:
        with override(language):  # the rows are sent after the view has answered
            said = in_language(line)
        yield said

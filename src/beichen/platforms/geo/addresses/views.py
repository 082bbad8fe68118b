"""`/addresses`: the address library for its stewards: the list, trying a match, files, corrections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region, RegionLevel
from beichen.platforms.geo.addresses import batch, library
from beichen.platforms.geo.addresses.forms import LibraryForm, MatchForm, SheetForm, correction_of
from beichen.platforms.geo.addresses.matching import Match, match
from beichen.platforms.geo.addresses.models import Address, AddressKind, Standing
from beichen.platforms.geo.addresses.sheets import Taken, take_sheet
from beichen.platforms.geo.addresses.words import AGREEMENTS, FIELDS, PARTS, PRECISIONS, reason_words
from beichen.platforms.geo.coordinates import Datum
from beichen.platforms.geo.rights import WRITE_ADDRESSES
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, State, Table, answer
from beichen.web.wording import in_words


def _link(row: Address) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("platforms_geo:address", args=[row.code]), row.text)


COLUMNS: list[Column[Address]] = [
    Column("text", FIELDS["text"], lambda row: row.text, _link, is_header=True),
    Column("name", FIELDS["name"], lambda row: row.name),
    Column("kind", pgettext("address", "Kind"), lambda row: str(AddressKind(row.kind).label)),
    Column("region", pgettext("place", "Region"), lambda row: row.region.name if row.region else ""),
    Column("standing", FIELDS["standing"], lambda row: str(Standing(row.standing).label)),
    Column("code", pgettext("address", "Code"), lambda row: row.code, sort=("code",)),
    Column("source", FIELDS["source"], lambda row: row.source),
    Column("licence", FIELDS["licence"], lambda row: row.licence, is_exported_only=True),
    Column(
        "longitude", FIELDS["longitude"], lambda row: row.longitude, is_number=True, is_exported_only=True
    ),
    Column("latitude", FIELDS["latitude"], lambda row: row.latitude, is_number=True, is_exported_only=True),
]


@dataclass(frozen=True, slots=True)
class AddressTable(Table[Address]):
    """The library; words are looked up by the index of n-grams."""

    def select(self, chosen: State) -> Any:
        """The rows of a state."""
        rows = library.searched(self.rows, chosen.query)
        for item in self.filters:
            if item.key in chosen.filters:
                value = chosen.filters[item.key]
                if item.key == "region":
                    value = Region.objects.get(code=value).path
                rows = rows.filter(**{item.field: value})
        return rows.order_by("-code" if chosen.sort == "-code" else "code")


def _filters() -> list[Filter]:
    counties = Region.objects.filter(level=RegionLevel.COUNTY, is_current=True).order_by("code")
    return [
        Filter("kind", pgettext("address", "Kind"), "kind", AddressKind.choices),
        Filter("standing", FIELDS["standing"], "standing", Standing.choices),
        Filter(
            "region",
            pgettext("place", "Region"),
            "region__path__under",
            list(counties.values_list("code", "name")[:200]),
        ),
    ]


def _steward(request: HttpRequest) -> Actor:
    by = acting(request)
    require(by, WRITE_ADDRESSES)
    return by


@require_safe
def addresses(request: HttpRequest) -> HttpResponseBase:
    """The list, and what the text in the box means."""
    by = _steward(request)
    table = AddressTable(
        "addresses", _("Standard addresses"), library.addresses(by=by), COLUMNS, _filters(), ("text",)
    )
    form = MatchForm(request.GET if "text" in request.GET else None)
    found = match(form.cleaned_data["text"], by=by) if form.is_bound and form.is_valid() else None
    context = {
        "match_form": form,
        "found": _found(found) if found else None,
        "sheet_form": SheetForm(),
        "library_form": LibraryForm(),
        "sheets": batch.sheets_of(by),
    }
    return answer(request, table, "platforms_geo/addresses.html", context)


def _found(found: Match) -> dict[str, Any]:
    """A match in words."""
    parts = found.parts.as_dict()
    return {
        "match": found,
        "score": round(found.score * 100),
        "precision": PRECISIONS[found.precision],
        "parts": [(PARTS[name], parts[name]) for name in PARTS if name in parts and name != "text"],
        "reasons": [
            {"part": PARTS[one.part], "how": AGREEMENTS[one.how], "found": one.found} for one in found.reasons
        ],
        "others": found.others,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, code: str) -> HttpResponse:
    """One address with its history; a correction of it."""
    by = _steward(request)
    row = library.find_address(code, by=by)
    form = correction_of(row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            library.correct_address(
                code, form.changes(), by=by, reason=values["reason"], version=values["version"]
            )
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, say("The address was corrected; what it was is kept."))
            return HttpResponseRedirect(reverse("platforms_geo:address", args=[code]))
    context = {
        "row": row,
        "kind": AddressKind(row.kind).label,
        "standing": Standing(row.standing).label,
        "form": form if decide(by, WRITE_ADDRESSES, row) else None,
        "versions": [_version(one) for one in library.versions_of(row)],
        "crumbs": [Link(_("Standard addresses"), reverse("platforms_geo:addresses")), Link(row.text)],
    }
    return render(request, "platforms_geo/address.html", context, status=422 if form.errors else 200)


def _version(one: Any) -> dict[str, Any]:
    return {
        "number": one.version,
        "until": f"{timezone.localtime(one.until):%Y-%m-%d %H:%M}",
        "by": one.changed_by,
        "reason": reason_words(one.reason),
        "values": [
            (FIELDS[name], one.values.get(name)) for name in ("text", "name", "longitude", "latitude")
        ],
    }


@require_POST
def begin_sheet(request: HttpRequest) -> HttpResponse:
    """A file to be matched by a job."""
    by = _steward(request)
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > batch.MOST_BYTES:
                batch.refuse_size()
            sheet = batch.begin_sheet(file.read(), file.name, by=by, column=form.cleaned_data["column"])
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("platforms_geo:sheet", args=[sheet.code]))
    context = {"form": form, "title": _("Match a file"), "action": reverse("platforms_geo:begin_sheet")}
    return _file_page(request, context)


@require_POST
def take_file(request: HttpRequest) -> HttpResponse:
    """A file of addresses for the library; the report of what came of it."""
    by = _steward(request)
    form = LibraryForm(request.POST, request.FILES)
    taken: Taken | None = None
    if form.is_valid():
        values = form.cleaned_data
        file = values["sheet"]
        try:
            if file.size > batch.MOST_BYTES:
                batch.refuse_size()
            taken = take_sheet(
                file.read(),
                file.name,
                by=by,
                source=values["source"],
                licence=values["licence"],
                datum=Datum(values["datum"]),
            )
        except ProblemError as error:
            form.take(error)
    context = {"form": form, "title": _("Take addresses in"), "action": reverse("platforms_geo:take_file")}
    if taken is not None:
        context["taken"] = taken.changes.counts() | {"rows": taken.rows}
        context["problems"] = [(str(one.where), in_words(one)) for one in taken.problems]
    return _file_page(request, context)


def _file_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    crumbs = [Link(_("Standard addresses"), reverse("platforms_geo:addresses")), Link(context["title"])]
    status = 422 if context["form"].errors else 200
    return render(request, "platforms_geo/file.html", {**context, "crumbs": crumbs}, status=status)


@require_safe
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """How far a file is, and its result."""
    by = _steward(request)
    row = batch.find_sheet(code, by=by)
    done = row.matched + row.refused
    context = {
        "row": row,
        "state": row.get_state_display(),
        "done": done,
        "is_running": row.state == "running",
        "crumbs": [Link(_("Standard addresses"), reverse("platforms_geo:addresses")), Link(row.name)],
    }
    return render(request, "platforms_geo/sheet.html", context)


@require_safe
def sheet_rows(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The result as a file; with ``refused`` those rows alone that found nothing."""
    row = batch.find_sheet(code, by=_steward(request))
    lines = batch.lines_of(row, only_refused=bool(request.GET.get("refused")))
    response = StreamingHttpResponse(_marked(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.code}.csv"'
    return response


def _marked(lines: Any) -> Any:
    yield "\ufeff"  # spreadsheets take a file without it for the system's own encoding
    yield from lines

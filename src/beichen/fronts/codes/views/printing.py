"""`/codes/print`: prints and asking for one; `…/CODE`: its progress, its labels, its PDF; a label as a
picture."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.codes import service
from beichen.fronts.codes.forms import PrintForm
from beichen.fronts.codes.labels import LAYOUTS
from beichen.fronts.codes.models import PrintedLabel, PrintRun, RunState
from beichen.fronts.codes.printing import run_pdf
from beichen.fronts.codes.problems import NOT_PRINTED, wrong
from beichen.fronts.codes.stickers import picture, printable, sticker_address
from beichen.fronts.codes.wording import badge, is_english, moment
from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.org.service import city_region, subregions
from beichen.problem import ProblemError, said
from beichen.registry.models import Kind, ObjectType
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

RATE = "20/hour"
FORMS = {"svg": "image/svg+xml", "png": "image/png"}
TONES = {RunState.WAITING: "behind", RunState.READY: "on-course", RunState.FAILED: "missed"}
MOST_TYPES = 500
PROGRESS = "print-progress"


def _state(row: PrintRun) -> SafeString:
    state = RunState(row.state)
    return badge(TONES[state], state.label)


def _code(row: PrintRun) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("codes:run", args=[row.code]), row.code)


def _sheet(row: PrintRun) -> str:
    return str(LAYOUTS[row.layout].name) if row.layout in LAYOUTS else row.layout


def _type_name(row: ObjectType) -> str:
    return (row.name_en if is_english() else row.name) or row.key


def _choice(row: PrintRun, names: Mapping[str, str]) -> str:
    """What was chosen, in words; ``names`` of types by their keys."""
    key = str(row.choice.get("type", ""))
    words = [
        names.get(key, key),
        row.region.name if row.region and "region" in row.choice else "",
        str(row.choice.get("text", "")),
    ]
    return " · ".join(word for word in words if word)


COLUMNS: list[Column[PrintRun]] = [
    Column("code", gettext_lazy("Print"), lambda row: row.code, _code, ("code",), is_header=True),
    Column("sheet", pgettext("print", "Sheet"), _sheet, sort=("layout",)),
    Column("total", gettext_lazy("Labels"), lambda row: row.total, sort=("total",), is_number=True),
    Column(
        "state", pgettext("print", "State"), lambda row: str(RunState(row.state).label), _state, ("state",)
    ),
    Column(
        "at", gettext_lazy("Asked at"), lambda row: row.made_at, lambda row: moment(row.made_at), ("made_at",)
    ),
    Column("by", gettext_lazy("Ordered by"), lambda row: row.made_by_name, sort=("made_by_name",)),
]
LABEL_COLUMNS: list[Column[PrintedLabel]] = [
    Column("place", gettext_lazy("Label"), lambda row: row.place, sort=("place",), is_header=True),
    Column("code", pgettext("sticker", "Code"), lambda row: row.code, sort=("code",)),
    Column("name", gettext_lazy("What it is on"), lambda row: row.name, sort=("name",)),
    Column("edition", gettext_lazy("Edition"), lambda row: row.edition, sort=("edition",), is_number=True),
]


def _columns(names: Mapping[str, str]) -> list[Column[PrintRun]]:
    choice: Column[PrintRun] = Column(
        "choice", gettext_lazy("What was chosen"), lambda row: _choice(row, names)
    )
    return [COLUMNS[0], choice, *COLUMNS[1:]]


def _names() -> dict[str, str]:
    return {row.key: _type_name(row) for row in ObjectType.objects.filter(is_declared=True)[:MOST_TYPES]}


def _form(data: object = None) -> PrintForm:
    kinds = ObjectType.objects.filter(is_declared=True).exclude(kind=Kind.PERSON)[:MOST_TYPES]
    types = [(row.key, _type_name(row)) for row in kinds]
    city = city_region()
    regions = [(row.code, row.name) for row in (city, *subregions(city))] if city else []
    return PrintForm(types, regions, data)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """The prints, and asking for one."""
    by = acting(request)
    rows = service.runs(by=by)
    form = _form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        codes = tuple(given["codes"].split())
        try:
            check_rate("codes.print", by.key, RATE)
            choice = service.Choice(given["type"], given["region"], given["text"].strip(), codes)
            row = service.order_print(choice, given["layout"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("codes:run", args=[row.code]))
    filters = [
        Filter("state", pgettext("print", "State"), "state", RunState.choices),
        Filter(
            "sheet", pgettext("print", "Sheet"), "layout", [(one.key, one.name) for one in LAYOUTS.values()]
        ),
    ]
    table: Table[PrintRun] = Table(
        "prints", _("Prints"), rows, _columns(_names()), filters, ("code", "made_by_name")
    )
    response = answer(request, table, "codes/print.html", {"form": form})
    response.status_code = 422 if form.errors else response.status_code
    return response


@never_cache
@require_safe
def run(request: HttpRequest, code: str) -> HttpResponseBase:
    """A print: how far it is, what is on it."""
    row = service.find_run(code, by=acting(request))
    context = {
        "run": row,
        "state": _state(row),
        "sheet": _sheet(row),
        "choice": _choice(row, _names()),
        "is_running": row.state == RunState.WAITING,
        "crumbs": [Link(_("Print codes"), reverse("codes:print")), Link(row.code)],
    }
    if request.headers.get("HX-Target") == PROGRESS:
        response: HttpResponseBase = render(request, "codes/progress.html", context)
        if row.state != RunState.WAITING:
            response["HX-Refresh"] = "true"
        return response
    rows = PrintedLabel.objects.filter(run=row)
    table: Table[PrintedLabel] = Table("labels", _("Labels"), rows, LABEL_COLUMNS, (), ("code", "name"))
    return answer(request, table, "codes/run.html", context)


@never_cache
@require_safe
def pdf(request: HttpRequest, code: str) -> HttpResponseBase:
    """The sheets."""
    row = service.find_run(code, by=acting(request))
    response = StreamingHttpResponse(run_pdf(row), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="codes-{row.code}.pdf"'
    return response


@never_cache
@require_safe
def label(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A code as SVG or PNG."""
    if form not in FORMS:
        raise wrong(NOT_PRINTED, "form", said("svg or png"))
    row = printable(code, by=acting(request))
    response = HttpResponse(picture(sticker_address(row.code), form), content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{row.code}.{form}"'
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response

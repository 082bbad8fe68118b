"""`/analysis`: choose an analysis and its layers, ask; the reader's own results beneath."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from beichen.kernel.access.service import acting, require, visible
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.analysis import service
from beichen.platforms.geo.analysis.forms import LAYER_LIST, AnalysisForm
from beichen.platforms.geo.analysis.kinds import KINDS, Kind
from beichen.platforms.geo.analysis.models import Run, RunState
from beichen.platforms.geo.pages import Bounds, drawing
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, State, Table, TablePage, answer

FIRST = "gaps"
MOST_PROPOSED = 500
STATES = {
    RunState.WAITING.value: _("In the queue"),
    RunState.RUNNING.value: _("Being analysed"),
    RunState.DONE.value: _("Done"),
    RunState.REFUSED.value: _("Sent back"),
}


def title_of(row: Run) -> str:
    """What a run is called: its own title, or its analysis."""
    return row.title or str(KINDS[row.kind].title if row.kind in KINDS else row.kind)


def _link(row: Run) -> SafeString:
    address = reverse("platforms_geo_analysis:run", args=[row.code])
    return format_html('<a href="{}">{}</a>', address, title_of(row))


def runs_table(rows: Any, kept: dict[str, str]) -> Table[Run]:
    """The reader's own runs."""
    kinds = [(kind.key, kind.title) for kind in KINDS.values()]
    names = dict(kinds)
    columns: list[Column[Run]] = [
        Column("title", _("Result"), title_of, _link, ("title",), is_header=True),
        Column("of", _("Analysis"), lambda row: str(names.get(row.kind, row.kind)), sort=("kind",)),
        Column("state", _("Progress"), lambda row: str(STATES[row.state]), sort=("state",)),
        Column("rows", _("Rows"), lambda row: row.row_count, sort=("row_count",), is_number=True),
        Column(
            "at",
            _("Asked on"),
            lambda row: f"{timezone.localtime(row.asked_at):%Y-%m-%d %H:%M}",
            sort=("asked_at",),
        ),
    ]
    filters = [
        Filter("of", _("Analysis"), "kind", kinds),
        Filter("state", _("Progress"), "state", list(STATES.items())),
    ]
    return Table(
        "analyses", _("Your results"), rows, columns, filters, ("title", "code"), page_size=20, kept=kept
    )


def map_context(request: HttpRequest, bounds: Bounds | None = None) -> dict[str, Any]:
    """Variables of the sheet; empty where the reader sees no map."""
    drawn = drawing(list(visible(acting(request), geo.READ, geo.layers())))
    if drawn is None:
        return {}
    shown = bounds or drawn.sheet.bounds
    view_box = drawn.view_box(shown)
    wide, high = map(float, view_box.split()[2:])
    return {
        "drawing": drawn,
        "bounds": str(shown),
        "view_box": view_box,
        "label_size": f"{max(wide, high * 1.2) * 0.018:.2f}",
    }


def _proposed(request: HttpRequest) -> list[tuple[str, str]]:
    """Layers that the reader may name, each with what it is called."""
    is_english = get_language() == "en"
    rows = geo.layers_for(acting(request))[:MOST_PROPOSED]
    return [(row.key, (row.name_en if is_english else row.name) or row.key) for row in rows]


def _kind(request: HttpRequest) -> Kind:
    return service.kind_of(request.GET.get("kind", FIRST))


def _tabs(chosen: Kind) -> list[Link]:
    base = reverse("platforms_geo_analysis:analysis")
    return [Link(kind.title, f"{base}?kind={kind.key}", kind.key == chosen.key) for kind in KINDS.values()]


@require_http_methods(["GET", "HEAD", "POST"])
def analysis(request: HttpRequest) -> HttpResponseBase:
    """The form of the chosen analysis; POST asks it and leads to its result."""
    by = acting(request)
    require(by, service.RUN)
    kind = _kind(request)
    form = AnalysisForm(
        request.POST if request.method == "POST" else None, kind=kind, initial=request.GET.dict()
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = service.ask(kind.key, form.values(), by=by, title=form.cleaned_data.get("title", ""))
            return HttpResponseRedirect(reverse("platforms_geo_analysis:run", args=[row.code]))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
    context = {
        "kind": kind,
        "kinds": _tabs(kind),
        "form": form,
        "layer_list": LAYER_LIST,
        "proposed": _proposed(request),
        **map_context(request),
    }
    table = runs_table(service.runs_of(by), {"kind": kind.key})
    if form.is_bound:
        context["table"] = TablePage(table, State.of(request, table))
        return render(request, "platforms_geo_analysis/analysis.html", context, status=422)
    return answer(request, table, "platforms_geo_analysis/analysis.html", context)

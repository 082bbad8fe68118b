"""`/analysis/runs/CODE`: a result on the map and as a table, with its sources; GeoJSON, CSV and Excel."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
import shapely
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.platforms.geo.analysis import service
from beichen.platforms.geo.analysis.api import collection
from beichen.platforms.geo.analysis.kinds import KINDS
from beichen.platforms.geo.analysis.models import Run, RunState
from beichen.platforms.geo.analysis.views.asking import STATES, map_context, title_of
from beichen.platforms.geo.pages import Bounds
from beichen.platforms.geo.service import WRITE
from beichen.problem import restored
from beichen.web.links import Link
from beichen.web.tables import Column, Table, answer
from beichen.web.wording import in_words, worded

PART = "run-progress"
UNITS = {"m": "m", "m2": "m²", "/km2": "/km²", "min": "min", "%": "%"}
LONG = ("missing_needs", "roads")  # columns that hold many words
EDGE = 0.004  # degrees round a result


def _titled(column: dict[str, Any]) -> str:
    words = str(column["title_en"] if get_language() == "en" else column["title"])
    unit = UNITS.get(column["unit"], column["unit"])
    return f"{words} ({unit})" if unit else words


class _Row:
    """A row of the result whose columns are attributes, as declared tables search them."""

    def __init__(self, properties: dict[str, Any]) -> None:
        self.__dict__.update(properties)


def _table(row: Run) -> Table[_Row]:
    document = orjson.loads(gzip.decompress(service.result_of(row)))
    rows = [_Row(feature["properties"]) for feature in document["features"]]
    told = row.facts["columns"]
    columns: list[Column[_Row]] = [
        Column(
            one["name"],
            _titled(one),
            lambda item, name=one["name"]: getattr(item, name, None),  # type: ignore[misc]
            _shown(row, one["name"]),
            (one["name"],),
            is_number=one["is_number"],
            is_header=at == 0,
        )
        for at, one in enumerate(told)
    ]
    words = tuple(one["name"] for one in told if not one["is_number"])
    return Table(f"analysis-{row.code.lower()}", title_of(row), rows, columns, (), words, page_size=25)


def _in_words(value: str) -> str:
    """A kind of row, or a verdict, for people."""
    kind, _dash, sure = value.partition("-")
    if kind == "hot":
        return _("Hot spot, %(sure)s %%") % {"sure": sure}
    if kind == "cold":
        return _("Cold spot, %(sure)s %%") % {"sure": sure}
    return {"area": _("Area"), "gap": _("Uncovered area"), "none": _("Not significant")}.get(value, value)


def _shown(row: Run, name: str) -> Any:
    if name in LONG:
        return lambda item: format_html(
            '<span class="analysis-words">{}</span>', getattr(item, name, "") or "–"
        )
    if name not in ("what", "verdict"):
        return None
    return lambda item: _in_words(str(getattr(item, name, "") or ""))


def _bounds(row: Run) -> Bounds | None:
    document = orjson.loads(gzip.decompress(service.result_of(row)))
    west, south, east, north = 180.0, 90.0, -180.0, -90.0
    for x, y in _positions([feature["geometry"] for feature in document["features"]]):
        west, east, south, north = min(west, x), max(east, x), min(south, y), max(north, y)
    return Bounds(west - EDGE, south - EDGE, east + EDGE, north + EDGE) if west <= east else None


def _positions(geometries: list[Any]) -> Any:
    shapes = shapely.from_geojson([orjson.dumps(one).decode() for one in geometries if one])
    boxes = shapely.bounds(shapes)
    boxes = boxes[~shapely.is_empty(shapes)]
    return [*map(tuple, boxes[:, :2].tolist()), *map(tuple, boxes[:, 2:].tolist())]


def _context(request: HttpRequest, row: Run) -> dict[str, Any]:
    kind = KINDS.get(row.kind)
    base = reverse("platforms_geo_analysis:analysis")
    titles = {one.name: str(one.title) for one in kind.parameters} if kind else {}
    values = [
        (titles.get(name, name), "; ".join(map(_word, value)) if isinstance(value, list) else _word(value))
        for name, value in row.parameters.items()
        if value not in ("", [], None, False)
    ]
    return {
        "row": row,
        "title": title_of(row),
        "about": kind.about if kind else "",
        "state": STATES[row.state],
        "is_waiting": row.state in (RunState.WAITING, RunState.RUNNING),
        "percent": round(row.progress * 100),
        "problems": [in_words(restored(one)) for one in row.problems],
        "values": values,
        "crumbs": [Link(_("Spatial analysis"), base), Link(title_of(row))],
        "again": f"{base}?kind={row.kind}",
    }


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "✓"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(_word, value)) if isinstance(value, list | tuple) else str(value)


@require_safe
def run(request: HttpRequest, code: str) -> HttpResponseBase:
    """The result, or how far it is."""
    row = service.find_run(code, by=acting(request))
    context = _context(request, row)
    if row.state != RunState.DONE:
        return render(request, "platforms_geo_analysis/run.html", context)
    context |= map_context(request, _bounds(row))
    context |= {
        "drawn": {name: row.facts[name] for name in ("drawn", "tones")} | {"kind": row.kind},
        "may_keep": bool(decide(acting(request), WRITE)),
        "notes": [worded(note) for note in service.notes_of(row)],
        "sources": row.facts["sources"],
    }
    return answer(request, _table(row), "platforms_geo_analysis/run.html", context)


@require_safe
def state(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is, for a page that waits: once it is done, the whole page is asked for again."""
    row = service.find_run(code, by=acting(request))
    response = render(request, "platforms_geo_analysis/progress.html", _context(request, row))
    if row.state not in (RunState.WAITING, RunState.RUNNING):
        response["HX-Redirect"] = reverse("platforms_geo_analysis:run", args=[row.code])
    return response


@require_POST
def keep(request: HttpRequest, code: str) -> HttpResponse:
    """Bring the result in as a layer, and show how far that is."""
    by = acting(request)
    upload = service.keep_as_layer(service.find_run(code, by=by), by=by)
    return HttpResponseRedirect(reverse("layers:upload", args=[upload.code]))


@require_safe
def features(request: HttpRequest, code: str) -> HttpResponse:
    """The result as a file of GeoJSON; for the map of its page without `download`."""
    row = service.find_run(code, by=acting(request))
    found = collection(request, service.result_of(row))
    if "download" in request.GET:
        found["Content-Disposition"] = f'attachment; filename="analysis-{row.code}.geojson"'
    return found

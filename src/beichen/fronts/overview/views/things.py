"""`/screen/things/KEY`: things of a layer as a list; `/screen/things.json`: those in a part of the map."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_safe

from beichen.fronts.overview.object import address_of
from beichen.fronts.overview.service import READ
from beichen.fronts.overview.things import (
    MOST_DRAWN,
    MOST_LISTED,
    Box,
    Layer,
    Thing,
    features,
    layers,
    things_of,
    tone_choices,
)
from beichen.kernel.access.service import acting, require
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

DEMO = [("yes", _("Demo")), ("no", _("Not of the demonstration"))]
BAD_BOX = code("OVW-102", "The box of a part of the map does not fit.", status=422)


def language() -> str:
    """Chinese or English."""
    return "en" if get_language() == "en" else "zh"


def found_layer(key: str, by: Actor) -> Layer:
    """The layer. Raises Http404 when there is none, or nothing of it is to be seen."""
    found = layers(by=by, language=language(), now=timezone.now(), key=key)
    if not found:
        raise Http404
    return found[0]


def badge(thing: Thing) -> SafeString:
    """How a thing stands, with its sign and colour."""
    context = {"tone": thing.tone, "label": thing.standing}
    return render_to_string("overview/standing.html", context)


def named(thing: Thing) -> SafeString:
    """Its name, which leads to its page; what the demonstration made says so."""
    mark = format_html(' <span class="badge">{}</span>', _("Demo")) if thing.is_demo else ""
    return format_html('<a href="{}">{}</a>{}', address_of(thing.code), thing.name, mark)


def moment(text: str) -> str:
    """A time of a reading as a list shows it, in the city's zone."""
    return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}" if text else ""


def _columns(layer: Layer) -> list[Column[Thing]]:
    heading = f"{layer.heading} ({layer.unit})" if layer.unit else layer.heading
    return [
        Column("name", pgettext("thing", "Name"), lambda row: row.name, named, ("name",), is_header=True),
        Column("standing", pgettext("thing", "How it stands"), lambda row: row.standing, badge, ("number",)),
        Column("value", heading, lambda row: row.value, lambda row: row.shown, ("value",), is_number=True),
        Column("at", _("Measured at"), lambda row: row.at, lambda row: moment(row.at), ("at",)),
        Column("foretold", _("Foretold"), lambda row: row.foretold),
        Column("region", _("Region"), lambda row: row.region, sort=("region",)),
        Column("code", _("Code"), lambda row: row.code, sort=("code",)),
        Column("demo", _("Demo"), lambda row: row.is_demo, is_exported_only=True),
        Column("longitude", _("Longitude"), lambda row: row.longitude, is_exported_only=True),
        Column("latitude", _("Latitude"), lambda row: row.latitude, is_exported_only=True),
    ]


@require_safe
def things(request: HttpRequest, key: str) -> HttpResponseBase:
    """The list: what the map shows, as a table; the same selection as a file."""
    by = acting(request)
    require(by, READ)
    layer = found_layer(key, by)
    rows, has_more = things_of(layer, by=by, limit=MOST_LISTED)
    regions = sorted({(row.region_code, row.region) for row in rows if row.region_code})
    filters = [
        Filter("standing", pgettext("thing", "How it stands"), "number", tone_choices(layer)),
        *([Filter("region", _("Region"), "region_code", regions)] if len(regions) > 1 else []),
        *([Filter("demo", _("Demo"), "demo", DEMO)] if len({row.is_demo for row in rows}) > 1 else []),
    ]
    table: Table[Thing] = Table(
        f"things-{key}", layer.title, rows, _columns(layer), filters, ("name", "code", "region")
    )
    context: dict[str, Any] = {
        "layer": layer,
        "legend": layer.legend(rows),
        "most": MOST_LISTED if has_more else 0,
        "crumbs": [Link(_("Overview"), reverse("overview:screen")), Link(layer.title)],
    }
    return answer(request, table, "overview/things.html", context)


def _box(text: str) -> Box:
    """West, south, east, north. Raises ProblemError OVW-102."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        message = said("bbox is not west,south,east,north")
        raise ProblemError(Problem(BAD_BOX, message, Where(field="bbox"), "bbox=125.2,43.8,125.4,44"))
    return west, south, east, north


@require_safe
def drawn(request: HttpRequest) -> HttpResponse:
    """The things of a layer (`layer`) in a box (`bbox`) as GeoJSON, with what each tone counts there."""
    by = acting(request)
    require(by, READ)
    box = _box(request.GET.get("bbox", ""))
    layer = found_layer(request.GET.get("layer", ""), by)
    found, has_more = things_of(layer, by=by, box=box, limit=MOST_DRAWN)
    content = {
        "type": "FeatureCollection",
        "features": features(found, layer),
        "legend": layer.legend(found),
        "more": has_more,
    }
    response = JsonResponse(content, content_type="application/geo+json")
    response["Cache-Control"] = "private, no-store"
    return response

"""`/screen/objects/CODE`: one object, the last step of the way from the city down, with its history."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.fronts.overview.models import ThingLayer
from beichen.fronts.overview.object import DAYS, Dossier, Kin, Measure, Step, address_of, called, dossier
from beichen.fronts.overview.screens.content import Area, Dot, Sheet
from beichen.fronts.overview.screens.looking import named
from beichen.fronts.overview.service import READ
from beichen.fronts.overview.views.things import language
from beichen.hubs.events.models import Case
from beichen.kernel.access.service import acting, decide, require, visible
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.pages import Bounds, drawing
from beichen.platforms.iot import service as iot
from beichen.registry.models import Object
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Rows, Table, answer

AROUND = 0.06  # degrees that are shown about its place
MOST_DEVICES = 20
NGSI = "/ngsi-ld/v1"


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


STEPS: list[Column[Step]] = [
    Column("at", _("Since"), lambda row: row.at, lambda row: _moment(row.at), ("at",)),
    Column("field", _("Field"), lambda row: row.field, sort=("field",), is_header=True),
    Column("value", _("Value"), lambda row: row.shown, sort=("shown",)),
]
MEASURES: list[Column[Measure]] = [
    Column("measure", _("Measure"), lambda row: row.name, is_header=True),
    Column("value", _("Value"), lambda row: row.shown, is_number=True),
    Column("at", _("Measured at"), lambda row: row.at, lambda row: _moment(row.at)),
    Column("source", _("Said by"), lambda row: row.source),
]


def _linked(row: Object) -> SafeString:
    return format_html('<a href="{}">{}</a>', address_of(row.code), called(row))


def _case(row: Case) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("governance:case", args=[row.code]), row.title)


KIN: list[Column[Kin]] = [
    Column("object", _("Object"), lambda one: called(one.row), lambda one: _linked(one.row), is_header=True),
    Column("type", _("Type"), lambda one: one.row.type.name or one.row.type.key),
    Column("how", _("Relation"), lambda one: one.how),
]
CASES: list[Column[Case]] = [
    Column("case", _("Case"), lambda row: row.title, _case, is_header=True),
    Column("stage", _("Stage"), lambda row: row.get_stage_display()),
    Column("opened", _("Came in"), lambda row: row.opened_at, lambda row: _moment(row.opened_at)),
]


@require_safe
def one_object(request: HttpRequest, code: str) -> HttpResponseBase:
    """The page; its history as a file."""
    by = acting(request)
    require(by, READ)
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(one) for one in DAYS} else DAYS[0]
    found = dossier(code, by=by, language=language(), days=days, now=timezone.now())
    fields = sorted({(one.key, one.field) for one in found.steps})
    table: Table[Step] = Table(
        "object-history",
        _("Every change"),
        found.steps,
        STEPS,
        [Filter("field", _("Field"), "key", fields)] if len(fields) > 1 else [],
        ("field", "shown"),
        kept={"days": str(days)},
    )
    context: dict[str, Any] = {
        "found": found,
        "row": found.row,
        "name": called(found.row),
        "region": named(found.row.region, language()),
        "days": days,
        "spans": DAYS,
        "measures": Rows(_now("Latest values"), MEASURES, found.measures),
        "kin": Rows(_now("Objects that name it"), KIN, found.kin),
        "cases": Rows(_now("Cases"), CASES, found.cases),
        "devices": _devices(found, by),
        "entity": f"{NGSI}/entities/{quote(found.row.urn)}",
        "entity_in_time": f"{NGSI}/temporal/entities/{quote(found.row.urn)}",
        "crumbs": _crumbs(found),
        **_map(found, by),
    }
    response = answer(request, table, "overview/object.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _devices(found: Dossier, by: Actor) -> list[Link]:
    """The devices that measure it, for whoever may see devices."""
    if not decide(by, iot.READ):
        return []
    rows = iot.devices(by=by).filter(thing=found.row)[:MOST_DEVICES]
    return [Link(row.name or row.code, reverse("platforms_iot:device", args=[row.code])) for row in rows]


def _crumbs(found: Dossier) -> list[Link]:
    """From the city over its parts down to the object; each part is a look at the city's pulse."""
    screen = reverse("overview:one-screen", args=["pulse"])
    links = [Link(_now("Overview"), reverse("overview:screen"))]
    path = found.row.region.path if found.row.region else ""
    codes = path.strip("/").split("/")[1:]
    above = {row.code: row for row in Region.objects.filter(code__in=codes)}
    links += [
        Link(named(above[code], language()), f"{screen}?region={code}") for code in codes if code in above
    ]
    layer = ThingLayer.objects.filter(type=found.row.type.key).first()
    if layer is not None:
        links.append(Link(layer.named(language()), reverse("overview:things", args=[layer.key])))
    return [*links, Link(called(found.row))]


def _map(found: Dossier, by: Actor) -> dict[str, Any]:
    """Where it is, on the drawn map and on the live one; nothing for what has no place."""
    if found.place is None or not decide(by, geo.READ):
        return {}
    drawn = drawing(list(visible(by, geo.READ, geo.layers())))
    if drawn is None:
        return {}
    x, y = found.place
    bounds = Bounds(x - AROUND, y - AROUND, x + AROUND, y + AROUND)
    view_box = drawn.view_box(bounds)
    size = max(float(one) for one in view_box.split()[2:])
    at = drawn.sheet.place(found.place)
    areas = [
        Area(one.code, one.name, one.path, one.x, one.y, 0, "", is_chosen=False, is_named=False)
        for one in drawn.districts
    ]
    dots = [Dot(round(at[0], 2), round(at[1], 2), "missed", called(found.row))]
    return {
        "sheet": Sheet(drawn, view_box, size, areas, dots),
        "bounds": str(bounds),
        "place": f"{x:.6f},{y:.6f}",
        "address_of_region": reverse("overview:one-screen", args=["pulse"]),
    }

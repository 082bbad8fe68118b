"""`/screens`: the screens that a reader may open; `/screens/KEY`: one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.fronts.overview.feed import feed_names
from beichen.fronts.overview.screens.hearing import heard_by, pause_of, subscription
from beichen.fronts.overview.screens.looking import PERIODS, Looking, look, named
from beichen.fronts.overview.screens.paper import places
from beichen.fronts.overview.screens.replaying import replay_of
from beichen.fronts.overview.screens.shelf import Shelved, screen, screens, sort_names
from beichen.fronts.overview.screens.titles import titles_of
from beichen.fronts.overview.screens.vocabulary import COLUMNS
from beichen.fronts.overview.service import READ, WRITE
from beichen.fronts.overview.views.things import language
from beichen.fronts.overview.views.tools import tools
from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.org.models import Region
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

WIDE_COLUMNS = 24
LEAST_ROTATION, MOST_ROTATION = 5, 3600


@dataclass(frozen=True, slots=True)
class Row:
    """A screen as the list shows it."""

    key: str
    name: str
    sort: str
    sort_name: str
    level: str
    body: str
    count: int


def _linked(row: Row) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("overview:one-screen", args=[row.key]), row.name)


COLUMNS_SHOWN: list[Column[Row]] = [
    Column("name", _("Screen"), lambda row: row.name, _linked, ("name",), is_header=True),
    Column("sort", _("Belongs to"), lambda row: row.sort_name, sort=("sort",)),
    Column("body", _("Body"), lambda row: row.body, sort=("body",)),
    Column("level", _("Level"), lambda row: row.level, sort=("level",)),
    Column("widgets", _("Widgets"), lambda row: row.count, sort=("count",), is_number=True),
    Column("key", _("Key"), lambda row: row.key, sort=("key",)),
]


@require_safe
def shelf(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file."""
    by = acting(request)
    require(by, READ)
    sorts, chosen = sort_names(), language()
    rows = [
        Row(
            one.key,
            one.screen.named(chosen),
            one.sort,
            sorts[one.sort],
            f"L{one.screen.level}",
            _body(one, chosen),
            len(one.screen.widgets),
        )
        for one in screens(by)
    ]
    filters = [Filter("sort", _("Belongs to"), "sort", list(sorts.items()))]
    table: Table[Row] = Table("screens", _("Screens"), rows, COLUMNS_SHOWN, filters, ("name", "key", "body"))
    crumbs = [Link(_now("Overview"), reverse("overview:screen")), Link(_now("Screens"))]
    context = {"crumbs": crumbs, "may_make": decide(by, WRITE)}
    return answer(request, table, "overview/screens.html", context)


def _body(one: Shelved, chosen: str) -> str:
    body = one.screen.body
    if body is None:
        return ""
    return str((body.name_en or body.name) if chosen == "en" else body.name)


def shelved(request: HttpRequest, key: str) -> tuple[Shelved, Looking]:
    """The screen, and how it is looked at. Raises Http404, ProblemError ACC-403 and OVW-104."""
    by = acting(request)
    require(by, READ)
    found = screen(key, by)
    if found is None:
        raise Http404
    asked = request.GET
    looking = look(
        by=by,
        region=asked.get("region", "") or found.region,
        period=asked.get("period", ""),
        at=_at(request),
        language=language(),
        seen=asked.get("seen", ""),
    )
    return found, looking


def _day(request: HttpRequest) -> str:
    """The day that is to be shown once more; empty where a moment is asked for, or now."""
    return "" if request.GET.get("at") else request.GET.get("replay", "")


def _at(request: HttpRequest) -> str:
    """The moment that the address asks for, or that of the day's hour. Raises ProblemError OVW-104."""
    day = _day(request)
    return replay_of(day, request.GET.get("step", "")).at if day else request.GET.get("at", "")


def state_of(request: HttpRequest, looking: Looking, **changes: str) -> str:
    """The part of an address that says region, period and moment."""
    values = {
        "region": looking.region.code if looking.region else "",
        "period": looking.period,
        "at": _at(request),
        **changes,
    }
    return urlencode({key: value for key, value in values.items() if value})


def crumbs_of(found: Shelved, looking: Looking, request: HttpRequest) -> list[Link]:
    """From the screens over the city to the region that is looked at."""
    address = reverse("overview:one-screen", args=[found.key])
    links = [Link(_now("Screens"), reverse("overview:screens"))]
    if looking.region is None:
        return [*links, Link(found.screen.named(looking.language))]
    codes = looking.region.path.strip("/").split("/")[1:]
    above = {row.code: row for row in Region.objects.filter(code__in=codes)}
    links.append(Link(found.screen.named(looking.language), address))
    return links + [
        Link(named(above[code], looking.language), f"{address}?{state_of(request, looking, region=code)}")
        for code in codes
        if code in above
    ]


@require_safe
def one_screen(request: HttpRequest, key: str) -> HttpResponse:
    """The screen: its frame at once, each widget fetched for itself."""
    found, looking = shelved(request, key)
    state = state_of(request, looking)
    titles = titles_of(found.screen.widgets, looking)
    widgets = [
        {
            "number": number,
            "title": titles[number],
            "kind": one["kind"],
            "width": one["width"],
            "height": one["height"],
            "href": f"{reverse('overview:widget', args=[found.key, number])}?{state}",
            "hears": " ".join(heard_by(one)),
            "pause": pause_of(one),
        }
        for number, one in enumerate(found.screen.widgets)
    ]
    parts = Region.objects.filter(parent=looking.region, is_current=True) if looking.region else []
    context: dict[str, Any] = {
        "screen": found.screen,
        "name": found.screen.named(looking.language),
        "widgets": widgets,
        "looking": looking,
        "at": _at(request),
        "is_live": looking.at is None,
        "several": f"{reverse('overview:widgets', args=[found.key])}?{state}",
        "subscription": subscription(found.screen.widgets) if looking.at is None else "",
        "moment": timezone.localtime(looking.moment),
        "crumbs": crumbs_of(found, looking, request),
        "parts": [{"code": part.code, "name": named(part, looking.language)} for part in parts],
        "periods": [(name, label) for name, (_days, label) in PERIODS.items()],
        "rows": rows_needed(found.screen.widgets, COLUMNS),
        "wide_rows": rows_needed(found.screen.widgets, WIDE_COLUMNS),
        "feed_names": feed_names() if _has_feed(found) else None,
        "has_tiles": any("layers" in one for one in found.screen.widgets),
    }
    if request.GET.get("wall"):
        context |= {"next": _next(request, found), "seconds": _seconds(request.GET.get("rotate", ""))}
        chosen = request.GET.get("theme") or found.screen.theme
        if chosen in ("light", "dark"):
            context["theme"] = chosen
        return render(request, "overview/wall.html", context)
    context["snapshot"] = (
        f"?{state_of(request, looking, at=f'{timezone.localtime(looking.moment):%Y-%m-%dT%H:%M}')}"
    )
    context["wall"] = f"?{state_of(request, looking)}&wall=1&rotate=30"
    context["replay"] = replay_of(day, request.GET.get("step", "")) if (day := _day(request)) else None
    context["tools"] = tools(found, looking, state)
    return render(request, "overview/one_screen.html", context)


def _has_feed(found: Shelved) -> bool:
    return any(one["kind"] == "feed" for one in found.screen.widgets)


def _seconds(text: str) -> int:
    """How long a screen hangs before the next; 0: for ever."""
    if not text.isdecimal() or len(text) > 5:
        return 0
    return max(LEAST_ROTATION, min(MOST_ROTATION, int(text)))


def _next(request: HttpRequest, found: Shelved) -> str:
    """The wall of the next screen of the same sort, or of the first; it keeps what else was asked."""
    keys = [one.key for one in screens(acting(request)) if one.sort == found.sort]
    following = keys[(keys.index(found.key) + 1) % len(keys)] if found.key in keys else found.key
    kept = request.GET.copy()
    if found.region:
        kept.pop("region", None)
    return f"{reverse('overview:one-screen', args=[following])}?{kept.urlencode()}"


def rows_needed(widgets: list[dict[str, Any]], columns: int) -> int:
    """How many rows of the grid widgets take, placed one after the other where they fit first."""
    return max((one.bottom for one in places(widgets, columns)), default=1)

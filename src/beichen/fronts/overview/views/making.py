"""`/screens/made`: what the reader may change; `/screens/new`: a screen blank, copied, or read from text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.overview import service
from beichen.fronts.overview.forms import NewForm, TextForm, place_of
from beichen.fronts.overview.models import MadeScreen, ScreenVersion
from beichen.fronts.overview.screens.looking import named
from beichen.fronts.overview.screens.shelf import MADE, screen
from beichen.fronts.overview.screens.text import declared, read_screens
from beichen.fronts.overview.views.things import language
from beichen.kernel.access.service import acting, require
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

STATES = {"draft": _("Draft"), "changed": _("Published, changed since"), "published": _("Published")}
WRONG = 422


@dataclass(frozen=True, slots=True)
class Row:
    """A made screen as the list shows it."""

    key: str
    name: str
    state: str
    number: int
    body: str
    region: str
    level: str
    keeper: str
    at: datetime


COLUMNS_SHOWN: list[Column[Row]] = [
    Column("name", _("Screen"), lambda row: row.name, lambda row: _linked(row), ("name",), is_header=True),
    Column("state", _("State"), lambda row: str(STATES[row.state]), sort=("state",)),
    Column("version", _("Version"), lambda row: row.number, sort=("number",), is_number=True),
    Column("body", _("Body"), lambda row: row.body, sort=("body",)),
    Column("region", _("Region"), lambda row: row.region, sort=("region",)),
    Column("level", _("Level"), lambda row: row.level, sort=("level",)),
    Column("keeper", _("Changed by"), lambda row: row.keeper, sort=("keeper",)),
    Column(
        "at", _("Changed at"), lambda row: timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M"), sort=("at",)
    ),
    Column("key", _("Key"), lambda row: row.key, sort=("key",)),
]


def _linked(row: Row) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("overview:edit-screen", args=[address_of(row.key)]), row.name
    )


def address_of(key: str) -> str:
    """The last part of a made screen's address."""
    return f"{MADE}-{key}"


def state_of(row: MadeScreen) -> str:
    """A key of :data:`STATES`."""
    if row.published_id is None:
        return "draft"
    return "published" if row.published_id == row.draft_id else "changed"


@require_safe
def made(request: HttpRequest) -> HttpResponseBase:
    """The list; the same selection as a file."""
    by, chosen = acting(request), language()
    rows = [_row(row, row.draft, chosen) for row in service.made_screens(by) if row.draft is not None]
    states = Filter("state", _("State"), "state", list(STATES.items()))
    table: Table[Row] = Table(
        "made-screens", _("Made screens"), rows, COLUMNS_SHOWN, [states], ("name", "key", "body", "keeper")
    )
    return answer(
        request, table, "overview/made_screens.html", {"crumbs": [*crumbs(), Link(_now("Made here"))]}
    )


def _row(row: MadeScreen, draft: ScreenVersion, chosen: str) -> Row:
    body = row.body
    return Row(
        row.key,
        draft.named(chosen),
        state_of(row),
        draft.number,
        "" if body is None else str((body.name_en or body.name) if chosen == "en" else body.name),
        named(row.region, chosen),
        f"L{draft.level}",
        draft.made_by_name,
        draft.made_at,
    )


def crumbs() -> list[Link]:
    """The way to the list of screens."""
    return [
        Link(_now("Overview"), reverse("overview:screen")),
        Link(_now("Screens"), reverse("overview:screens")),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new screen: blank, a copy of another (``?from=KEY``), or read from a text."""
    by, chosen = acting(request), language()
    require(by, service.WRITE)
    origin = screen(request.GET.get("from", ""), by) if request.GET.get("from") else None
    if request.GET.get("from") and origin is None:
        raise Http404
    widgets = [] if origin is None else origin.screen.widgets
    begun = {} if origin is None else _begun_like(declared(origin.screen, ""), origin.region)
    is_text = "text" in request.POST
    form = NewForm(
        by, chosen, request.POST if request.method == "POST" and not is_text else None, initial=begun
    )
    text = TextForm(by, chosen, request.POST if is_text else None)
    asked = text if is_text else form
    if request.method == "POST" and asked.is_valid():
        try:
            return _read_in(request, text) if is_text else _created(request, form, widgets)
        except ProblemError as error:
            if error.status == 403:
                raise
            asked.take(error)
    context = {
        "form": form,
        "text": text,
        "origin": None if origin is None else origin.screen.named(chosen),
        "crumbs": [
            *crumbs(),
            Link(_now("Made here"), reverse("overview:made-screens")),
            Link(_now("New screen")),
        ],
    }
    return render(request, "overview/screen_new.html", context, status=WRONG if asked.errors else 200)


def _begun_like(found: dict[str, Any], region: str) -> dict[str, Any]:
    begun = {
        "name_zh": found["name"]["zh"],
        "name_en": found["name"]["en"],
        "theme": found.get("theme", "auto"),
    }
    return {**begun, "level": found.get("level", "L1"), **({"region": region} if region else {})}


def _created(request: HttpRequest, form: NewForm, widgets: list[dict[str, Any]]) -> HttpResponse:
    body, region = form.place()
    copies = [dict(widget) for widget in widgets]
    wanted = form.declared(copies)
    row = service.create_screen(wanted, body=body, region=region, by=acting(request), copied=widgets)
    messages.success(request, _now("The draft is made. Nobody else sees it until it is published."))
    return HttpResponseRedirect(reverse("overview:edit-screen", args=[address_of(row.key)]))


def _read_in(request: HttpRequest, form: TextForm) -> HttpResponse:
    """Every screen of a text as a draft: all of them, or none."""
    found = read_screens(form.cleaned_data["text"].encode())
    said = form.cleaned_data
    by = acting(request)
    with transaction.atomic():
        rows = []
        for one in found:
            body, region = place_of(one.pop("owner", said["body"]), said["region"])
            rows.append(service.create_screen(one, body=body, region=region, by=by))
    messages.success(request, _now("Read in as drafts: %(count)s") % {"count": len(rows)})
    if len(rows) == 1:
        return HttpResponseRedirect(reverse("overview:edit-screen", args=[address_of(rows[0].key)]))
    return HttpResponseRedirect(reverse("overview:made-screens"))

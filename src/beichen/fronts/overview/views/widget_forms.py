"""One widget of a draft: its form, what it would show, and choosing the kind of a new one."""

from __future__ import annotations

from typing import Any

import sqlglot
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.fronts.overview import service
from beichen.fronts.overview.feed import feed_names
from beichen.fronts.overview.forms import WidgetForm
from beichen.fronts.overview.models import MadeScreen, ScreenVersion
from beichen.fronts.overview.screens.choices import tables_of
from beichen.fronts.overview.screens.filling import fill
from beichen.fronts.overview.screens.looking import Looking
from beichen.fronts.overview.screens.text import declared
from beichen.fronts.overview.screens.titles import titles_of
from beichen.fronts.overview.screens.vocabulary import BOUND, MOST_WIDGETS, NEEDS
from beichen.fronts.overview.views.editing import opened, seen
from beichen.fronts.overview.views.making import crumbs
from beichen.kernel.access.service import acting
from beichen.problem import ProblemError
from beichen.web.links import Link

KINDS = {
    "card": _("Card: one figure"),
    "gauge": _("Gauge: part of a whole"),
    "chart": _("Chart"),
    "ranking": _("Ranking"),
    "table": _("Table"),
    "list": _("List"),
    "map": _("Map"),
    "feed": _("Live events"),
    "text": _("Words of your own"),
    "video": _("Video"),
}
BINDINGS = {
    "indicator": _("an indicator"),
    "cases": _("cases of the event hub"),
    "plan": _("the plan"),
    "sql": _("a question in SQL"),
    "question": _("a kept question"),
    "things": _("things"),
    "layers": _("layers"),
    "text": _("words"),
    "video": _("a source of video"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def new_widget(request: HttpRequest, key: str) -> HttpResponse:
    """First what kind of widget and what it is bound to, then its form."""
    row, draft, looking = opened(request, key)
    kind, bound = request.GET.get("kind", ""), request.GET.get("bound", "")
    if kind not in NEEDS:
        return _kinds(request, key, draft, looking)
    possible = NEEDS[kind]
    if possible and kind != "map" and bound not in possible:
        raise Http404
    begun = {"kind": kind, "sql": sql} if (sql := _whole_table(request)) else None
    form = _form(request, kind, bound, looking, begun)
    if request.method == "POST" and form.is_valid():
        if len(draft.widgets) >= MOST_WIDGETS:
            form.add_error(None, _now("A screen holds at most %(count)s widgets.") % {"count": MOST_WIDGETS})
        elif response := _kept(request, row, draft, form, len(draft.widgets)):
            return response
    return _page(request, key, draft, looking, form, _now("New widget"))


def _whole_table(request: HttpRequest) -> str:
    """The question for all of the table that the address names; the form's text, asked by nobody yet."""
    name = request.GET.get("table", "")[:63]
    return sqlglot.select("*").from_(name).sql("duckdb") if name.isidentifier() else ""


@require_http_methods(["GET", "HEAD", "POST"])
def edit_widget(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The form of a widget that stands on the draft."""
    row, draft, looking = opened(request, key)
    if number >= len(draft.widgets):
        raise Http404
    widget = draft.widgets[number]
    kind = widget["kind"]
    bound = next((name for name in BOUND if name in widget and name in NEEDS[kind]), "")
    form = _form(request, kind, bound, looking, widget)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and (response := _kept(request, row, draft, form, number)):
        return response
    return _page(request, key, draft, looking, form, titles_of([widget], looking)[0], number)


def _form(
    request: HttpRequest, kind: str, bound: str, looking: Looking, widget: dict[str, Any] | None
) -> WidgetForm:
    posted = request.POST if request.method == "POST" else None
    return WidgetForm(
        kind, bound, by=looking.by, language=looking.language, now=looking.now, data=posted, widget=widget
    )


def _kept(
    request: HttpRequest, row: MadeScreen, draft: ScreenVersion, form: WidgetForm, number: int
) -> HttpResponse | None:
    """Back to the screen when the widget could be kept; else the form says why it could not."""
    wanted = declared(draft, row.key)
    wanted["widgets"][number : number + 1] = [form.widget()]
    try:
        service.save_draft(row.key, wanted, seen=seen(request.POST), by=acting(request))
    except ProblemError as error:
        if error.status == 403:
            raise
        form.take(error)
        return None
    messages.success(request, _now("The widget is kept."))
    address = reverse("overview:edit-screen", args=[f"made-{row.key}"])
    return HttpResponseRedirect(f"{address}#widget-{number}")


def _kinds(request: HttpRequest, key: str, draft: ScreenVersion, looking: Looking) -> HttpResponse:
    kinds = [
        {
            "key": kind,
            "name": name,
            "bound": [(one, BINDINGS[one]) for one in NEEDS[kind]] if kind != "map" else [],
        }
        for kind, name in KINDS.items()
    ]
    context = {"kinds": kinds, "key": key, "crumbs": _crumbs(key, draft, looking, _now("New widget"))}
    return render(request, "overview/widget_kinds.html", context)


def _crumbs(key: str, draft: ScreenVersion, looking: Looking, title: str) -> list[Link]:
    return [
        *crumbs(),
        Link(_now("Made here"), reverse("overview:made-screens")),
        Link(draft.named(looking.language), reverse("overview:edit-screen", args=[key])),
        Link(title),
    ]


def _page(
    request: HttpRequest,
    key: str,
    draft: ScreenVersion,
    looking: Looking,
    form: WidgetForm,
    title: str,
    number: int | None = None,
) -> HttpResponse:
    preview = "" if number is None else reverse("overview:preview", args=[key, number])
    context = {
        "form": form,
        "draft": draft,
        "key": key,
        "title": title,
        "kind_name": KINDS[form.kind],
        "bound_name": BINDINGS.get(form.bound, ""),
        "preview": preview,
        "kind": form.kind,
        "tables": tables_of(looking.by, looking.language) if form.bound == "sql" and number is None else [],
        "crumbs": _crumbs(key, draft, looking, title),
    }
    status = 422 if form.errors else 200
    return render(request, "overview/widget_form.html", context, status=status)


@require_safe
def preview(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What a widget of the draft shows its maker: the widget itself."""
    row, draft, looking = opened(request, key)
    if number >= len(draft.widgets):
        raise Http404
    widget = draft.widgets[number]
    content, since = fill(widget, looking, key=f"draft.{row.key}.{number}")
    context = {
        "content": content,
        "since": timezone.localtime(since) if since else None,
        "kind": widget["kind"],
        "title": titles_of([widget], looking)[0],
        "number": number,
        "at": timezone.localtime(content.at) if content.at else None,
        "looking": looking,
        "is_part": True,
        "address_of_region": "",
        "feed_names": feed_names() if content.is_feed else None,
    }
    response = render(request, "overview/widget.html", context)
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response

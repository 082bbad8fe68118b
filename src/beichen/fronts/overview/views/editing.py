"""`/screens/KEY/edit`: the draft of a made screen on its grid, kept, published, its widgets put in order."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_http_methods

from beichen.fronts.overview import service
from beichen.fronts.overview.forms import WordsForm, arranged
from beichen.fronts.overview.models import MadeScreen, ScreenVersion
from beichen.fronts.overview.screens.looking import Looking, look
from beichen.fronts.overview.screens.shelf import MADE
from beichen.fronts.overview.screens.titles import titles_of
from beichen.fronts.overview.screens.vocabulary import COLUMNS
from beichen.fronts.overview.views.making import STATES, WRONG, address_of, crumbs, state_of
from beichen.fronts.overview.views.screens import rows_needed
from beichen.fronts.overview.views.things import language
from beichen.kernel.access.service import acting, require
from beichen.problem import ProblemError
from beichen.web.links import Link

MEANWHILE = 409


def opened(request: HttpRequest, key: str) -> tuple[MadeScreen, ScreenVersion, Looking]:
    """A made screen by the last part of its address, its draft, and how its maker looks at it.

    Raises Http404, ProblemError ACC-403, OVW-104, OVW-112.
    """
    if not key.startswith(f"{MADE}-"):
        raise Http404
    by = acting(request)
    row = service.find_screen(key.removeprefix(f"{MADE}-"), by=by)
    if row.draft is None:
        raise Http404
    region = row.region.code if row.region else ""
    looking = look(by=by, region=region, period="", at="", language=language())
    return row, row.draft, looking


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The draft on its grid; a screen that was not made here is copied first."""
    if not key.startswith(f"{MADE}-"):
        require(acting(request), service.WRITE)
        return HttpResponseRedirect(f"{reverse('overview:new-screen')}?{urlencode({'from': key})}")
    row, draft, looking = opened(request, key)
    if request.method != "POST":
        return _page(request, row, draft, looking, _words(draft))
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, row, draft, looking, form, status=WRONG)
    try:
        return _done(request, row, draft, form)
    except ProblemError as error:
        if error.status == 403:
            raise
        form.take(error)
        now_row, now, _looking = opened(request, key)
        return _page(request, now_row, now, looking, form, status=MEANWHILE if error.status == 409 else WRONG)


def _words(draft: ScreenVersion) -> WordsForm:
    values = {
        "name_zh": draft.name,
        "name_en": draft.name_en,
        "level": f"L{draft.level}",
        "theme": draft.theme,
    }
    return WordsForm(initial=values)


def seen(posted: QueryDict) -> int:
    """The number of the version that a form was made of; 0 where it says none."""
    text = posted.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _done(request: HttpRequest, row: MadeScreen, draft: ScreenVersion, form: WordsForm) -> HttpResponse:
    """Keep how the widgets stand, then do what the pressed button says. Raises ProblemError."""
    act, _colon, place = request.POST.get("do", "save").partition(":")
    widgets = [dict(widget) for widget in draft.widgets]
    order = arranged(request.POST, widgets)
    chosen = int(place) if place.isdecimal() and len(place) < 4 and int(place) < len(widgets) else None
    if act == "remove" and chosen is not None:
        order.remove(chosen)
    if act == "double" and chosen is not None:
        order.insert(order.index(chosen) + 1, chosen)
    wanted = {"key": row.key, **form.words(), "widgets": [widgets[number] for number in order]}
    by = acting(request)
    version = service.save_draft(row.key, wanted, seen=seen(request.POST), by=by)
    address = reverse("overview:edit-screen", args=[address_of(row.key)])
    if act == "add":
        return HttpResponseRedirect(reverse("overview:new-widget", args=[address_of(row.key)]))
    if act == "edit" and chosen is not None:
        place_now = order.index(chosen)
        return HttpResponseRedirect(reverse("overview:edit-widget", args=[address_of(row.key), place_now]))
    if act == "publish":
        service.publish_screen(row.key, seen=version.number, by=by)
        messages.success(request, _now("The screen is published."))
        return HttpResponseRedirect(reverse("overview:one-screen", args=[address_of(row.key)]))
    messages.success(request, _now("The draft is kept: version %(number)s.") % {"number": version.number})
    return HttpResponseRedirect(address)


def _page(
    request: HttpRequest,
    row: MadeScreen,
    draft: ScreenVersion,
    looking: Looking,
    form: WordsForm,
    *,
    status: int = 200,
) -> HttpResponse:
    key = address_of(row.key)
    titles = titles_of(draft.widgets, looking)
    widgets = [
        {
            "number": number,
            "order": number + 1,
            "title": titles[number],
            "kind": one["kind"],
            "width": one["width"],
            "height": one["height"],
            "href": f"{reverse('overview:preview', args=[key, number])}?version={draft.number}",
        }
        for number, one in enumerate(draft.widgets)
    ]
    context = {
        "row": row,
        "key": key,
        "draft": draft,
        "name": draft.named(looking.language),
        "state": STATES[state_of(row)],
        "form": form,
        "widgets": widgets,
        "rows": rows_needed(draft.widgets, COLUMNS),
        "region": looking.region_name,
        "crumbs": [
            *crumbs(),
            Link(_now("Made here"), reverse("overview:made-screens")),
            Link(draft.named(looking.language)),
        ],
    }
    return render(request, "overview/screen_edit.html", context, status=status)

"""`/screen/ask?q=`: what a few words may mean, as a page or, asked for so, as JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beichen.fronts.overview.door import KINDS
from beichen.fronts.overview.screens.finding import LONGEST, Found, Group, find
from beichen.fronts.overview.service import READ
from beichen.fronts.overview.views.things import language
from beichen.kernel.access.service import acting, require
from beichen.web.findings import findings
from beichen.web.links import Link, destinations


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The page; with ``format=json`` or for who accepts JSON alone the same groups as a document."""
    by = acting(request)
    require(by, READ)
    text = request.GET.get("q", "").replace("\x00", "")[:LONGEST]
    groups = find(text, by=by, language=language(), pages=destinations(request))
    groups += _found_elsewhere(request, text, {*KINDS, *(group.key for group in groups)})
    response: HttpResponse
    if request.GET.get("format") == "json" or request.headers.get("Accept") == "application/json":
        content = [
            {
                "group": group.key,
                "title": group.title,
                "found": [{"name": one.name, "href": one.href} for one in group.found],
            }
            for group in groups
        ]
        response = JsonResponse({"q": text, "groups": content})
    else:
        crumbs = [Link(_("Screens"), reverse("overview:screens")), Link(_("Ask the screen"))]
        response = render(request, "overview/ask.html", {"groups": groups, "asked": text, "crumbs": crumbs})
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Accept"])
    return response


def _found_elsewhere(request: HttpRequest, text: str, known: set[str]) -> list[Group]:
    """What other rooms find at the door for the same words, such as services that may be applied for.

    What is ``known``, and what this room has told the door of itself, is not asked for again.
    """
    return [
        Group(key, str(found[0].kind), [Found(one.title, one.url, 1) for one in found])
        for key, found in findings(request, text, without=known).items()
    ]

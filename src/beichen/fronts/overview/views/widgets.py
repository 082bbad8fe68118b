"""`/screens/KEY/widgets/N`: one widget, as a part of its screen or as a page; `/screens/KEY/widgets`: some of
them at once, for a screen that was told that they changed.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from beichen.fronts.overview.feed import feed_names
from beichen.fronts.overview.screens.filling import fill
from beichen.fronts.overview.screens.looking import Looking
from beichen.fronts.overview.screens.sharing import Answer, answer_of, answers, key_of, may_share, seconds_of
from beichen.fronts.overview.screens.shelf import Shelved
from beichen.fronts.overview.screens.titles import titles_of
from beichen.fronts.overview.screens.vocabulary import KINDS, MOST_WIDGETS
from beichen.fronts.overview.views.screens import crumbs_of, shelved, state_of
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.web.links import Link

BAD_CHOICE = code("OVW-105", "The widgets that are asked for are not named as numbers.", status=422)


@require_safe
def widget(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One widget: as a part of its screen, or as a page of its own with everything behind it."""
    found, looking = shelved(request, key)
    if number >= len(found.screen.widgets):
        raise Http404
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    if is_part:
        response = HttpResponse(_part(request, found, looking, number).content)
    else:
        context, _is_well = _context(request, found, looking, number, is_part=False)
        context["crumbs"] = [*crumbs_of(found, looking, request), Link(context["title"])]
        response = render(request, "overview/widget_page.html", context)
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def widgets(request: HttpRequest, key: str) -> HttpResponse:
    """Widgets by their numbers, as JSON: of each its digest and its content; of what the reader has already
    (``of=3.DIGEST``) the digest and its new time.
    """
    found, looking = shelved(request, key)
    told = {}
    for number, known in _chosen(request.GET.get("of", ""), len(found.screen.widgets)):
        answer = _part(request, found, looking, number)
        said = {"time": answer.time} if answer.digest == known else {"content": answer.content}
        told[str(number)] = {"digest": answer.digest, **said}
    response = JsonResponse({"widgets": told})
    response["Cache-Control"] = "private, no-store"
    return response


def _chosen(text: str, count: int) -> list[tuple[int, str]]:
    """Numbers with the digests that are known of them. Raises ProblemError OVW-105."""
    chosen = []
    for word in text.split(",")[:MOST_WIDGETS]:
        number, _point, known = word.partition(".")
        if not number.isascii() or not number.isdecimal() or len(number) > 3 or int(number) >= count:
            message = said("a number of the screen's widgets is expected, such as 0,3,7")
            raise ProblemError(Problem(BAD_CHOICE, message, Where(field="of")))
        chosen.append((int(number), known))
    return chosen


def _part(request: HttpRequest, found: Shelved, looking: Looking, number: int) -> Answer:
    """A widget as a part of its screen, shared with readers of the same rights where that is safe."""

    def make() -> tuple[str, bool]:
        context, is_well = _context(request, found, looking, number, is_part=True)
        # Without the request: nothing of who asks can come into what is shared.
        return render_to_string("overview/widget.html", context), is_well

    declared = found.screen.widgets[number]
    if not may_share(declared):
        return answer_of(make()[0])
    shared = key_of(declared, looking, f"{found.key}.{number}?{state_of(request, looking)}")
    return answers.get(shared, looking.seen, make, seconds_of(declared))


def _context(
    request: HttpRequest, found: Shelved, looking: Looking, number: int, *, is_part: bool
) -> tuple[dict[str, Any], bool]:
    """What the template needs, and whether the widget's room answered."""
    declared = found.screen.widgets[number]
    assert declared["kind"] in KINDS  # noqa: S101 - kept as they were checked
    content, since = fill(declared, looking, key=f"{found.key}.{number}")
    screen = reverse("overview:one-screen", args=[found.key])
    context = {
        "content": content,
        "since": timezone.localtime(since) if since else None,
        "kind": declared["kind"],
        "title": titles_of([declared], looking)[0],
        "number": number,
        "at": timezone.localtime(content.at) if content.at else None,
        "looking": looking,
        "address": f"{screen}?{state_of(request, looking)}",
        "is_part": is_part,
        "address_of_region": screen,
        "feed_names": feed_names() if content.is_feed else None,
        "has_tiles": bool(content.tiled),
    }
    return context, since is None

"""`/`: the door; `/search`: its one search over everything that rooms let be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.fronts.citizen.door.nearby import categories
from beichen.fronts.citizen.wording import closed_words
from beichen.hubs.events.service import SEND, closed_lately
from beichen.kernel.access import service as access
from beichen.web.findings import LONGEST, Found, findings
from beichen.web.offline import is_shell
from beichen.web.shelves import shelves

SEARCH_RATE = "60/minute"
MOST_CLOSED = 5
MOST_NEAR = 8
ABOUT = "/overview"
# What people come for; a room that is not there yet has no button.
ORDER = ("services", "reports", "places", "cases", "news", "indicators", "plan", "pages")


@dataclass(frozen=True, slots=True)
class Way:
    """A big button of the door."""

    label: str | Promise
    about: str | Promise
    symbol: str
    path: str
    is_own: bool = False

    def address(self, *, has_account: bool) -> str:
        """The page itself; what is one's own is reached by signing in first."""
        if has_account or not self.is_own:
            return self.path
        return f"{reverse('account_login')}?{urlencode({'next': self.path})}"


WAYS = (
    Way(_("Report a problem"), _("No account is needed"), "camera", "/report"),
    Way(_("Services"), _("Permits, certificates, registrations"), "form", "/services"),
    Way(_("Follow"), _("Where your report stands"), "way", "/follow"),
    Way(_("Appointments"), _("Choose a time at a window"), "calendar", "/services/appointments", is_own=True),
    Way(_("My codes"), _("Show them at a gate or a window"), "code", "/my/codes", is_own=True),
    Way(_("Near me"), _("Places and windows around you"), "place", "/nearby"),
)


def is_open(path: str) -> bool:
    """Whether some room answers at this address of the house."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The door."""
    has_account = request.user.is_authenticated and not is_shell(request)
    may_read = access.decide(access.acting(request), SEND)  # who may report may see what came of it
    found = shelves(request)
    context = {
        "ways": [(way, way.address(has_account=has_account)) for way in WAYS if is_open(way.path)],
        "tiled": [(f"shelf-{key}", shelf) for key, shelf in found if shelf.is_tiled],
        "shelves": [(f"shelf-{key}", shelf) for key, shelf in found if not shelf.is_tiled],
        "categories": categories()[:MOST_NEAR],
        "closed": [closed_words(case) for case in closed_lately(MOST_CLOSED)] if may_read else [],
        "about": ABOUT if is_open(ABOUT) else "",
        "longest": LONGEST,
    }
    return render(request, "citizen/door.html", context)


def _ordered(found: dict[str, list[Found]]) -> list[tuple[str, list[Found]]]:
    def place(key: str) -> int:
        return ORDER.index(key) if key in ORDER else len(ORDER)

    return sorted(found.items(), key=lambda pair: place(pair[0]))


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What everything that is asked for may be; by kind of thing."""
    access.check_rate("door-search", access.address_of(request), SEARCH_RATE)
    asked = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    groups = _ordered(findings(request, asked))
    context: dict[str, Any] = {
        "asked": asked,
        "groups": [(f"found-{key}", rows[0].kind, rows) for key, rows in groups],
        "longest": LONGEST,
        "report": reverse("citizen:report"),
    }
    return render(request, "citizen/search.html", context)

"""What the door's search finds of the overview's names: figures, lines of the plan, pages of the house."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beichen.fronts.overview.screens.finding import find_named
from beichen.fronts.overview.views.things import language
from beichen.kernel.access.service import acting
from beichen.web.findings import Found, register_finding
from beichen.web.links import destinations

KINDS: dict[str, Promise] = {
    "indicators": _("Indicators"),
    "plan": _("Plan"),
    "pages": _("Pages of the house"),
}


def register() -> None:
    """Put the three into the register; done once, when the room is ready."""
    for key, kind in KINDS.items():
        register_finding(key, _finder(key, kind))


def _finder(key: str, kind: Promise) -> Callable[[HttpRequest, str], list[Found]]:
    def find(request: HttpRequest, words: str) -> list[Found]:
        pages = destinations(request) if key == "pages" else []
        rows = find_named(key, words, by=acting(request), language=language(), pages=pages)
        return [Found(row.name, row.href, kind) for row in rows]

    return find

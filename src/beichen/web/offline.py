"""What opens without a network: rooms register pages in ``apps.ready()``, the service worker keeps them.

A kept page is rendered for nobody in particular (``is_shell`` in its context): no name, no message, no count.
It holds a form at most; what is entered is kept by the page itself and sent later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise

HEADER = "X-Beichen-Shell"
ALWAYS = (
    *(f"web/css/{sheet}.css" for sheet in ("tokens", "base", "shell", "controls", "data")),
    *(f"web/js/{script}.js" for script in ("theme", "navigation", "install", "outbox", "count")),
    "vendor/htmx.min.js",
    "web/icons.svg",
    "web/mark.svg",
    "web/star.svg",
)
"""What the shell of every page loads."""


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """A page by its URL name: ``by`` names parameters that make it another page, ``first`` are kept at once.

    A page that not everybody may see has no ``first``: it is kept when it is visited. Where a page of other
    parameters was never seen, the first of ``first`` opens instead.
    """

    label: str | Promise
    route: str
    by: tuple[str, ...] = ()
    first: tuple[str, ...] = ("",)
    assets: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The page's address without parameters."""
        return reverse(self.route)


_pages: dict[str, OfflinePage] = {}


def keep_offline(page: OfflinePage) -> None:
    """Let the page open without a network; its own rights hold when it is fetched to be kept."""
    _pages[page.route] = page


def pages() -> list[OfflinePage]:
    """The pages that open without a network."""
    return list(_pages.values())


def assets() -> list[str]:
    """The addresses of everything that those pages load, as they are served."""
    names: Iterable[str] = (*ALWAYS, *(name for page in pages() for name in page.assets))
    return [static(name) for name in dict.fromkeys(names)]


def is_shell(request: HttpRequest) -> bool:
    """Whether the service worker asks, to keep the page."""
    return HEADER in request.headers

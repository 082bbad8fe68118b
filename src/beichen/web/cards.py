"""Cards of `/my`: a room registers what it keeps of a subject, in ``apps.ready()``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from beichen.kernel.access.service import Subject
from beichen.web.ordered import Ordered

Provider = Callable[[HttpRequest, Subject], "Card | None"]


@dataclass(frozen=True, slots=True)
class Card:
    """A title, the page behind it, how many things are there, and the newest of them in a few short lines.

    ``count`` is None where counting says nothing.
    """

    title: str | Promise
    url: str
    count: int | None = None
    lines: tuple[str, ...] = ()


_providers: Ordered[Provider] = Ordered()


def register_card(key: str, order: int, provide: Provider) -> None:
    """Show what ``provide`` gives for the chosen subject; low orders stand first, None shows nothing.

    Each page of `/my` asks every card: a provider asks the database once or twice, by an index.
    """
    _providers.add(key, order, provide)


def cards(request: HttpRequest, subject: Subject) -> list[tuple[str, Card]]:
    """Key and card of everything that the rooms keep of ``subject``, in order."""
    found = [(key, provide(request, subject)) for key, provide in _providers]
    return [(key, card) for key, card in found if card is not None]

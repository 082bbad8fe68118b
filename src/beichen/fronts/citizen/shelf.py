"""This room's shelf of the door: the newest news and notices."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from beichen.fronts.citizen.news.writing import shown_news
from beichen.web.shelves import Item, Shelf

SHOWN = 5


def news_shelf(_request: HttpRequest) -> Shelf:
    """The newest."""
    rows = shown_news().defer("text", "text_en")[:SHOWN]
    items = tuple(
        Item(
            row.label,
            reverse("citizen:one-news", args=[row.pk]),
            " · ".join([f"{row.since} {row.body.name}", *([_("demo")] if row.is_demo else [])]),
        )
        for row in rows
    )
    return Shelf(_("News and notices"), reverse("citizen:news"), items)

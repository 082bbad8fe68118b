"""Cases by the words of their titles, by an index of n-grams (:mod:`beichen.kernel.grams`).

Written in the transaction of the case (:mod:`.case.projection`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from beichen.hubs.events.models import Case
from beichen.kernel.grams import GramIndex

MANY = 50_000
"""A word that more cases have is no help: a page of them is found sooner by reading titles in their order."""
LOOKED_AT = 2_000
"""How many cases are looked at for who types: so many are looked at within some ten milliseconds."""
TITLES = GramIndex("hubs_events_title", "case_id")


def add_titles(titles: Iterable[tuple[int, str]]) -> None:
    """Put titles into the index by the keys of their cases, in place of those that stood there."""
    TITLES.add(titles)


def titled(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Those of ``rows`` whose titles hold every word of ``text``, in any case of its letters."""
    words = text.split()
    for word in words:
        rows = rows.filter(title__icontains=word)
    if not words or TITLES.count(words, MANY) > MANY:
        return rows
    return rows.filter(pk__in=TITLES.keys(words))


def found_by_title(rows: QuerySet[Case], text: str, *, most: int) -> list[Case]:
    """At most so many of ``rows`` whose titles hold every word, the newest first among those looked at.

    For who types and waits: of a word that many cases have, the newest :data:`LOOKED_AT` of all decide.
    """
    words = text.split()
    if not words:
        return []
    keys = TITLES.first(words, LOOKED_AT + 1)
    if not keys:
        return []
    for word in words:
        rows = rows.filter(title__icontains=word)
    if len(keys) <= LOOKED_AT:
        rows = rows.filter(pk__in=keys)
    else:
        newest = Case.objects.order_by("-id").values_list("pk", flat=True)
        last = newest.first() or 0
        rows = rows.filter(pk__gt=last - LOOKED_AT)
    return list(rows.order_by("-opened_at", "-id")[:most])

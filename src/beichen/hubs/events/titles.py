"""Cases by the words of their titles, by an index of n-grams (:mod:`beichen.kernel.grams`).

Written in the transaction of the case (:mod:`.case.projection`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from beichen.hubs.events.models import Case, CaseDesk
from beichen.hubs.events.permissions import READ
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.grams import GramIndex
from beichen.kernel.statements import Prepared, keys, slot

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


def found_by_title(text: str, *, by: Actor, most: int) -> list[Case]:
    """At most so many of the actor's cases whose titles hold every word, the newest first among those looked
    at; code and title of each are read.

    For who types and waits: of a word that many cases have, the newest :data:`LOOKED_AT` of all decide.
    """
    words = text.split()
    if not words:
        return []
    found = TITLES.first(words, LOOKED_AT + 1)
    if not found:
        return []
    areas = None if by.is_system else tuple(access.areas(by, READ))
    asked = _asked(areas, len(words), most)
    values: dict[str, Any] = {f"word{number}": word for number, word in enumerate(words)}
    if len(found) <= LOOKED_AT:
        return asked.of_keys.rows(keys=found, **values)
    ((last,),) = list(_LAST.tuples()) or [(0,)]
    return asked.newest.rows(after=last - LOOKED_AT, **values)


class _Asked(NamedTuple):
    of_keys: Prepared[Case]
    newest: Prepared[Case]


@lru_cache(maxsize=256)
def _asked(areas: tuple[access.Area, ...] | None, words: int, most: int) -> _Asked:
    """The statements for so many words within these areas (None: everywhere): built once."""
    rows = Case.objects.only("code", "title").order_by("-opened_at", "-id")
    if areas is not None:
        seen = access.within(areas, CaseDesk.objects.filter(case=OuterRef("pk")))
        rows = rows.filter(Exists(seen))
    for number in range(words):
        rows = rows.filter(title__icontains=slot(Case, f"word{number}", "title"))
    return _Asked(
        Prepared(lambda: rows.filter(pk__in=keys(Case))[:most]),
        Prepared(lambda: rows.filter(pk__gt=slot(Case, "after", "id"))[:most]),
    )


_LAST = Prepared(lambda: Case.objects.order_by("-id").values_list("pk")[:1])

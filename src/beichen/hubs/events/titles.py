"""Cases by the words of their titles: an index of characters and of pairs of neighbours (n-grams).

Chinese writes no blanks between words, and two characters are a word, which no index of three finds. What
holds a word holds its pairs: the index names candidates, and the title itself decides. SQLite keeps pairs as
tokens of an FTS5 table, PostgreSQL as an array under a GIN index: what either brings along. Written in the
transaction of the case (:mod:`.case.projection`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise, starmap
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from beichen.hubs.events.models import Case

MANY = 50_000
"""A word that more cases have is no help: a page of them is found sooner by reading titles in their order."""
_BITS = 21  # of a code point


@dataclass(frozen=True, slots=True)
class _Engine:
    """Statements of one database, and how it takes n-grams."""

    add: str
    find: str
    sent: Callable[[list[int]], Any]


def _tokens(grams: list[int]) -> str:
    return " ".join(f"{gram:x}" for gram in grams)


_ENGINES = {
    "sqlite": _Engine(
        "INSERT OR REPLACE INTO hubs_events_title (rowid, grams) VALUES (%s, %s)",
        "SELECT rowid FROM hubs_events_title WHERE hubs_events_title MATCH %s",
        _tokens,
    ),
    "postgresql": _Engine(
        "INSERT INTO hubs_events_title (case_id, grams) VALUES (%s, %s::bigint[])"
        " ON CONFLICT (case_id) DO UPDATE SET grams = EXCLUDED.grams",
        "SELECT case_id FROM hubs_events_title WHERE grams @> %s::bigint[]",
        list,
    ),
}


def add_titles(titles: Iterable[tuple[int, str]]) -> None:
    """Put titles into the index by the keys of their cases, in place of those that stood there."""
    engine = _ENGINES[connection.vendor]
    rows = [(key, engine.sent(_grams(title))) for key, title in titles]
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(engine.add, rows[0])
        else:
            cursor.executemany(engine.add, rows)


def titled(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Those of ``rows`` whose titles hold every word of ``text``, in any case of its letters."""
    words = text.split()
    for word in words:
        rows = rows.filter(title__icontains=word)
    needed = sorted({gram for word in words for gram in _needed(word)})
    if not needed:
        return rows
    engine = _ENGINES[connection.vendor]
    values = [engine.sent(needed)]
    with connection.cursor() as cursor:
        count = f"SELECT count(*) FROM ({engine.find} LIMIT {MANY + 1}) AS found"  # noqa: S608 - no value
        cursor.execute(count, values)
        (number,) = cursor.fetchone()
    return rows.filter(pk__in=RawSQL(engine.find, values)) if number <= MANY else rows  # noqa: S611 - no value


def _pairs(word: str) -> set[int]:
    return set(starmap(_pair, pairwise(map(ord, word))))


def _pair(first: int, second: int) -> int:
    return first << _BITS | second


def _grams(title: str) -> list[int]:
    """Every character and every pair of neighbours of a title but blanks, each once."""
    words = title.casefold().split()
    return sorted({gram for word in words for gram in (*map(ord, word), *_pairs(word))})


def _needed(word: str) -> set[int]:
    """What the title of a case has that holds the word: its pairs, or the one character that it is."""
    folded = word.casefold()
    return _pairs(folded) or set(map(ord, folded))

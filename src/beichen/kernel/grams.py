"""Rows found by any part of a text: an index of its characters and of pairs of neighbours (n-grams).

Chinese writes no blanks between words, and two characters are a word, which no index of three finds. What
holds a word holds its pairs: the index names candidates, and the text itself decides. SQLite keeps pairs as
tokens of an FTS5 table, PostgreSQL as an array under a GIN index: what either brings along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise, starmap
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

_BITS = 21  # of a code point


@dataclass(frozen=True, slots=True)
class _Engine:
    """Statements of one database (``{table}``, ``{key}``), and how it takes n-grams."""

    create: tuple[str, ...]
    add: str
    find: str
    remove: str
    sent: Callable[[list[int]], Any]


def _tokens(grams: list[int]) -> str:
    return " ".join(f"{gram:x}" for gram in grams)


_ENGINES = {
    "sqlite": _Engine(
        ("CREATE VIRTUAL TABLE {table} USING fts5(grams, tokenize = ascii, detail = none, columnsize = 0)",),
        "INSERT OR REPLACE INTO {table} (rowid, grams) VALUES (%s, %s)",
        "SELECT rowid FROM {table} WHERE {table} MATCH %s",
        "DELETE FROM {table} WHERE rowid = %s",
        _tokens,
    ),
    "postgresql": _Engine(
        (
            "CREATE TABLE {table} ({key} bigint PRIMARY KEY, grams bigint[] NOT NULL)",
            "CREATE INDEX {table}_grams ON {table} USING gin (grams)",
        ),
        "INSERT INTO {table} ({key}, grams) VALUES (%s, %s::bigint[])"
        " ON CONFLICT ({key}) DO UPDATE SET grams = EXCLUDED.grams",
        "SELECT {key} FROM {table} WHERE grams @> %s::bigint[]",
        "DELETE FROM {table} WHERE {key} = %s",
        list,
    ),
}


@dataclass(frozen=True, slots=True)
class GramIndex:
    """An index of this name; ``key`` is what its column of keys is called where it has one."""

    table: str
    key: str

    def create(self) -> list[str]:
        """The statements that create it on the present database, for a migration."""
        return [self._sql(statement) for statement in self._engine.create]

    def add(self, texts: Iterable[tuple[int, str]]) -> None:
        """Put texts in by the keys of their rows, in place of those that stood there."""
        rows = [(key, self._engine.sent(grams_of(text))) for key, text in texts]
        with connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute(self._sql(self._engine.add), rows[0])
            else:
                cursor.executemany(self._sql(self._engine.add), rows)

    def remove(self, keys: Iterable[int]) -> None:
        """Take rows out."""
        with connection.cursor() as cursor:
            cursor.executemany(self._sql(self._engine.remove), [(key,) for key in keys])

    def count(self, words: Iterable[str], most: int) -> int:
        """How many rows have what the words need, counted up to ``most`` and one."""
        with connection.cursor() as cursor:
            found = f"{self._sql(self._engine.find)} LIMIT {most + 1}"
            cursor.execute(f"SELECT count(*) FROM ({found}) AS found", self._values(words))  # noqa: S608 - no value
            (number,) = cursor.fetchone()
        return int(number)

    def keys(self, words: Iterable[str]) -> RawSQL:
        """The keys of rows that have what the words need, as a subquery."""
        return RawSQL(self._sql(self._engine.find), self._values(words))  # noqa: S611 - no value

    def first(self, words: Iterable[str], most: int) -> list[int]:
        """At most so many keys of rows that have what the words need, in no order."""
        with connection.cursor() as cursor:
            cursor.execute(f"{self._sql(self._engine.find)} LIMIT {int(most)}", self._values(words))
            return [key for (key,) in cursor.fetchall()]

    @property
    def _engine(self) -> _Engine:
        return _ENGINES[connection.vendor]

    def _sql(self, statement: str) -> str:
        return statement.format(table=self.table, key=self.key)

    def _values(self, words: Iterable[str]) -> list[Any]:
        return [self._engine.sent(sorted({gram for word in words for gram in needed(word)}))]


def grams_of(text: str) -> list[int]:
    """Every character and every pair of neighbours of a text but blanks, each once."""
    words = text.casefold().split()
    return sorted({gram for word in words for gram in (*map(ord, word), *_pairs(word))})


def needed(word: str) -> set[int]:
    """What a text has that holds the word: its pairs, or the one character that it is."""
    folded = word.casefold()
    return _pairs(folded) or set(map(ord, folded))


def _pairs(word: str) -> set[int]:
    return set(starmap(_pair, pairwise(map(ord, word))))


def _pair(first: int, second: int) -> int:
    return first << _BITS | second

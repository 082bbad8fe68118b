"""A table of bands as the event hub keeps it, asked for the cases that may speak of the same thing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from beichen.hubs.events.suggestion.similarity import bands, similarity

LATEST = 20
"""Cases that are looked at of each band: one that holds more says little, and the latest are likeliest."""


class Table:
    """(band, case) in SQLite, with the index that a look-up walks."""

    def __init__(self) -> None:
        """An empty table in memory."""
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute(
            "CREATE TABLE bands (band INTEGER, number INTEGER, PRIMARY KEY (band, number)) WITHOUT ROWID"
        )

    def add(self, texts: Iterable[tuple[int, str]]) -> None:
        """The bands of numbered texts."""
        rows = [(band, number) for number, text in texts for band in bands(text)]
        self.connection.executemany("INSERT INTO bands VALUES (?, ?)", rows)

    def candidates(self, text: str) -> list[int]:
        """The numbers of the texts that share a band: of each band the latest, in one statement."""
        found = bands(text)
        if not found:
            return []
        latest = f"SELECT number FROM bands WHERE band = ? ORDER BY number DESC LIMIT {LATEST}"
        one = f"SELECT number FROM ({latest}) AS latest"
        statement = " UNION ".join([one] * len(found))
        return [number for (number,) in self.connection.execute(statement, found)]


def best(text: str, candidates: list[int], texts: list[str], top: int = 5) -> list[int]:
    """The ``top`` most alike of the candidates."""
    return sorted(candidates, key=lambda number: -similarity(text, texts[number]))[:top]

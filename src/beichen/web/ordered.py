"""What rooms put on one page, in the order that each of them names for its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

ProviderT = TypeVar("ProviderT")


class Ordered(Generic[ProviderT]):
    """Providers by key; iterated with the lowest order first, and as they came within one order."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, ProviderT]] = {}

    def add(self, key: str, order: int, provider: ProviderT) -> None:
        """Ask this provider too; who has the key already is replaced."""
        self._known[key] = (order, provider)

    def __iter__(self) -> Iterator[tuple[str, ProviderT]]:
        found = sorted(self._known.items(), key=lambda item: item[1][0])
        return iter([(key, provider) for key, (_order, provider) in found])

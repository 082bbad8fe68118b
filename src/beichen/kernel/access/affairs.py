"""The affairs that a representation can be limited to: whoever offers them registers their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Named = Iterable[tuple[str, str]]
_providers: list[Callable[[], Named]] = []


def register_affairs(provide: Callable[[], Named]) -> None:
    """Let representations name what ``provide`` gives: keys and names in the reader's language."""
    _providers.append(provide)


def affair_names() -> dict[str, str]:
    """Every affair that may be named, by its key."""
    return {key: name for provide in _providers for key, name in provide()}

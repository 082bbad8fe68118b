"""Private keys of this room: files that only their owner reads, in one folder; made once, never made anew.

A log without its key must not get another: it would be another log. See :mod:`.identity`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from beichen.kernel.files import keys
from beichen.platforms.ledger.codes import NO_KEY
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings


def folder() -> Path:
    """Where the keys lie."""
    return settings().ledger_keys_folder


def kept(name: str) -> str:
    """The key in the file. Raises ProblemError LED-202."""
    try:
        return keys.kept(folder() / name)
    except (OSError, UnicodeDecodeError):
        message = said("the key {name} cannot be read", name=name)
        hint = said("restore it into BEICHEN_LEDGER_KEYS from a backup")
        raise ProblemError(Problem(NO_KEY, message, Where(field=name), hint)) from None


def kept_or_made(name: str, make: Callable[[], str]) -> str:
    """The key in the file, which is made by whoever comes first; nobody ever sees half of it.

    Raises ProblemError LED-202 when it can be neither read nor written.
    """
    try:
        keys.kept_or_made(folder() / name, make)
    except (OSError, UnicodeDecodeError) as error:
        message = said("the key {name} cannot be written", name=name)
        hint = said("BEICHEN_LEDGER_KEYS must be a folder that the house may write")
        raise ProblemError(Problem(NO_KEY, message, Where(field=name), hint)) from error
    return kept(name)

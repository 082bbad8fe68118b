"""Private keys of this room: files that only their owner reads, in one folder; made once, never made anew.

A log without its key must not get another: it would be another log. See :mod:`.identity`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from beichen.platforms.ledger.codes import NO_KEY
from beichen.problem import Problem, ProblemError, Where, said
from beichen.settings import settings


def folder() -> Path:
    """Where the keys lie."""
    return settings().ledger_keys_folder


def kept(name: str) -> str:
    """The key in the file. Raises ProblemError LED-202."""
    try:
        return (folder() / name).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        message = said("the key {name} cannot be read", name=name)
        hint = said("restore it into BEICHEN_LEDGER_KEYS from a backup")
        raise ProblemError(Problem(NO_KEY, message, Where(field=name), hint)) from None


def kept_or_made(name: str, make: Callable[[], str]) -> str:
    """The key in the file, which is made by whoever comes first; nobody ever sees half of it.

    Raises ProblemError LED-202 when it can be neither read nor written.
    """
    file = folder() / name
    try:
        if not file.is_file():
            _write(file, make())
    except OSError as error:
        message = said("the key {name} cannot be written", name=name)
        hint = said("BEICHEN_LEDGER_KEYS must be a folder that the house may write")
        raise ProblemError(Problem(NO_KEY, message, Where(field=name), hint)) from error
    return kept(name)


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(fresh, file)
    except FileExistsError:
        pass  # another process was faster
    finally:
        fresh.unlink()

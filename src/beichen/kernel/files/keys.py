"""Private keys of rooms: files that only their owner reads; made once, never made anew.

A room says in which folder its keys lie, and what it means when one of them is gone.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept(file: Path) -> str:
    """The key in the file. Raises OSError, UnicodeDecodeError."""
    return file.read_text(encoding="ascii").strip()


def kept_or_made(file: Path, make: Callable[[], str]) -> str:
    """The key in the file, which is made by whoever comes first; nobody ever sees half of it.

    Raises OSError when it can be neither read nor written, UnicodeDecodeError.
    """
    if not file.is_file():
        _write(file, make())
    return kept(file)


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

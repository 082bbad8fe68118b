"""Marks of pages: where the feature stood after which the next page begins, and the hash of its key.

A mark travels in addresses: digits, letters and a hyphen.
"""

from __future__ import annotations

import re
from hashlib import blake2b

from beichen.problem import Problem, ProblemError, Where, code, said, shorten

NO_PAGE = code("GEO-405", "The mark belongs to no page of this layer.", status=422)
_MARK = re.compile(r"[0-9]{1,12}-[0-9a-f]{1,16}")


def after_of(mark: str) -> tuple[int, int]:
    """Row and hash of a mark. Raises ProblemError GEO-405."""
    if not _MARK.fullmatch(mark):
        raise no_page(mark)
    row, _hyphen, hashed = mark.partition("-")
    return int(row), int(hashed, 16)


def mark_of(row: int, key: str) -> str:
    """The mark of a feature."""
    return f"{row}-{key_hash(key):x}"


def key_hash(key: str) -> int:
    """What stands for a key in marks and in the index of a snapshot: 64 bits."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def no_page(mark: str) -> ProblemError:
    """The error for a mark that belongs to no page."""
    message = said("{mark!r} belongs to no page", mark=mark[:30])
    hint = said("begin with the first page; the layer may have changed")
    return ProblemError(Problem(NO_PAGE, shorten(message), Where(field="after"), hint))

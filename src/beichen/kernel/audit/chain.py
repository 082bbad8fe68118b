"""The arithmetic of the chain: one record's canonical bytes and its hash."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

GENESIS = "0" * 64
FIELDS = ("sequence", "at", "actor", "action", "resource", "subject", "reason", "address", "detail")


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same bytes for the same value, everywhere."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()


def link(previous: str, values: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, over ``previous`` and the record's fields in canonical JSON."""
    content = canonical({name: values[name] for name in FIELDS})
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()

"""The web process for conformance runs: requests without a key act with the key of the run.

The public test suite knows nothing of keys, and Beichen lets nobody write without one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from beichen.house.wsgi import application as house

_KEY = f"Bearer {os.environ['CONFORMANCE_KEY']}"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Pass the request on, with the key when it has none."""
    environ.setdefault("HTTP_AUTHORIZATION", _KEY)
    return house(environ, start_response)

"""What programs send: who writes, under which key, and that it holds nothing that cannot be kept."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from ninja.utils import check_csrf

from beichen.fronts.services.problems import bad
from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, code, said

NO_TOKEN = code("SRV-601", "Writing needs a key, or the token of a page.", status=403)
RATE = "300/minute"


def writer(request: HttpRequest) -> Actor:
    """Who writes. A page's session alone is not enough: another site could send it. Raises SRV-601."""
    by = acting(request)
    if not by.key.startswith("client:") and check_csrf(request) is not None:
        hint = said("Authorization: Bearer KEY")
        raise ProblemError(Problem(NO_TOKEN, said("there is no key and no page's token"), hint=hint))
    check_rate("services.api", by.key, RATE)
    return by


def key_of(request: HttpRequest) -> str:
    """Under which key something is sent once."""
    return request.headers.get("Idempotency-Key", "").strip()


def sound(values: dict[str, Any]) -> dict[str, Any]:
    """``values``, which hold nothing that no text can hold. Raises SRV-305."""
    try:
        is_sound = b"\\u0000" not in orjson.dumps(values)
    except (orjson.JSONEncodeError, RecursionError):
        is_sound = False
    if not is_sound:
        raise bad("body", said("a character or a number in it is not one of JSON's"))
    return values

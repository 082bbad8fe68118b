"""What programs send to an interface: who writes, which version they saw, under which key it is sent once."""

from __future__ import annotations

import re
from typing import Any

import orjson
from django.http import HttpRequest
from ninja.utils import check_csrf

from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, said, shorten

_VERSION = re.compile(r'(?:W/)?(?:"(\d{1,9})"|(\d{1,9}))\Z')


def is_vouched_for(request: HttpRequest, by: Actor) -> bool:
    """Whether a key, or the token of a page, stands behind a request: another site could send a session."""
    return by.key.startswith("client:") or check_csrf(request) is None


def writer(
    request: HttpRequest, refusal: str, *, area: str = "", rate: str = "", with_public: bool = True
) -> Actor:
    """Who writes, within ``rate`` (such as ``300/minute``) where ``area`` names what is counted.

    Raises ProblemError ``refusal`` where neither a key nor a page's token stands behind the request, or, but
    for ``with_public``, nobody is signed in; ACC-429 beyond the rate.
    """
    by = acting(request)
    if not is_vouched_for(request, by) or (by.is_public and not with_public):
        hint = said("Authorization: Bearer KEY")
        raise ProblemError(Problem(refusal, said("there is no key and no page's token"), hint=hint))
    if area:
        check_rate(area, by.key, rate)
    return by


def seen_version(request: HttpRequest, refusal: str) -> int | None:
    """The version that the writer saw, as ``If-Match`` says (RFC 9110, 13.1.1); None where it says nothing.

    Raises ProblemError ``refusal`` for what is no version.
    """
    text = request.headers.get("If-Match", "").strip()
    if not text or text == "*":
        return None
    found = _VERSION.match(text)
    if found is None:
        message = said("{text!r} is no version", text=text[:30])
        raise ProblemError(Problem(refusal, shorten(message), hint=said("as ETag gave it")))
    return int(found.group(1) or found.group(2))


def key_of(request: HttpRequest) -> str:
    """Under which key something is sent once (``Idempotency-Key``); empty for none."""
    return request.headers.get("Idempotency-Key", "").strip()


def is_sound(values: dict[str, Any]) -> bool:
    """Whether a body holds only what can be kept: no character without a form, no number beyond 64 bits."""
    try:
        return b"\\u0000" not in orjson.dumps(values)
    except (orjson.JSONEncodeError, RecursionError):
        return False

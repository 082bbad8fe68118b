"""Devices from which an account signed in before: a signed cookie with a number of its own.

Failures to sign in are counted for the name, and apart for each known device. So five wrong passwords
of a stranger close the name to strangers, while its owner still gets in from the usual desk. The
cookie opens nothing by itself.
"""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

COOKIE = "beichen_device"
AGE = 90 * 24 * 60 * 60  # seconds
STRANGER = "stranger"
_SALT = "beichen.access.device"


def known(request: HttpRequest, name: str) -> str:
    """The number of the device when it is known for ``name``, else :data:`STRANGER`."""
    try:
        owner, number = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return STRANGER
    return str(number) if owner == name else STRANGER


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Make the device known for ``name``; one that is keeps its number."""
    number = known(request, name)
    number = get_random_string(16) if number == STRANGER else number
    value = signing.dumps([name, number], salt=_SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=AGE,
        path="/account/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )

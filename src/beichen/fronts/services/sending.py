"""What programs send: who writes, and that it holds nothing that cannot be kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from beichen.fronts.services.problems import bad
from beichen.kernel.actor import Actor
from beichen.problem import code, said
from beichen.web import programs

NO_TOKEN = code("SRV-601", "Writing needs a key, or the token of a page.", status=403)
RATE = "300/minute"


def writer(request: HttpRequest) -> Actor:
    """Who writes. A page's session alone is not enough: another site could send it. Raises SRV-601."""
    return programs.writer(request, NO_TOKEN, area="services.api", rate=RATE)


def sound(values: dict[str, Any]) -> dict[str, Any]:
    """``values``, which hold nothing that no text can hold. Raises SRV-305."""
    if not programs.is_sound(values):
        raise bad("body", said("a character or a number in it is not one of JSON's"))
    return values

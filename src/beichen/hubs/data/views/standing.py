"""How a value stands against its target, as pages show it: a sign, a word and a colour together."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from beichen.hubs.data.computing.figures import Verdict
from beichen.web.status import Status


def sign(found: Verdict) -> dict[str, Any]:
    """Variables of `data/sign.html`."""
    return {
        "tone": Status.ON_COURSE if found.is_met else Status.MISSED,
        "word": _("Target met") if found.is_met else _("Target missed"),
        "target": found.target,
    }

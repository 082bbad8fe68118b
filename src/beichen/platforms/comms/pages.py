"""What the pages of messages share: whose inbox it is, badges, times, a browser's notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.platforms.comms.models import Delivery, Group, Roster
from beichen.platforms.comms.receipts import unread_count
from beichen.platforms.comms.subscribing import Browser, subscribe, unsubscribe
from beichen.platforms.comms.vapid import public_key
from beichen.platforms.comms.words import TONES, Reason, State
from beichen.web.head import MOST

MOST_BYTES = 5000
_ICONS = {
    "missed": "missed",
    "behind": "behind",
    "unknown": "unknown",
    "on-course": "on-course",
    "ahead": "check",
}


def own_person(request: HttpRequest) -> Person | None:
    """Who is signed in, as a person; None for an account that stands for nobody."""
    account = request.user
    return account.person if isinstance(account, Account) else None


def browser_context(action: str) -> dict[str, str]:
    """Variables of ``platforms_comms/browser.html``; ``action`` is where the subscription is sent."""
    return {"browser_key": public_key(), "browser_action": action}


def said_by_browser(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a script sends; empty for anything else."""
    try:
        document: Any = orjson.loads(request.body) if len(request.body) <= MOST_BYTES else None
    except orjson.JSONDecodeError:
        document = None
    return document if isinstance(document, dict) else {}


def asked_of_browser(request: HttpRequest, receiver: Person | str, *, by: Actor) -> HttpResponse:
    """Subscribe or, with ``off``, unsubscribe as ``<bc-browser>`` asks; the caller holds that ``by`` may.

    Raises ProblemError COM-115.
    """
    given = said_by_browser(request)
    keys = given.get("keys")
    known = keys if isinstance(keys, dict) else {}
    endpoint = str(given.get("endpoint", ""))
    if given.get("off"):
        unsubscribe(endpoint, receiver, by=by)
    else:
        facts = Browser(endpoint, str(known.get("p256dh", "")), str(known.get("auth", "")), language())
        subscribe(facts, receiver, by=by)
    return HttpResponse(status=204)


def unread_of(request: HttpRequest) -> int | None:
    """How many messages the reader has not read, up to what a head shows; None where nobody is signed in."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or account.person_id is None:
        return None
    return unread_count(account.person_id, MOST + 1)


def language() -> str:
    """The reader's language, as messages are kept in it."""
    return "en" if get_language() == "en" else "zh"


def moment(value: datetime | None) -> str:
    """A time as a list shows it, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def name_of(row: Roster | Group) -> str:
    """A roster's or a group's name in the reader's language."""
    return row.name_en if language() == "en" else row.name


def badge(tone: str, label: Any) -> SafeString:
    """Sign, word and colour together."""
    context = {"tone": tone, "icon": _ICONS[tone], "label": label}
    return render_to_string("platforms_comms/badge.html", context)


def state_badge(row: Delivery) -> SafeString:
    """How far a delivery is."""
    state = State(row.state)
    return badge(TONES[state], state.label)


def reason_of(row: Delivery) -> str:
    """Why it was not sent, or the last error."""
    label = str(Reason(row.reason).label) if row.reason else ""
    return f"{label}: {row.error}" if label and row.error else label or row.error

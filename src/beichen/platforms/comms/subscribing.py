"""Browsers that show messages: a person's own, and those that follow a thing without an account.

A push service is an address that a browser names and that this house then calls: only services of known hosts
are taken (BEICHEN_PUSH_HOSTS), so that nobody makes the house call a place of their choice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils import timezone

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Person
from beichen.platforms.comms.codes import BAD_SUBSCRIPTION
from beichen.platforms.comms.models import Subscription
from beichen.platforms.comms.vapid import decoded
from beichen.problem import Problem, ProblemError, Where, said, shorten
from beichen.settings import settings

MOST = 10
"""Browsers of one receiver; the oldest makes room."""
ENDPOINT_LENGTH, _AUTH_BYTES = 1000, 16


@dataclass(frozen=True, slots=True)
class Browser:
    """What ``PushManager.subscribe`` gives a page: the service's address, and two keys in base64url."""

    endpoint: str
    p256dh: str
    auth: str
    language: str = "zh"


def digest_of(endpoint: str) -> str:
    """What stands for an endpoint wherever it is not needed itself."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


def person_key(person: Person) -> str:
    """The receiver that a person is."""
    return f"person:{person.code}"


def _is_known_service(endpoint: str) -> bool:
    """``host``, ``*.host`` (over HTTPS), or a whole origin such as ``http://127.0.0.1:9000``."""
    try:
        place = urlsplit(endpoint)
        origin, host = f"{place.scheme}://{place.netloc}", place.hostname or ""
        is_plain = place.scheme == "https" and place.port in (None, 443) and place.username is None
    except ValueError:
        return False
    for one in (part.strip().lower() for part in settings().push_hosts.split(",") if part.strip()):
        if "://" in one:
            if origin.lower() == one:
                return True
        elif is_plain and (host == one or (one.startswith("*.") and host.endswith(one[1:]))):
            return True
    return False


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(text))
    except ValueError:
        return False
    return len(text) <= 100


def _is_auth(text: str) -> bool:
    try:
        return len(decoded(text)) == _AUTH_BYTES
    except ValueError:
        return False


def _check(browser: Browser) -> None:
    problems = []
    if len(browser.endpoint) > ENDPOINT_LENGTH or not _is_known_service(browser.endpoint):
        host = urlsplit(browser.endpoint).hostname if browser.endpoint.count("[") == 0 else ""
        message = shorten(said("{host!r} is no push service that this house knows", host=host or ""))
        hint = said("whoever runs the house names it in BEICHEN_PUSH_HOSTS")
        problems.append(Problem(BAD_SUBSCRIPTION, message, Where(field="endpoint"), hint))
    for name, is_good in (("p256dh", _is_point(browser.p256dh)), ("auth", _is_auth(browser.auth))):
        if not is_good:
            message = said("the browser's key {name} cannot be read", name=name)
            problems.append(Problem(BAD_SUBSCRIPTION, message, Where(field=name)))
    if problems:
        raise ProblemError(*problems)


@transaction.atomic
def subscribe(
    browser: Browser, receiver: Person | str, *, by: Actor, now: datetime | None = None
) -> Subscription:
    """Show the receiver's messages in the browser: a person's, or of a thing (``report:CODE``).

    The caller holds that ``by`` is that person, or may follow the thing. Raises ProblemError COM-115.
    """
    _check(browser)
    person = receiver if isinstance(receiver, Person) else None
    key = person_key(receiver) if isinstance(receiver, Person) else receiver
    digest = digest_of(browser.endpoint)
    values = {
        "person": person,
        "endpoint": browser.endpoint,
        "p256dh": browser.p256dh,
        "auth": browser.auth,
        "language": "en" if browser.language == "en" else "zh",
        "created_at": now or timezone.now(),
    }
    if person is not None:  # one who signs in at another's browser takes it over
        Subscription.objects.filter(digest=digest).exclude(person=None).exclude(receiver=key).delete()
    row, _is_new = Subscription.objects.update_or_create(receiver=key, digest=digest, defaults=values)
    kept = Subscription.objects.filter(receiver=key).order_by("-created_at", "-id")
    Subscription.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[MOST:])).delete()
    _record(by, "comms.browser.subscribe", key, 1, person)
    return row


@transaction.atomic
def unsubscribe(endpoint: str, receiver: Person | str, *, by: Actor) -> int:
    """Show the receiver nothing more in the browser; returns whether it did (0 or 1)."""
    person = receiver if isinstance(receiver, Person) else None
    key = person_key(receiver) if isinstance(receiver, Person) else receiver
    number, _rows = Subscription.objects.filter(receiver=key, digest=digest_of(endpoint)).delete()
    if number:
        _record(by, "comms.browser.unsubscribe", key, number, person)
    return number


@transaction.atomic
def forget_followers(subject: str, *, by: Actor) -> int:
    """Forget every browser that follows the thing; returns how many did."""
    number, _rows = Subscription.objects.filter(receiver=subject, person=None).delete()
    if number:
        _record(by, "comms.browser.unsubscribe", subject, number, None)
    return number


def followed(subjects: Iterable[str]) -> set[str]:
    """Which of the things some browser follows: one query."""
    rows = Subscription.objects.filter(receiver__in=list(subjects), person=None)
    return set(rows.order_by().values_list("receiver", flat=True))


def forget_gone(digests: set[str], *, by: Actor) -> None:
    """Forget browsers that take nothing any more, as their service said; in the caller's transaction."""
    number, _rows = Subscription.objects.filter(digest__in=digests).delete()
    if number:
        _record(by, "comms.browser.gone", "", number, None)


def _record(by: Actor, action: str, receiver: str, number: int, person: Person | None) -> None:
    resource = f"platforms_comms.subscription:{receiver}" if receiver else "platforms_comms.subscription"
    subject = person.code if person is not None else ""
    audit.record(by, action, resource, detail={"browsers": number}, subject=subject)

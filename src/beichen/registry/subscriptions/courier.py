"""The courier: takes waiting notifications to their endpoints, each object's in order, at least once.

One subscription is served by one sender at a time, several subscriptions together. A notification is
forgotten after its endpoint took it: a courier that is killed in between sends it again. An endpoint that
fails rests longer each time, and what waits for it waits; after :data:`ATTEMPTS` a notification is given up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import F, Q
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.problem import ProblemError
from beichen.registry.models import Notification, Subscription
from beichen.registry.permissions import READ, SUBSCRIBE
from beichen.registry.subscriptions.endpoint import TIMEOUT_SECONDS
from beichen.registry.subscriptions.matching import WAKE
from beichen.registry.subscriptions.post import DeliveryError, post
from beichen.registry.subscriptions.publication import publish
from beichen.registry.subscriptions.rendering import Letter, Writer

SENDERS = 8
BATCH = 100  # entities in one notification
HEADS = 2_000  # waiting rows that are looked at in one step
ATTEMPTS = 8
FIRST_REST, FACTOR, LONGEST_REST = 1.0, 4.0, 3600.0  # seconds
ERROR_LENGTH = 300
IDLE_SECONDS = 0.5
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Parcel:
    """A letter on its way, the rows it tells of, and how it is sent."""

    subscription: int
    notes: list[int]
    attempts: int
    send: Callable[[], None]


def rest_after(attempts: int, cooldown: float) -> timedelta:
    """How long an endpoint rests after it failed ``attempts`` times: 1 s, 4 s … 1 h, or its cooldown."""
    return timedelta(seconds=max(min(FIRST_REST * FACTOR ** (attempts - 1), LONGEST_REST), cooldown))


def sender_of(row: Subscription, letter: Letter) -> Callable[[], None]:
    """What sends a letter to a subscription's endpoint; raises DeliveryError."""
    endpoint = row.parsed()["notification"]["endpoint"]
    secrets = orjson.loads(row.secrets) if row.secrets else {}
    uri: str = secrets.get("uri", endpoint["uri"])
    timeout = endpoint["timeout"] / 1000 if "timeout" in endpoint else TIMEOUT_SECONDS
    link = f'<{letter.context_url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    headers = {item["key"]: item["value"] for item in secrets.get("receiverInfo", [])}
    headers["Content-Type"] = letter.media_type
    if letter.media_type == "application/json":
        headers["Link"] = link
    if uri.startswith("http"):
        return lambda: post(uri, letter.body, headers, timeout)
    info = {item["key"]: item["value"] for item in secrets.get("notifierInfo", [])}
    version = 4 if info.get("MQTT-Version") == "mqtt3.1.1" else 5
    body = orjson.dumps({"metadata": headers, "body": orjson.loads(letter.body)})
    return lambda: publish(uri, body, version, int(info.get("MQTT-QoS", "0")), timeout)


def together(notes: Iterable[Notification]) -> list[Notification]:
    """The first of some waiting rows that one notification can tell of: no object twice."""
    taken: list[Notification] = []
    objects: set[int | None] = set()
    for note in notes:
        if not note.trigger or note.attempts != (taken[0].attempts if taken else note.attempts):
            return taken or [note]
        if note.object_id in objects or len(taken) == BATCH:
            return taken
        objects.add(note.object_id)
        taken.append(note)
    return taken


class Courier:
    """Steps through what waits. Time and the senders can be given."""

    def __init__(self, executor: Executor | None = None, now: Callable[[], datetime] = timezone.now) -> None:
        self._now = now
        self._executor = executor
        self._away: dict[Future[None], Parcel] = {}

    def step(self) -> int:
        """Settle what came back, send what is due; returns how many letters left."""
        self._settle_done()
        now = self._now()
        self._enqueue_periodic(now)
        busy = {parcel.subscription for parcel in self._away.values()}
        sent = 0
        for key in self._due(now, busy):
            if len(self._away) >= SENDERS:
                break
            parcel = self._prepare(key, now)
            if parcel is not None:
                self._dispatch(parcel)
                sent += 1
        return sent

    def drain(self, steps: int = 1_000) -> int:
        """Step until nothing is due any more (in tests and benchmarks); returns how many letters left."""
        total = 0
        for _ in range(steps):
            sent = self.step()
            total += sent
            if self._away:
                wait(self._away, return_when=FIRST_COMPLETED)
            elif not sent:
                return total
        return total

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop``, woken by new notifications of this process, else looking now and then."""
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="courier") as executor:
            self._executor = executor
            while not stop.is_set():
                WAKE.clear()
                sent = self.step()
                if self._away:
                    wait(self._away, timeout=0.05, return_when=FIRST_COMPLETED)
                elif not sent:
                    WAKE.wait(IDLE_SECONDS)
            wait(self._away)
            self._settle_done()

    # ── what is due ───────────────────────────────────────────────────────────────────────────────

    def _enqueue_periodic(self, now: datetime) -> None:
        is_live = Q(expires_at=None) | Q(expires_at__gt=now)
        due = Subscription.objects.filter(is_live, next_at__lte=now, is_active=True, is_withdrawn=False)
        for row in due.order_by("next_at")[:HEADS]:
            with transaction.atomic():
                following = max(now, (row.next_at or now)) + timedelta(seconds=row.interval or 1)
                Subscription.objects.filter(pk=row.pk).update(next_at=following)
                if not row.waiting.exists():  # an endpoint that rests is not owed every interval
                    Notification.objects.create(subscription=row, due_at=now, created_at=now)

    def _due(self, now: datetime, busy: set[int]) -> list[int]:
        rows = Notification.objects.filter(due_at__lte=now).exclude(subscription__in=busy)
        return list(
            dict.fromkeys(rows.order_by("due_at", "id").values_list("subscription_id", flat=True)[:HEADS])
        )

    def _prepare(self, key: int, now: datetime) -> Parcel | None:
        row = Subscription.objects.get(pk=key)
        waiting = row.waiting.order_by("id")[: BATCH + 1]
        notes = together(waiting)
        keys = [note.pk for note in notes]
        actor = access.actor_again(row.owner)
        if actor is None or not access.decide(actor, SUBSCRIBE) or not access.decide(actor, READ):
            self._withdraw(row)
            return None
        is_over = row.expires_at is not None and row.expires_at <= now
        letter = None
        try:
            if row.is_active and not is_over:
                letter = Writer(row, actor, now).write(notes)
        except (DatabaseError, InterfaceError):
            raise
        except Exception as error:
            # One that cannot be written must not keep the others waiting.
            logger.exception("%s cannot be written", row.urn)
            reason = str(error) if isinstance(error, ProblemError) else type(error).__name__
            self._failed(Parcel(key, keys, notes[0].attempts, lambda: None), reason, now)
            return None
        if letter is None:
            Notification.objects.filter(pk__in=keys).delete()
            return None
        return Parcel(key, keys, notes[0].attempts, sender_of(row, letter))

    def _withdraw(self, row: Subscription) -> None:
        """Stop for an owner who may not read, or not subscribe, any more."""
        logger.warning("%s stops: %s may not read any more", row.urn, row.owner)
        with transaction.atomic():
            row.waiting.all().delete()
            Subscription.objects.filter(pk=row.pk).update(is_withdrawn=True)

    # ── there and back ────────────────────────────────────────────────────────────────────────────

    def _dispatch(self, parcel: Parcel) -> None:
        if self._executor is None:
            done: Future[None] = Future()
            try:
                parcel.send()
                done.set_result(None)
            except (DeliveryError, ProblemError) as error:
                done.set_exception(error)
        else:
            done = self._executor.submit(parcel.send)
            done.add_done_callback(lambda _: WAKE.set())
        self._away[done] = parcel

    def _settle_done(self) -> None:
        for done in [item for item in self._away if item.done()]:
            parcel = self._away.pop(done)
            error = done.exception()
            now = self._now()
            if error is None:
                self._arrived(parcel, now)
            else:
                if not isinstance(error, (DeliveryError, ProblemError)):
                    logger.error("a sender failed", exc_info=error)
                self._failed(parcel, str(error), now)

    @transaction.atomic
    def _arrived(self, parcel: Parcel, now: datetime) -> None:
        Notification.objects.filter(pk__in=parcel.notes).delete()
        Subscription.objects.filter(pk=parcel.subscription).update(
            times_sent=F("times_sent") + 1,
            last_notification=now,
            last_success=now,
            failed_in_row=0,
            rest_until=None,
            last_error="",
        )

    @transaction.atomic
    def _failed(self, parcel: Parcel, error: str, now: datetime) -> None:
        row = Subscription.objects.select_for_update().filter(pk=parcel.subscription).first()
        if row is None:
            return
        failed = Notification.objects.filter(pk__in=parcel.notes)
        attempts = parcel.attempts + 1
        if attempts >= ATTEMPTS:
            failed.delete()
        else:
            failed.update(attempts=attempts)
        row.times_sent, row.times_failed = row.times_sent + 1, row.times_failed + 1
        row.failed_in_row += 1
        row.last_notification = row.last_failure = now
        row.last_error = error[:ERROR_LENGTH]
        row.rest_until = now + rest_after(min(row.failed_in_row, ATTEMPTS), row.cooldown)
        row.save(
            update_fields=[
                "times_sent",
                "times_failed",
                "failed_in_row",
                "last_notification",
                "last_failure",
                "last_error",
                "rest_until",
            ]
        )
        row.waiting.filter(due_at__lt=row.rest_until).update(due_at=row.rest_until)

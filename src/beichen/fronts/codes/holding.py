"""The residents' card (市民卡): one identity, several entitlements; whether one of them holds, and if not,
why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from beichen.fronts.codes.models import Counter, Entitlement, Grant, GrantState
from beichen.kernel.org.models import Person


class Standing(StrEnum):
    """Whether an entitlement holds at a time: the word that a gate is told."""

    GRANTED = "granted"
    NONE = "not-granted"
    NOT_YET = "not-yet"
    EXPIRED = "expired-grant"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    USED_UP = "used-up"
    NOT_NOW = "not-now"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Held:
    """An entitlement of a person, how it stands, and what is left of its counter (None: nothing is
    counted)."""

    entitlement: Entitlement
    standing: Standing
    left: int | None = None
    until: datetime | None = None
    grant: Grant | None = None

    @property
    def is_good(self) -> bool:
        """Whether a gate opens."""
        return self.standing is Standing.GRANTED


def standing(entitlement: Entitlement, grant: Grant | None, now: datetime, left: int | None = None) -> Held:
    """How an entitlement stands with this grant of it, or without one; ``left`` of a counter that was
    used."""
    if grant is None:
        found, until = (Standing.GRANTED if entitlement.is_open else Standing.NONE), None
    else:
        found, until = _granted(grant, now), grant.until
    left = entitlement.start if left is None or entitlement.start is None else left
    if not entitlement.is_current:
        found = Standing.WITHDRAWN
    if found is Standing.GRANTED and left == 0:
        found = Standing.USED_UP
    if found is Standing.GRANTED and not is_open_at(entitlement.times, now):
        found = Standing.NOT_NOW
    return Held(entitlement, found, left, until, grant)


def _granted(grant: Grant, now: datetime) -> Standing:
    if grant.state == GrantState.REVOKED:
        return Standing.REVOKED
    if grant.state == GrantState.SUSPENDED:
        return Standing.SUSPENDED
    if now < grant.since:
        return Standing.NOT_YET
    return Standing.EXPIRED if grant.until is not None and now >= grant.until else Standing.GRANTED


def is_open_at(times: Iterable[dict[str, object]], now: datetime) -> bool:
    """Whether the rows of days (1 is Monday) and hours hold this moment in the city's zone; none: always."""
    rows = list(times)
    local = timezone.localtime(now)
    clock = f"{local:%H:%M}"
    return not rows or any(
        local.isoweekday() in row["days"] and str(row["from"]) <= clock < str(row["until"])  # type: ignore[operator]
        for row in rows
    )


def held_by(person: Person, entitlement: Entitlement, now: datetime) -> Held:
    """How one entitlement of a person stands."""
    grant = Grant.objects.filter(entitlement=entitlement, person=person).first()
    counter = Counter.objects.filter(entitlement=entitlement, person=person).first()
    return standing(entitlement, grant, now, counter.left if counter else None)


def not_held(person: Person) -> list[Entitlement]:
    """What the card could hold besides: nobody has granted it to the person."""
    rows = Entitlement.objects.filter(is_current=True, is_open=False).select_related("grantor")
    return list(rows.exclude(grants__person=person).order_by("key"))


def card_of(person: Person, now: datetime) -> list[Held]:
    """Everything on a person's card: what is open to every resident, and what was granted to them."""
    grants = {row.entitlement_id: row for row in Grant.objects.filter(person=person)}
    counters = dict(Counter.objects.filter(person=person).values_list("entitlement_id", "left"))
    rows = Entitlement.objects.filter(is_current=True).order_by("key")
    shown = [row for row in rows if row.is_open or row.pk in grants]
    return [standing(row, grants.get(row.pk), now, counters.get(row.pk)) for row in shown]


def latest(day: int, clock: str) -> datetime:
    """The last such day of the week at this time of the city's clock, ten seconds later."""
    now = timezone.localtime()
    hour, minute = (int(part) for part in clock.split(":"))
    found = now.replace(hour=hour, minute=minute, second=10, microsecond=0)
    found -= timedelta(days=(now.isoweekday() - day) % 7)
    return found if found <= now else found - timedelta(days=7)

"""Which channels a receiver is reached on, and when: a message and people become deliveries.

The inbox always. A normal message goes to the first channel of its template that reaches the person, and on
to the next should that one fail; an urgent one goes to all of them at once, day and night. A person's
browsers are told besides, whatever else is. What is left out is a delivery too, with its reason: who was told
what when is complete.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from beichen.kernel.levels import Level
from beichen.platforms.comms.addresses import OUTSIDE, written
from beichen.platforms.comms.models import Contact, Delivery, Group, Message, Subscription
from beichen.platforms.comms.notice import ToAddress
from beichen.platforms.comms.quiet import Span, released_at
from beichen.platforms.comms.receivers import Nobody, Told
from beichen.platforms.comms.words import ChannelName, Reason, State, Urgency
from beichen.problem import ProblemError


@dataclass(slots=True)
class Router:
    """Makes a message's deliveries; ``order`` are the template's channels, ``ready`` what is set up."""

    message: Message
    order: Sequence[str]
    ready: frozenset[str]
    city: Span | None
    zone: ZoneInfo
    now: datetime
    made: int = field(default=0, init=False)

    def _delivery(self, receiver: str, channel: str, **values: Any) -> Delivery:
        self.made += 1
        return Delivery(
            message=self.message,
            number=f"{self.message.code}.{self.made}",
            receiver=receiver,
            channel=channel,
            created_at=self.now,
            **values,
        )

    @property
    def _is_urgent(self) -> bool:
        return self.message.urgency == Urgency.URGENT

    def _wait(self, quiet: Sequence[Span], *, is_awake: bool = False) -> dict[str, Any]:
        """Now, or held until the quiet hours are over."""
        spans = [*quiet, *([self.city] if self.city else [])]
        at = self.now if self._is_urgent or is_awake else released_at(self.now, spans, self.zone)
        return {"state": State.HELD if at > self.now else State.QUEUED, "next_at": at}

    def to_person(
        self, told: Told, contact: Contact | None, browsers: Sequence[Subscription] = ()
    ) -> Iterator[Delivery]:
        """The inbox, the person's own browsers, and the channels outside."""
        person, receiver = told.person, f"person:{told.person.code}"
        known: dict[str, Any] = {
            "person": person,
            "data_subject": person.code,
            "name": person.name,
            "language": contact.language if contact else "zh",
        }
        yield self._delivery(
            receiver,
            ChannelName.INBOX,
            state=State.DELIVERED,
            sent_at=self.now,
            delivered_at=self.now,
            **known,
        )
        if self.message.urgency == Urgency.LOW:
            return
        muted = contact.muted if contact and not self._is_urgent else ()
        order = [name for name in self.order if name in OUTSIDE and name not in muted]
        addresses = {
            ChannelName.MAIL.value: (contact.mail if contact else "") or person.email,
            ChannelName.SMS.value: (contact.phone if contact else "") or person.phone,
        }
        wait = self._wait(_own_quiet(contact), is_awake=told.is_on_duty)
        if ChannelName.PUSH not in muted:
            for browser in browsers:
                yield self._delivery(f"push:{browser.digest}", ChannelName.PUSH, **wait, **known)
        yield from self._outside(receiver, order, addresses, wait, known)

    def _outside(
        self,
        receiver: str,
        order: Sequence[str],
        addresses: Mapping[str, str],
        wait: Mapping[str, Any],
        known: Mapping[str, Any],
    ) -> Iterator[Delivery]:
        usable: list[tuple[str, str]] = []
        for name in order:
            address, reason = self._usable(name, addresses[name])
            if address:
                usable.append((name, address))
            elif not usable or self._is_urgent:
                yield self._delivery(receiver, name, state=State.DROPPED, reason=reason, **known)
        if self._is_urgent:
            for name, address in usable:
                yield self._delivery(receiver, name, address=address, **wait, **known)
        elif usable:
            (name, address), *rest = usable
            yield self._delivery(receiver, name, address=address, fallback=rest, **wait, **known)

    def _usable(self, channel: str, address: str) -> tuple[str, Reason]:
        """The address as it is sent to; empty with the reason where it cannot be."""
        if channel not in self.ready:
            return "", Reason.NOT_CONFIGURED
        try:
            return (written(channel, address) if address else ""), Reason.NO_ADDRESS
        except ProblemError:
            return "", Reason.NO_ADDRESS

    def to_address(self, one: ToAddress) -> Delivery:
        """The one channel that an outside address has. Raises ProblemError COM-107, COM-108."""
        address = written(one.channel, one.address)
        digest = hashlib.sha256(f"{one.channel}:{address}".encode()).hexdigest()[:32]
        known: dict[str, Any] = {
            "data_subject": one.subject,
            "name": one.name[:100],
            "language": "en" if one.language == "en" else "zh",
            "address": address,
            "is_direct": True,
        }
        if one.channel not in self.ready:
            reason = Reason.NOT_CONFIGURED
            return self._delivery(
                f"address:{digest}", one.channel, state=State.DROPPED, reason=reason, **known
            )
        return self._delivery(f"address:{digest}", one.channel, **self._wait(()), **known)

    def to_follower(self, browser: Subscription) -> Delivery:
        """A browser that follows the thing; nobody knows whose it is, and its owner reads it nowhere else."""
        known = {"language": browser.language, "is_direct": True, **self._wait(())}
        return self._delivery(f"push:{browser.digest}", ChannelName.PUSH, **known)

    def to_chat(self, group: Group) -> Iterator[Delivery]:
        """The group's chat, where the template goes to chats; never personal data."""
        if ChannelName.GROUP not in self.order or self.message.urgency == Urgency.LOW:
            return
        receiver, name = f"group:{group.key}", group.name
        if self.message.level >= Level.L3:
            reason = Reason.PERSONAL
            yield self._delivery(receiver, ChannelName.GROUP, state=State.DROPPED, reason=reason, name=name)
        else:
            yield self._delivery(receiver, ChannelName.GROUP, name=name, **self._wait(()))

    def to_nobody(self, nobody: Nobody) -> Delivery:
        """That there was nobody to tell."""
        reason = Reason.NOBODY_ON_DUTY if nobody.is_roster else Reason.NOBODY_THERE
        inbox, name = ChannelName.INBOX, nobody.name
        return self._delivery(nobody.receiver, inbox, state=State.DROPPED, reason=reason, name=name)


def _own_quiet(contact: Contact | None) -> list[Span]:
    if contact is None or contact.quiet_from is None or contact.quiet_until is None:
        return []
    return [Span(contact.quiet_from, contact.quiet_until)]


def following(row: Delivery, now: datetime) -> Delivery | None:
    """The next channel of a delivery that failed, when there is one."""
    if not row.fallback:
        return None
    (channel, address), *rest = row.fallback
    return Delivery(
        message=row.message,
        number=f"{row.number}.1",
        receiver=row.receiver,
        person_id=row.person_id,
        data_subject=row.data_subject,
        name=row.name,
        language=row.language,
        channel=channel,
        address=address,
        is_direct=row.is_direct,
        fallback=rest,
        state=State.QUEUED,
        next_at=now,
        created_at=now,
    )

"""How people are reached: their own addresses, muted channels and quiet hours; and the city's quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from django.db import transaction

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Person
from beichen.platforms.comms.addresses import MUTABLE, written
from beichen.platforms.comms.codes import BAD_ADDRESS, NO_CHANNEL
from beichen.platforms.comms.models import Contact, QuietHours
from beichen.platforms.comms.rights import SET_QUIET
from beichen.platforms.comms.words import ChannelName
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person chooses; an empty address means the one that the city knows."""

    language: str = "zh"
    mail: str = ""
    phone: str = ""
    muted: Sequence[str] = ()
    quiet_from: time | None = None
    quiet_until: time | None = None


def preferences_of(person: Person) -> Preferences:
    """What a person has chosen, or the defaults."""
    row = Contact.objects.filter(person=person).first()
    if row is None:
        return Preferences()
    return Preferences(row.language, row.mail, row.phone, row.muted, row.quiet_from, row.quiet_until)


def _problems(chosen: Preferences) -> list[Problem]:
    known = [name.value for name in MUTABLE]
    problems = [
        Problem(
            NO_CHANNEL,
            shorten(said("no channel is called {name!r}", name=name)),
            Where(field="muted"),
            nearest(name, known),
        )
        for name in chosen.muted
        if name not in known
    ]
    if (chosen.quiet_from is None) != (chosen.quiet_until is None):
        missing = "quiet_from" if chosen.quiet_from is None else "quiet_until"
        problems.append(
            Problem(BAD_ADDRESS, said("quiet hours have a start and an end"), Where(field=missing))
        )
    return problems


def _address(channel: ChannelName, text: str, problems: list[Problem]) -> str:
    try:
        return written(channel, text) if text.strip() else ""
    except ProblemError as error:
        problems.extend(error.problems)
        return ""


@transaction.atomic
def set_preferences(person: Person, chosen: Preferences, *, by: Actor) -> Contact:
    """Keep how a person is reached. The caller holds that ``by`` is that person, or may act for them.

    Raises ProblemError COM-107, COM-108 with every mistake.
    """
    problems = _problems(chosen)
    values = {
        "language": "en" if chosen.language == "en" else "zh",
        "mail": _address(ChannelName.MAIL, chosen.mail, problems),
        "phone": _address(ChannelName.SMS, chosen.phone, problems),
        "muted": sorted(set(chosen.muted)),
        "quiet_from": chosen.quiet_from,
        "quiet_until": chosen.quiet_until,
    }
    if problems:
        raise ProblemError(*problems)
    row, _created = Contact.objects.update_or_create(person=person, defaults=values)
    resource = f"platforms_comms.contact:{person.code}"
    detail = {"language": values["language"], "muted": values["muted"]}
    audit.record(by, "comms.contact.set", resource, detail=detail, subject=person.code)
    bus.publish("comms.contact.changed", person.code, detail, by=by, level=3)
    return row


@transaction.atomic
def set_city_quiet(quiet_from: time | None, quiet_until: time | None, *, by: Actor) -> None:
    """Set the hours in which nobody is disturbed by what can wait; None for none. Raises ACC-403, COM-108."""
    require(by, SET_QUIET)
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_from" if quiet_from is None else "quiet_until"
        message = said("quiet hours have a start and an end")
        raise ProblemError(Problem(BAD_ADDRESS, message, Where(field=missing)))
    QuietHours.objects.all().delete()
    said_hours = ""
    if quiet_from is not None and quiet_until is not None:
        QuietHours.objects.create(quiet_from=quiet_from, quiet_until=quiet_until)
        said_hours = f"{quiet_from:%H:%M}-{quiet_until:%H:%M}"
    audit.record(by, "comms.quiet.set", "platforms_comms.quiethours", detail={"hours": said_hours})
    bus.publish("comms.quiet.changed", "city", {"hours": said_hours}, by=by, level=2)

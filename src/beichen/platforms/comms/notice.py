"""What a room says and to whom: the values that ``send`` takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Person, Region
from beichen.platforms.comms.words import Urgency


@dataclass(frozen=True, slots=True)
class Notice:
    """A template with its values: what is said.

    ``about`` names the thing (``case:20261128-0001``), ``href`` its page in this house. ``urgency`` is the
    template's where None. ``region`` bounds who may read of it in the log; None is the whole city. A value is
    a text, a number, a time, or ``{"zh": …, "en": …}``.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    urgency: Urgency | None = None
    level: Level = Level.L2
    href: str = ""
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class ToPerson:
    """One person, over the channels that they prefer."""

    person: Person


@dataclass(frozen=True, slots=True)
class ToBody:
    """Whoever holds a post at the body now: in ``role`` (empty: any), for ``region`` (None: any).

    A post for a city is responsible for its districts too.
    """

    body: Body
    role: str = ""
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class ToGroup:
    """A group's people, and its chat where it has one."""

    key: str


@dataclass(frozen=True, slots=True)
class ToRoster:
    """Whoever is on duty at the moment; the roster's fallback group when nobody is."""

    key: str


@dataclass(frozen=True, slots=True)
class ToAddress:
    """An address that stands outside: a citizen who left a telephone number.

    ``subject`` is the code of the person whose address it is, where one is known: that person sees in the
    audit record who looked at it.
    """

    channel: str
    address: str
    name: str = ""
    language: str = "zh"
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ToFollowers:
    """Every browser that follows a thing, whoever looks at it; ``subject`` is ``report:CODE``."""

    subject: str


Receiver = ToPerson | ToBody | ToGroup | ToRoster | ToAddress | ToFollowers

"""An item, a bundle and a window as `services.yaml` says them, read into structs.

The section checks an entry before it is kept; what is read here is sound. Amounts are yuan; times are working
time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from functools import lru_cache
from typing import Any

import msgspec
import orjson
from msgspec import Struct
from msgspec import field as renamed

from beichen.fronts.services.declaration import Field, Words
from beichen.kernel.levels import Level
from beichen.kernel.scene.durations import duration

TEXT = "text"


class Condition(Struct, frozen=True):
    """Who may apply: ``when`` must hold; if not, ``otherwise`` says why not and what to do."""

    when: str
    otherwise: Words


class Material(Struct, frozen=True):
    """A paper of an application. ``held_by`` says where the city holds it: then it is not asked for again.

    ``required`` is a truth or a condition over the application's data and the answers of the guided check.
    ``level`` is the clearance of officers who may open what is brought for it.
    """

    name: Words
    about: Words | None = None
    required: bool | str = True
    form: str = "either"
    copies: int = 1
    held_by: str = renamed(default="", name="from")
    level: str = ""

    def level_at(self, base: Level) -> Level:
        """The level where the affair's is ``base``: a paper about a person is personal unless declared."""
        if self.level:
            return Level[self.level]
        return max(base, Level.L3) if self.held_by.startswith("person.") else base


class Amount(Struct, frozen=True):
    """A row of a fee: the first whose condition holds counts."""

    yuan: float
    when: str = ""
    name: Words | None = None


class Free(Struct, frozen=True):
    """Who pays nothing."""

    when: str
    name: Words


class Refund(Struct, frozen=True):
    """Whether a paid fee goes back, by how the affair ended: at-once, never, or as an officer decides.

    ``refused`` is any end without what was applied for, ``annulled`` a decision that was taken back.
    """

    withdrawn: str = "at-once"
    refused: str = "at-once"
    annulled: str = "officer"


class Fee(Struct, frozen=True):
    """What a service costs, and by what right. ``message`` is the process's that waits for the payment."""

    basis: Words
    amounts: tuple[Amount, ...]
    free: tuple[Free, ...] = ()
    message: str = ""
    refund: Refund = Refund()


class Basis(Struct, frozen=True):
    """A law or rule on which an item stands."""

    name: Words
    url: str = ""


class Result(Struct, frozen=True):
    """What the applicant gets, and how."""

    name: Words
    certificate: str = ""
    delivery: tuple[str, ...] = ("online",)


class Frequent(Struct, frozen=True):
    """Something that is asked often."""

    question: Words
    answer: Words


class Marks(Struct, frozen=True):
    """At which share of the promised time an affair gets its yellow and its red mark (黄牌、红牌)."""

    yellow: float = 0.8
    red: float = 1.0


class Item(Struct, frozen=True):
    """A service item (事项). ``good`` are the ends of its process that give what was asked for.

    ``at`` are types of objects at whose codes it is offered, each with the field that takes the object.
    """

    name: Words
    body: str
    audience: tuple[str, ...]
    process: str
    about: Words | None = None
    form: str = ""
    events: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ask: dict[str, Field] = {}
    conditions: tuple[Condition, ...] = ()
    assurance: str = "low"
    materials: dict[str, Material] = {}
    fee: Fee | None = None
    promised: str = ""
    legal: str = ""
    basis: tuple[Basis, ...] = ()
    result: Result | None = None
    good: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    at: dict[str, str] = {}
    faq: tuple[Frequent, ...] = ()
    visits: int = 0
    online: bool = True
    marks: Marks = Marks()


class Part(Struct, frozen=True):
    """An item of a bundle: it starts after others; ``when`` leaves it out where it does not hold."""

    after: tuple[str, ...] = ()
    when: str = ""


class Bundle(Struct, frozen=True):
    """One thing once (一件事一次办): several items from one application."""

    name: Words
    items: dict[str, Part]
    about: Words | None = None
    events: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    promised: str = ""
    form: str = ""


class Hours(Struct, frozen=True):
    """When a window is open on these days of the week."""

    opens: str = renamed(name="from")
    closes: str = renamed(name="to")
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")

    @property
    def span(self) -> tuple[time, time]:
        """From when until when."""
        return time.fromisoformat(self.opens), time.fromisoformat(self.closes)


class Window(Struct, frozen=True):
    """A place where people are served: ``capacity`` people a slot, booked at most ``ahead`` days before."""

    name: Words
    body: str
    region: str
    hours: tuple[Hours, ...]
    address: Words | None = None
    place: str = ""
    at: tuple[float, float] | None = None
    slot: str = "30m"
    capacity: int = 4
    counters: int = 1
    ahead: int = 14
    letter: str = "A"

    @property
    def step(self) -> timedelta:
        """How long one appointment is."""
        return duration(self.slot)


def packed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as a column keeps it: as text: PostgreSQL's JSON forgets the order of keys."""
    return {TEXT: orjson.dumps(entry).decode()}


def unpacked(declared: Mapping[str, Any]) -> dict[str, Any]:
    """What :func:`packed` kept, in its order; an entry itself stays what it is."""
    return orjson.loads(declared[TEXT]) if TEXT in declared else dict(declared)


def read_item_entry(declared: Mapping[str, Any]) -> Item:
    """The item of a declaration. Raises msgspec.ValidationError for one that is not sound."""
    return _item(_text(declared))


def read_bundle_entry(declared: Mapping[str, Any]) -> Bundle:
    """The same of a bundle."""
    return _bundle(_text(declared))


def read_window_entry(declared: Mapping[str, Any]) -> Window:
    """The same of a window."""
    return _window(_text(declared))


def _text(declared: Mapping[str, Any]) -> bytes:
    return declared[TEXT].encode() if TEXT in declared else orjson.dumps(declared)


@lru_cache(maxsize=1024)
def _item(text: bytes) -> Item:
    return msgspec.json.decode(text, type=Item)


@lru_cache(maxsize=128)
def _bundle(text: bytes) -> Bundle:
    return msgspec.json.decode(text, type=Bundle)


@lru_cache(maxsize=256)
def _window(text: bytes) -> Window:
    return msgspec.json.decode(text, type=Window)

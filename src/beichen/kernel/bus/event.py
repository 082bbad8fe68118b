"""An event (事件): something that happened, as a CloudEvent 1.0 in its JSON format.

Types are words joined by dots, ``registry.object.created``. Patterns over types are those of NATS:
``*`` stands for one word, ``>`` for all the words that follow.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import time as clock
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from beichen.problem import Problem, ProblemError, Where, code, shorten

STREAM = "BEICHEN"
SUBJECT_PREFIX = "beichen.events."
HINTS = "beichen.hints"
"""The subject of what changes by the thousand and is no event: lists of documents in the form of events, kept
by nobody, told in sums to who watches a screen."""
MEDIA_TYPE = "application/cloudevents+json"
EVENT_BYTES = 512 * 1024  # below the megabyte that a NATS server takes by default
ID_LENGTH, SOURCE_LENGTH, TYPE_LENGTH, SUBJECT_LENGTH = 120, 160, 160, 200

INVALID = code("BUS-101", "An event's attribute is not valid.", status=422)
NOT_JSON = code("BUS-102", "An event's data cannot be written as JSON.", status=422)
TOO_LARGE = code("BUS-103", "An event is larger than the bus carries.", status=413)
UNREADABLE = code("BUS-104", "A message is not a CloudEvent in JSON.")
BAD_PATTERN = code("BUS-105", "A pattern of event types is not valid.")

_TYPE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\Z")
_PATTERN = re.compile(r"([A-Za-z0-9_-]+|\*)(\.([A-Za-z0-9_-]+|\*))*(\.>)?\Z|>\Z")
_LEVELS = frozenset({1, 2, 3, 4})
_LOWEST_62 = (1 << 62) - 1
_EXTENSION = re.compile(r"[a-z0-9]{1,20}\Z")
_LIMITS = (
    ("id", ID_LENGTH),
    ("source", SOURCE_LENGTH),
    ("type", TYPE_LENGTH),
    ("subject", SUBJECT_LENGTH),
)
_TEXTS = ("id", "source", "type", "subject", "region", "actor", "dataschema")
_JSON = "application/json"
_CONTEXT = frozenset({"specversion", "id", "source", "type", "subject", "time", "datacontenttype"})
_TEXT_ONLY = frozenset({str})
_KNOWN = _CONTEXT | {"dataschema", "data", "data_base64", "region", "level", "actor"}


@dataclass(frozen=True, slots=True)
class Event:
    """One CloudEvent. ``subject`` is the code of the thing; events of one subject keep their order.

    ``region`` is a region's path, ``level`` a data level 1-4, ``actor`` the key of who caused it: the
    extension attributes of Beichen. ``data`` is a JSON value, text, or bytes by ``content_type``.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: Any
    region: str = ""
    level: int = 1
    actor: str = ""
    content_type: str = _JSON
    extensions: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes the event one (CloudEvents 1.0, 3.1.1): its source and id together."""
        return f"{self.source}#{self.id}"

    def as_dict(self) -> dict[str, Any]:
        """The event in the CloudEvents JSON format; optional attributes that are empty are left out."""
        document: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": self.time.isoformat(),
        }
        if self.subject:
            document["subject"] = self.subject
        if self.region:
            document["region"] = self.region
        if self.actor:
            document["actor"] = self.actor
        document["level"] = self.level
        if self.extensions:
            document.update(self.extensions)
        if self.data is not None:
            document["datacontenttype"] = self.content_type
            if isinstance(self.data, bytes):
                document["data_base64"] = base64.b64encode(self.data).decode()
            else:
                document["data"] = self.data
        return document

    def encode(self) -> bytes:
        """JSON. Raises ProblemError BUS-102 for data that has no JSON form, BUS-103 over the limit."""
        try:
            encoded = orjson.dumps(self.as_dict())
        except TypeError as error:
            problem = Problem(NOT_JSON, shorten(str(error)), Where(field=self.type))
            raise ProblemError(problem) from error
        if len(encoded) > EVENT_BYTES:
            message = f"{len(encoded)} bytes; at most {EVENT_BYTES} are carried"
            hint = "store the content in files and send its hash"
            raise ProblemError(Problem(TOO_LARGE, message, Where(field=self.type), hint))
        return encoded


def identifier() -> str:
    """A UUID of version 7 (RFC 9562): unique, and near in the index to its neighbours in time."""
    moment = int(clock.time() * 1000)
    chance = secrets.randbits(74)
    bits = (moment << 80) | (7 << 76) | (chance >> 62 << 64) | (2 << 62) | (chance & _LOWEST_62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _is_plain(event: Event) -> bool:
    """Whether nothing can be wrong: the short way of nearly every event."""
    return (
        0 < len(event.id) <= ID_LENGTH
        and 0 < len(event.source) <= SOURCE_LENGTH
        and 0 < len(event.type) <= TYPE_LENGTH
        and len(event.subject) <= SUBJECT_LENGTH
        and _TYPE.match(event.type) is not None
        and type(event.level) is int
        and event.level in _LEVELS
        and event.time.tzinfo is not None
        and not event.extensions
    )


def check(event: Event) -> list[Problem]:
    """Everything that is wrong with an event's attributes."""
    return [] if _is_plain(event) else _mistakes(event)


def _mistakes(event: Event) -> list[Problem]:
    problems: list[Problem] = []

    def wrong(name: str, message: str, hint: str = "") -> None:
        problems.append(Problem(INVALID, shorten(message), Where(field=name), hint))

    for name, limit in _LIMITS:
        value: str = getattr(event, name)
        if name != "subject" and not value:
            wrong(name, f"{name} is empty")
        if len(value) > limit:
            wrong(name, f"{name} has {len(value)} characters; at most {limit} are taken")
    if event.type and not _TYPE.match(event.type):
        wrong("type", f"type is {event.type!r}, not words joined by dots", "such as registry.object.created")
    if type(event.level) is not int or event.level not in _LEVELS:
        wrong("level", f"level is {event.level!r}, not 1 to 4")
    if event.time.tzinfo is None:
        wrong("time", "time has no offset")
    for name in event.extensions:
        if not _EXTENSION.match(name):
            wrong(name, f"extension {name!r} is not lower-case letters and digits")
    return problems


def _time(value: Any) -> datetime:
    if value is None:
        return datetime.now(UTC)
    return datetime.fromisoformat(str(value))


def _data(document: Mapping[str, Any]) -> Any:
    if "data_base64" in document:
        return base64.b64decode(document["data_base64"], validate=True)
    return document.get("data")


def _not_text(document: Mapping[str, Any]) -> list[Problem]:
    names = (name for name in (*_TEXTS, "datacontenttype") if type(document.get(name, "")) is not str)
    return [Problem(INVALID, f"{name} is not text", Where(field=name)) for name in names]


def from_dict(document: Any) -> Event:
    """The event of a document in the CloudEvents JSON format.

    Raises ProblemError BUS-104 when it is none, BUS-101 with every attribute that is wrong.
    """
    if not isinstance(document, dict) or document.get("specversion") != "1.0":
        found = document.get("specversion") if isinstance(document, dict) else type(document).__name__
        message = f"expected a CloudEvent of specversion 1.0, found {found!r}"
        raise ProblemError(Problem(UNREADABLE, shorten(message), Where(field="specversion")))
    texts = [document.get(name, "") for name in _TEXTS]
    content_type = document.get("datacontenttype", _JSON)
    if not {*map(type, texts), type(content_type)} <= _TEXT_ONLY:
        raise ProblemError(*_not_text(document))
    identity, source, kind, subject, region, actor, _schema = texts
    is_known = _KNOWN.issuperset(document)
    try:
        event = Event(
            id=identity,
            source=source,
            type=kind,
            subject=subject,
            time=_time(document.get("time")),
            data=_data(document),
            region=region,
            level=document.get("level", 1),
            actor=actor,
            content_type=content_type,
            extensions={} if is_known else {name: document[name] for name in document.keys() - _KNOWN},
        )
    except (ValueError, TypeError, binascii.Error) as error:
        raise ProblemError(Problem(UNREADABLE, shorten(str(error)))) from error
    if problems := check(event):
        raise ProblemError(*problems)
    return event


def decode(content: bytes | str) -> Event:
    """The event in ``content``. Raises as :func:`from_dict` does."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ProblemError(Problem(UNREADABLE, shorten(f"not JSON: {error}"))) from error
    return from_dict(document)


def check_pattern(pattern: str) -> str:
    """``pattern`` when it is one. Raises ProblemError BUS-105."""
    if not _PATTERN.match(pattern):
        hint = "words joined by dots; * for one word, > at the end for all that follow"
        raise ProblemError(Problem(BAD_PATTERN, shorten(f"{pattern!r} is no pattern of types"), hint=hint))
    return pattern


def matches(pattern: str, event_type: str) -> bool:
    """Whether ``pattern`` covers ``event_type``."""
    wanted, words = pattern.split("."), event_type.split(".")
    for place, word in enumerate(wanted):
        if word == ">":
            return len(words) > place
        if place >= len(words) or word not in ("*", words[place]):
            return False
    return len(wanted) == len(words)


def overlap(first: str, second: str) -> bool:
    """Whether some type is covered by both patterns (JetStream refuses such filters in one consumer)."""
    left, right = first.split("."), second.split(".")
    for one, other in zip(left, right, strict=False):
        if ">" in (one, other):
            return True
        if one != other and "*" not in (one, other):
            return False
    return len(left) == len(right)

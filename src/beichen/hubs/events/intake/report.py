"""A report as it comes in, checked: all mistakes at once, each with the field that it is about."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import phonenumbers

from beichen.hubs.events.kinds.declaration import Ask, Kind
from beichen.hubs.events.words import Channel
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

BAD_REPORT = code("EVT-401", "A report's field is missing or not valid.", status=422)
LONGEST_TEXT = 4000
LONGEST_ANSWER = 1000
LARGEST_NUMBER = 1e15  # of an answer; larger ones are no whole numbers in JSON
_MOST_ANSWERS = 50
# Control characters but tab and line breaks, and those that turn the direction of what stands around them
# (UAX 9): they come along when text is pasted, and would garble the pages of whoever reads the report.
_CONTROLS = {*range(1, 0x20), *range(0x7F, 0xA0)} - set(map(ord, "\t\n\r"))
_TURNS = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_UNSEEN = dict.fromkeys(_CONTROLS | _TURNS)


@dataclass(frozen=True, slots=True)
class ReporterFacts:
    """Who reports, as far as they say; all of it may be empty (anonymous)."""

    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = "zh-hans"
    wants_callback: bool = False
    person: str = ""

    @property
    def is_anonymous(self) -> bool:
        """Whether nothing is said."""
        return not (self.name or self.phone or self.email or self.person)


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """What comes in. ``key`` is the sender's own identity of the report: the same one comes in once.

    ``longitude`` and ``latitude`` are WGS 84 degrees; ``region`` is a code and wins over the place.
    ``files`` are codes of stored files. ``place_score`` is how sure a place is that an address gave.
    """

    channel: Channel
    text: str
    key: str = ""
    kind: str = ""
    longitude: float | None = None
    latitude: float | None = None
    address: str = ""
    region: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    reporter: ReporterFacts = field(default_factory=ReporterFacts)
    files: tuple[str, ...] = ()
    media_url: str = ""
    is_demo: bool = False
    place_score: float | None = None


def check(draft: ReportDraft, kind: Kind) -> ReportDraft:
    """The draft without blanks at its ends or unseen characters, its numbers as numbers.

    Raises EVT-401 with every mistake.
    """
    found: list[Problem] = []
    text = legible(draft.text)
    if not text:
        found.append(_bad("text", said("say what happened")))
    if len(text) > LONGEST_TEXT:
        found.append(_bad("text", said("longer than {limit} characters", limit=LONGEST_TEXT)))
    given = {"text": text, "address": draft.address, "key": draft.key, "name": draft.reporter.name}
    found += [
        _bad(name, said("a character that no text holds")) for name, one in given.items() if "\0" in one
    ]
    found += _check_place(draft.longitude, draft.latitude)
    if len(draft.address) > 200:
        found.append(_bad("address", said("longer than {limit} characters", limit=200)))
    if len(draft.key) > 200:
        found.append(_bad("key", said("longer than {limit} characters", limit=200)))
    found += faults_of(draft.reporter)
    # Whoever wrote the rows of a file was asked something else: what is not known is asked later.
    found += _check_answers(draft.answers, kind.ask, must_answer=draft.channel != Channel.FILE)
    if found:
        raise ProblemError(*found)
    answers = {name: _typed(value, kind.ask[name]) for name, value in draft.answers.items()}
    reporter = replace(draft.reporter, name=legible(draft.reporter.name))
    return replace(draft, text=text, address=legible(draft.address), reporter=reporter, answers=answers)


def legible(text: str) -> str:
    """``text`` as people read it: without unseen characters, and blanks at its ends."""
    return text.translate(_UNSEEN).strip()


def _bad(name: str, message: str, hint: str = "") -> Problem:
    return Problem(BAD_REPORT, shorten(message), Where(field=name), hint)


def _check_place(longitude: float | None, latitude: float | None) -> list[Problem]:
    if (longitude is None) != (latitude is None):
        missing = "latitude" if latitude is None else "longitude"
        return [_bad(missing, said("a place has a longitude and a latitude"))]
    if longitude is None or latitude is None:
        return []
    found = []
    if not (math.isfinite(longitude) and -180 <= longitude <= 180):
        found.append(_bad("longitude", said("degrees from -180 to 180")))
    if not (math.isfinite(latitude) and -90 <= latitude <= 90):
        found.append(_bad("latitude", said("degrees from -90 to 90")))
    return found


def faults_of(facts: ReporterFacts) -> list[Problem]:
    """What is wrong with how somebody says that they can be reached, each with its field."""
    found = []
    if len(facts.name) > 100:
        found.append(_bad("name", said("longer than {limit} characters", limit=100)))
    if facts.phone and not is_phone(facts.phone):
        found.append(_bad("phone", said("{phone!r} is no telephone number", phone=facts.phone[:30])))
    if facts.email and ("@" not in facts.email[1:-1] or len(facts.email) > 254 or " " in facts.email):
        found.append(_bad("email", said("{email!r} is no e-mail address", email=facts.email[:60])))
    return found


def is_phone(text: str) -> bool:
    """Whether ``text`` is a number that can be called: of China, or with a country's prefix (ITU-T E.164)."""
    if len(text) > 30:
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, "CN"))
    except phonenumbers.NumberParseException:
        return False


def _check_answers(answers: dict[str, Any], asked: dict[str, Ask], *, must_answer: bool) -> list[Problem]:
    """Every required answer is there, and each is of its type; questions that nobody asked are refused."""
    found = []
    if len(answers) > _MOST_ANSWERS:
        return [_bad("answers", said("at most {limit} answers", limit=_MOST_ANSWERS))]
    found += [
        _bad(name[:60], said("{name!r} is not asked for", name=name[:60]))
        for name in answers
        if name not in asked
    ]
    for name, ask in asked.items():
        value = answers.get(name)
        if value in (None, "", []):
            if ask.required and must_answer:
                found.append(_bad(name, said("{need} is missing", need=ask.name.label)))
        elif not _is_answer(value, ask):
            hint = ", ".join(ask.choices)
            found.append(
                _bad(name, said("{value!r} is no {type}", value=str(value)[:40], type=ask.type), hint)
            )
    return found


def _typed(value: Any, ask: Ask) -> Any:
    """A number as one, however it came: a form brings text, and a condition compares numbers."""
    if ask.type != "number" or value in (None, ""):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number


def _is_answer(value: Any, ask: Ask) -> bool:
    if ask.type == "number":
        try:
            return not isinstance(value, bool) and abs(float(value)) <= LARGEST_NUMBER
        except (TypeError, ValueError):
            return False
    if ask.type == "datetime":
        try:
            return datetime.fromisoformat(str(value)).tzinfo is not None
        except ValueError:
            return False
    if ask.type == "singlevaluelist":
        return value in ask.choices
    if ask.type == "multivaluelist":
        return isinstance(value, list) and all(one in ask.choices for one in value)
    return isinstance(value, str) and len(value) <= LONGEST_ANSWER and "\0" not in value

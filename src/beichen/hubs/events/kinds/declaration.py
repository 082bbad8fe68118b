"""One kind of event as its entry of `events.yaml` says it, read into structs.

The section checks an entry against its schema before it is kept; what is read here is sound.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

import msgspec
import orjson
from django.utils.translation import get_language
from msgspec import Struct, field

from beichen.hubs.events.models import EventKind
from beichen.hubs.events.words import Stage, need_label
from beichen.kernel.scene.durations import duration

DEFAULT_LIMITS = {"accept": "2h", "dispatch": "4h", "handle": "5d", "verify": "1d", "feedback": "1d"}
_WORD_OF_STAGE = {Stage.ANSWER: "feedback"}


class Words(Struct, frozen=True):
    """A text in both languages."""

    zh: str
    en: str

    @property
    def label(self) -> str:
        """The text in the reader's language."""
        return self.en if (get_language() or "").startswith("en") else self.zh


class Harder(Struct, frozen=True):
    """A case that fits ``when`` has the grade ``to``."""

    when: str
    to: int


class Grading(Struct, frozen=True):
    """The grade of a kind, and what makes it graver."""

    default: int = 4
    escalate: tuple[Harder, ...] = ()


class SameAs(Struct, frozen=True):
    """When two reports of this kind are about the same thing."""

    within: str
    during: str
    alike: float = 0.0

    @property
    def metres(self) -> float:
        """The distance, in metres."""
        number = self.within.removesuffix("m")
        return float(number.removesuffix("k")) * (1000 if number.endswith("k") else 1)

    @property
    def span(self) -> timedelta:
        """How long after a case was opened reports join it."""
        return duration(self.during)


class Nearest(Struct, frozen=True):
    """The body of a kind that serves a level of the case's region."""

    kind: str
    at: str


class Row(Struct, frozen=True):
    """One row of a routing table; all that it names must fit."""

    to: str | Nearest
    region: str = ""
    category: str = ""
    grade: tuple[int, ...] = ()
    support: tuple[str | Nearest, ...] = ()


class Deadlines(Struct, frozen=True):
    """The time of each stage; what is not said is the house's default."""

    accept: str = ""
    dispatch: str = ""
    handle: str = ""
    verify: str = ""
    feedback: str = ""
    working: bool = False


class Step(Struct, frozen=True):
    """Something that the handler ticks off."""

    key: str
    name: Words


class Need(Struct, frozen=True):
    """Evidence that a scene wants beyond what kinds usually need, with its name."""

    key: str
    name: Words


class Ask(Struct, frozen=True):
    """A question to the reporter or the handler: an attribute of Open311."""

    name: Words
    type: str = "string"
    required: bool = False
    choices: dict[str, Words] = {}


class Kind(Struct, frozen=True):
    """A kind of event."""

    name: Words
    about: Words | None = None
    category: str = ""
    public: bool = False
    keywords: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    accept: str = "operator"
    verify: bool = True
    centre: str = ""
    grade: Grading = Grading()
    same_as: SameAs | None = None
    route: tuple[Row, ...] = ()
    deadlines: Deadlines = Deadlines()
    needs: tuple[str | Need, ...] = ()
    steps: tuple[Step, ...] = ()
    ask: dict[str, Ask] = {}
    result: dict[str, Ask] = {}
    level: str = field(default="L2")

    @property
    def needed(self) -> dict[str, str]:
        """What people call each thing that is needed, by its key, in the reader's language."""
        return dict(
            (one, need_label(one)) if isinstance(one, str) else (one.key, one.name.label)
            for one in self.needs
        )

    def limit(self, stage: str) -> timedelta | None:
        """The time of a stage; None for one without a clock."""
        word = _WORD_OF_STAGE.get(Stage(stage), stage)
        written = getattr(self.deadlines, word, "") or DEFAULT_LIMITS.get(word, "")
        return duration(written) if written else None


UNKNOWN = Kind(Words("未分类", "Unclassified"), deadlines=Deadlines(working=False))
"""What holds for a case whose kind nobody has decided."""


def read_kind(declared: dict[str, Any]) -> Kind:
    """The kind of a declaration. Raises msgspec.ValidationError for one that is not sound."""
    return _read(orjson.dumps(declared))


def asked_of(row: EventKind | None) -> dict[str, Ask]:
    """The questions to the reporter; none for a case that nobody has classified."""
    return read_kind(row.declared).ask if row is not None else {}


@lru_cache(maxsize=2048)
def _read(text: bytes) -> Kind:
    return msgspec.json.decode(text, type=Kind)

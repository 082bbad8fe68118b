"""One process as its entry of `processes.yaml` says it, read into structs.

The section checks an entry against its schema before it is kept; what is read here is sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

import msgspec
import orjson
from django.utils.translation import get_language
from msgspec import Struct

from beichen.hubs.events.service import Row
from beichen.kernel.scene.durations import duration


class Words(Struct, frozen=True):
    """A text in both languages."""

    zh: str
    en: str

    @property
    def label(self) -> str:
        """The text in the reader's language."""
        return self.en if (get_language() or "").startswith("en") else self.zh


class Field(Struct, frozen=True):
    """Something that is asked or worked out. ``public`` is shown while the affair is on public notice;
    what officers write in one that is ``told`` the applicant reads: why, on which conditions."""

    name: Words
    type: str = "string"
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    choices: dict[str, Words] = {}
    public: bool = False
    told: bool = False


class Lane(Struct, frozen=True):
    """Who acts: the first row that fits the affair's region chooses the body."""

    name: Words
    route: tuple[Row, ...] = ()


class Step(Struct, frozen=True):
    """An element of the diagram that needs words, a form, a time, a door or a table.

    ``lane`` names the datum that holds the key of the lane which acts, for a step repeated over several.
    """

    name: Words
    kind: str = "step"
    form: tuple[str, ...] = ()
    outcomes: dict[str, Words] = {}
    within: str = ""
    lane: str = ""
    door: str = ""
    decision: str = ""
    public: bool = False
    recall: bool = True

    @property
    def time(self) -> timedelta | None:
        """The working time that it may take."""
        return duration(self.within) if self.within else None


class Process(Struct, frozen=True):
    """A process: its words, its time, its data, its lanes and steps."""

    name: Words
    promised: str
    fields: dict[str, Field]
    lanes: dict[str, Lane]
    steps: dict[str, Step]
    ends: dict[str, Words]
    start: tuple[str, ...] = ()
    about: Words | None = None
    files: tuple[str, ...] = ()
    messages: dict[str, tuple[str, ...]] = {}
    title: str = ""
    subject: str = "any"
    level: str = "L2"

    @property
    def time(self) -> timedelta:
        """The working time that is promised."""
        return duration(self.promised)

    def titled(self, values: Mapping[str, Any]) -> str:
        """What an affair of these data is called; the words of a choice, whose key says nothing to people."""
        value = values.get(self.title, "")
        choices = self.fields[self.title].choices if self.title in self.fields else {}
        return choices[value].zh if isinstance(value, str) and value in choices else str(value)

    def said(self, title: str) -> str:
        """A title that :meth:`titled` gave; of a choice the words in the reader's language."""
        choices = self.fields[self.title].choices if self.title in self.fields else {}
        return next((one.label for one in choices.values() if one.zh == title), title)


def read_process(declared: dict[str, Any]) -> Process:
    """The process of a declaration. Raises msgspec.ValidationError for one that is not sound."""
    return _read(orjson.dumps(declared))


@lru_cache(maxsize=512)
def _read(text: bytes) -> Process:
    return msgspec.json.decode(text, type=Process)

"""What a channel is: whether it is set up, and a session that sends parcels one after another."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way to one address. ``number`` is the same in every attempt, so that whoever
    receives it twice can tell; ``link`` is absolute, or empty."""

    number: str
    address: str
    name: str
    language: str
    subject: str
    text: str
    link: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The channel took it; ``reference`` is its own name for it. Whether it arrived, receipts say."""

    reference: str = ""


class RefusedError(Exception):
    """This parcel will never go this way."""


class GoneError(RefusedError):
    """The address is no more: nothing will ever go there again."""


class TroubleError(Exception):
    """This parcel did not go; it may later."""


class AwayError(Exception):
    """The channel does not answer: no parcel goes now."""


Send = Callable[[Parcel], Outcome]


class Channel(Protocol):
    """A way to people outside this house."""

    def is_set_up(self) -> bool:
        """Whether the settings name what it needs."""

    def open(self) -> AbstractContextManager[Send]:
        """A session. Opening and sending raise AwayError; sending RefusedError and TroubleError too."""

"""The channels: one module each behind one small protocol, found by name when a message goes out.

A module is imported when its channel is first used, because the libraries behind some of them are large.
"""

from __future__ import annotations

from importlib import import_module

from beichen.platforms.comms.channels.channel import (
    AwayError,
    Channel,
    GoneError,
    Outcome,
    Parcel,
    RefusedError,
    TroubleError,
)
from beichen.platforms.comms.codes import NO_CHANNEL
from beichen.platforms.comms.words import ChannelName
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

__all__ = [
    "AwayError",
    "Channel",
    "GoneError",
    "Outcome",
    "Parcel",
    "RefusedError",
    "TroubleError",
    "channel",
    "set_up",
]

_MODULES = {
    ChannelName.MAIL: "mail",
    ChannelName.SMS: "sms",
    ChannelName.GROUP: "chat",
    ChannelName.PUSH: "push",
}


def channel(name: str) -> Channel:
    """The channel of this name; the inbox is none, it needs no way. Raises ProblemError COM-107."""
    if name not in _MODULES:
        message = shorten(said("no channel is called {name!r}", name=name))
        raise ProblemError(
            Problem(
                NO_CHANNEL, message, Where(field="channel"), nearest(name, [key.value for key in _MODULES])
            )
        )
    found: Channel = import_module(f"{__name__}.{_MODULES[ChannelName(name)]}").CHANNEL
    return found


def set_up() -> frozenset[str]:
    """The channels that the settings let us use."""
    return frozenset(name.value for name in _MODULES if channel(name).is_set_up())

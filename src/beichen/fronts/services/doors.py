"""Doors: what a service task may call. A room registers its own; a diagram names one, no address, no code.

A door is called within the transaction of the step that leads to it: what it does in the database happens
once, with the step or not at all. What it gives becomes data of the affair.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from beichen.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Calling:
    """Who calls: the affair's code, its process, its region's path, its level, on whose behalf."""

    affair: str
    process: str
    step: str
    subject: str
    region: str
    level: int
    by: Actor


Door = Callable[[Calling, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A door as its room declares it: ``gives`` names the data that it gives."""

    key: str
    call: Door
    gives: tuple[str, ...] = ()


_registered: dict[str, Entry] = {}


def register_door(key: str, call: Door, *, gives: tuple[str, ...] = ()) -> None:
    """Add a door. Raises ValueError when another one has the key."""
    entry = Entry(key, call, gives)
    if _registered.setdefault(key, entry) != entry:
        raise ValueError(f"the door {key!r} is registered twice")


def doors() -> Mapping[str, Entry]:
    """The doors that the rooms have registered."""
    return dict(_registered)

"""Doors: what a service task may call. A room registers its own; a diagram names one, no address, no code.

A door is called within the transaction of the step that leads to it: what it does in the database happens
once, with the step or not at all. What it gives becomes data of the affair. A door may be able to take
back what it gave: it is asked when the affair is withdrawn, or its decision taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


@dataclass(frozen=True, slots=True)
class Undoing:
    """What is taken back: the affair's code, whether its applicant withdrew it or the decision was annulled,
    why, and by whom, whose right to do so was decided.
    """

    affair: str
    is_annulled: bool
    reason: str
    by: Actor


Door = Callable[[Calling, Mapping[str, Any]], Mapping[str, Any]]
Undo = Callable[[Undoing], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A door as its room declares it: ``gives`` names the data that it gives, ``undo`` takes them back."""

    key: str
    call: Door
    gives: tuple[str, ...] = ()
    undo: Undo | None = None


_registered: dict[str, Entry] = {}


def register_door(key: str, call: Door, *, gives: tuple[str, ...] = (), undo: Undo | None = None) -> None:
    """Add a door. Raises ValueError when another one has the key."""
    entry = Entry(key, call, gives, undo)
    if _registered.setdefault(key, entry) != entry:
        raise ValueError(f"the door {key!r} is registered twice")


def doors() -> Mapping[str, Entry]:
    """The doors that the rooms have registered."""
    return dict(_registered)


def undo(keys: Iterable[str], undoing: Undoing) -> None:
    """Let these doors take back what they gave the affair, each once; what gave nothing does nothing."""
    for key in dict.fromkeys(keys):
        entry = _registered.get(key)
        if entry is not None and entry.undo is not None:
            entry.undo(undoing)

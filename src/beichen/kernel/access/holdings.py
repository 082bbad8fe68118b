"""What is kept of a person, room by room, as rooms register it in ``apps.ready()`` and `/my/data` shows it.

Personal Information Protection Law, articles 44 to 47: to know, to have a copy, to have erased what no law
wants to be kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise

from beichen.kernel.access.subjects import person_code
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Holding:
    """What one room keeps of people.

    ``count`` says how many records of the person (by code) there are, ``export`` gives them as JSON values,
    ``why`` the purpose and legal basis, ``how_long`` for how long. ``erase`` removes what may be removed and
    returns how many records that were; None where the law wants all of it kept, which ``stays`` then says.
    """

    key: str
    title: Words
    why: Words
    how_long: Words
    count: Callable[[str], int]
    export: Callable[[str], Any]
    erase: Callable[[str, Actor], int] | None = None
    stays: Words = ""
    order: int = 50


_holdings: dict[str, Holding] = {}


def register_holding(holding: Holding) -> None:
    """Show what the room keeps to those whom it concerns."""
    _holdings[holding.key] = holding


def holdings() -> list[Holding]:
    """What all rooms keep, in order."""
    return sorted(_holdings.values(), key=attrgetter("order"))


def export_holdings(*, by: Actor) -> dict[str, Any]:
    """Everything that is kept of the person who acts, by room; the look leaves a record of their own."""
    own = person_code(by)
    content = {one.key: one.export(own) for one in holdings()} if own else {}
    if own:
        audit.record(by, "access.data.export", f"kernel_org.person:{own}", subject=own)
    return content


def erase_holdings(keys: list[str], *, by: Actor) -> dict[str, int]:
    """Erase what the chosen rooms keep of the person who acts, where they may; how many records by room."""
    own = person_code(by)
    chosen = [one for one in holdings() if one.key in keys and one.erase is not None] if own else []
    erased = {one.key: one.erase(own, by) for one in chosen if one.erase is not None}
    if chosen:
        audit.record(by, "access.data.erase", f"kernel_org.person:{own}", detail=erased, subject=own)
    return erased

"""What a code stands for, and what may be done there: rooms say it here, whoever shows a code asks here.

An object of the registry is found by this room. A room whose things have codes and are no objects (affairs,
certificates) registers how they are found; a room that lets something be done at a thing registers what it
offers there, by the reader's right. So no front has to know another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from beichen.kernel.actor import Actor
from beichen.problem import ProblemError, shorten
from beichen.registry.finding import object_by_code
from beichen.registry.models import Kind, Object
from beichen.registry.problems import not_found


@dataclass(frozen=True, slots=True)
class Coded:
    """What a code stands for, as far as the reader may see it.

    ``kind`` is one of the five of :class:`Kind` or a room's own word (``certificate``); ``type`` the key of
    its type; ``about`` says in the reader's language what it is. ``row`` is the object where it is one.
    """

    code: str
    kind: str
    type: str
    name: str
    about: str
    row: Object | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be done there: words, where it leads, a sentence about it. Low orders stand
    first."""

    key: str
    label: str
    href: str
    about: str = ""
    order: int = 50


Find = Callable[[str, Actor], Coded | None]
Provide = Callable[[Coded, Actor], Iterable[Offer]]
Address = Callable[[str], str]

_finders: dict[str, Find] = {}
_offers: dict[str, list[Provide]] = {}
_addresses: list[Address] = []


def register_coded(key: str, find: Find) -> None:
    """Say how things of a room are found by their codes; None for one that is not there for the reader."""
    _finders[key] = find


def register_offer(kind_or_type: str, provide: Provide) -> None:
    """Offer something at everything of a kind (``thing``), of a type (``street-lamp``), or anywhere
    (``*``)."""
    known = _offers.setdefault(kind_or_type, [])
    if provide not in known:
        known.append(provide)


def register_address(address: Address) -> None:
    """Say which address a code has when it is printed; the last one counts."""
    _addresses[:] = [address]


def address_of_code(code: str) -> str:
    """The address to print for a code; the code itself where no room gives addresses."""
    return _addresses[0](code) if _addresses else code


def find_coded(code: str, *, by: Actor) -> Coded:
    """What the code stands for. Raises ProblemError REG-104 where there is nothing that ``by`` may see."""
    try:
        return _of_object(object_by_code(code, by=by))
    except ProblemError:
        pass
    for find in _finders.values():
        found = find(code, by)
        if found is not None:
            return found
    raise not_found(shorten(f"there is nothing with the code {code}"))


def _of_object(row: Object) -> Coded:
    kind = row.type
    about = (kind.name_en if get_language() == "en" else kind.name) or kind.name or kind.key
    name = "" if row.type.kind == Kind.PERSON else row.name
    return Coded(row.code, kind.kind, kind.key, name or str(about), str(about), row)


def offers_at(found: Coded, *, by: Actor) -> list[Offer]:
    """What ``by`` may do there, in order; each key once."""
    providers = [*_offers.get("*", ()), *_offers.get(found.kind, ()), *_offers.get(found.type, ())]
    offers = {offer.key: offer for provide in providers for offer in provide(found, by)}
    return sorted(offers.values(), key=lambda one: (one.order, one.key))

"""The actor: whoever does something, with the scopes within which they may do it.

An actor is a value, not a row. It is built once a request from a person's posts, or stands for the
public, or for a part of Beichen itself, and is passed to every service function as ``by``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SIMULATOR = "simulator"  # the role of a program that plays a city
EVERYWHERE = ""  # the path prefix that every region and body path starts with


@dataclass(frozen=True, slots=True)
class Scope:
    """A role held within a body's subtree and a region's subtree (paths as in the trees)."""

    role: str
    body_path: str = EVERYWHERE
    region_path: str = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``key`` goes into the audit record: ``person:CODE``, ``client:KEY``, ``system:NAME``."""

    key: str
    name: str
    scopes: tuple[Scope, ...] = ()
    is_system: bool = False
    address: str = field(default="", compare=False)

    @property
    def is_public(self) -> bool:
        """Whether nobody is signed in."""
        return self.key == "public"

    @property
    def is_simulator(self) -> bool:
        """Whether what it brings is made up, and is marked as a demo wherever it is kept."""
        return any(scope.role == SIMULATOR for scope in self.scopes)


PUBLIC = Actor("public", "public", (Scope("public"),))


def system(name: str) -> Actor:
    """A part of Beichen acting on its own, such as ``system("relay")``; everything is allowed to it."""
    return Actor(f"system:{name}", name, is_system=True)

"""The sections that the rooms bring: what a package of each kind may hold.

A room brings its sections in ``section.py``, as ``SECTIONS``, and the words of its stories in ``steps.py``,
which registers them when imported. Both are imported at the first question, not at the start: a process
that never reads a package (the web, most commands) pays nothing for them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from beichen.kernel.scene.section import PackageKind, Section, matches

ROOMS = "beichen."
_registered: dict[tuple[PackageKind, str], Section] = {}


@cache
def discover() -> None:
    """Import every room's sections and words, once."""
    own = f"{__package__}.sections", f"{__package__}.stories.words"
    found = [import_module(name) for name in own]
    for room in apps.get_app_configs():
        if not room.name.startswith(ROOMS) or room.name == __package__ or room.module is None:
            continue
        names = [name for name in ("section", "steps") if module_has_submodule(room.module, name)]
        found += [import_module(f"{room.name}.{name}") for name in names]
    for module in found:
        for section in getattr(module, "SECTIONS", ()):
            register(section)


def register(section: Section) -> None:
    """Add a section.

    Raises ValueError when another section of this kind has the same key.
    """
    held = _registered.setdefault((section.kind, section.key), section)
    if type(held) is not type(section):
        raise ValueError(f"the {section.kind} section {section.key!r} is registered twice")


def sections(kind: PackageKind) -> list[Section]:
    """The sections of packages of this kind, in the order of their installation."""
    discover()
    found = [section for (of, _key), section in _registered.items() if of is kind]
    return sorted(found, key=lambda section: (section.order, section.key))


def owner_of(kind: PackageKind, name: str) -> Section | None:
    """The section that owns the file ``name``, or None."""
    return next((section for section in sections(kind) if matches(name, section.files)), None)

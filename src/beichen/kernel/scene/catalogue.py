"""The sections that the rooms have registered: what a package of each kind may hold."""

from __future__ import annotations

from beichen.kernel.scene.section import PackageKind, Section, matches

_registered: dict[tuple[PackageKind, str], Section] = {}


def register(section: Section) -> None:
    """Add a room's section; called from its ``AppConfig.ready()``.

    Raises ValueError when another section of this kind has the same key.
    """
    held = _registered.setdefault((section.kind, section.key), section)
    if type(held) is not type(section):
        raise ValueError(f"the {section.kind} section {section.key!r} is registered twice")


def sections(kind: PackageKind) -> list[Section]:
    """The sections of packages of this kind, in the order of their installation."""
    found = [section for (of, _key), section in _registered.items() if of is kind]
    return sorted(found, key=lambda section: (section.order, section.key))


def owner_of(kind: PackageKind, name: str) -> Section | None:
    """The section that owns the file ``name``, or None."""
    return next((section for section in sections(kind) if matches(name, section.files)), None)

"""The sections of the kernel's own rooms, which may not import this one, and of the room itself."""

from __future__ import annotations

from beichen.kernel.scene.section import Section

OWN: tuple[Section, ...] = ()

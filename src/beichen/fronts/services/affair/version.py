"""What a version of a process says: read once by each process of the house, since a version never changes."""

from __future__ import annotations

from dataclasses import dataclass

from beichen.fronts.services.bpmn.compiling import Specification, specification
from beichen.fronts.services.declaration import Process, read_process
from beichen.fronts.services.models import Definition

MOST = 512
"""How many versions are held: affairs run on few."""
HEAVY = ("files", "spec", "declared")
"""What is not fetched with a version whose reading is held."""


@dataclass(frozen=True, slots=True)
class Version:
    """A process as it was declared, and the specification on which its affairs run."""

    process: Process
    specification: Specification


_held: dict[tuple[int, str], Version] = {}


def version_of(definition: Definition) -> Version:
    """What ``definition`` says. Fetches what was deferred (:data:`HEAVY`) when it is asked for first.

    Held by its row and its content: a row of the same number with another content is another version.
    """
    key = (definition.pk, definition.content_hash)
    found = _held.get(key)
    if found is None:
        process = read_process(definition.declared)
        runs = specification(definition.spec, tuple(process.fields), tuple(process.steps))
        if len(_held) >= MOST:
            _held.clear()
        found = _held[key] = Version(process, runs)
    return found

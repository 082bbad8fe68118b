"""Declaring processes: what a scene says becomes versions, compared by content before any is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.bpmn.compiling import compile_files
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.models import Definition
from beichen.fronts.services.problems import TAKEN
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.columns import is_written_alike
from beichen.problem import Problem, ProblemError, shorten


@dataclass(frozen=True, slots=True)
class Declared:
    """A process as a scene declares it: its entry, and its files by their names within the scene."""

    entry: Mapping[str, Any]
    files: Mapping[str, bytes]

    @property
    def content_hash(self) -> str:
        """SHA-256 of entry and files."""
        found = hashlib.sha256(orjson.dumps(self.entry, option=orjson.OPT_SORT_KEYS))
        for name in sorted(self.files):
            content = self.files[name]
            found.update(f"\n{name} {len(content)}\n".encode())
            found.update(content)
        return found.hexdigest()


@transaction.atomic
def declare_processes(declared: Mapping[str, Declared], *, scene: str, by: Actor) -> Changes:
    """Make the newest processes of ``scene`` equal ``declared``: what differs becomes a new version.

    Affairs that run stay on the version on which they began. Raises ProblemError SRV-107, and what
    :func:`.bpmn.compiling.compile_files` refuses.
    """
    newest = {row.key: row for row in Definition.objects.filter(is_newest=True)}
    taken = [
        Problem(TAKEN, shorten(f"{key} is declared by the scene {newest[key].scene}"))
        for key in declared
        if key in newest and newest[key].scene != scene and newest[key].is_offered
    ]
    if taken:
        raise ProblemError(*taken)
    changes = Changes()
    for key, one in declared.items():
        _declare(key, one, newest.get(key), scene, changes)
    gone = [
        row for row in newest.values() if row.scene == scene and row.is_offered and row.key not in declared
    ]
    for row in gone:
        row.is_offered = False
        row.save(update_fields=["is_offered"])
        changes.removed.append(row.key)
    if changes:
        detail = {"scene": scene, **changes.counts()}
        audit.record(by, "services.process.declare", "fronts_services.definition", detail=detail)
    return changes


def _declare(key: str, one: Declared, held: Definition | None, scene: str, changes: Changes) -> None:
    if held is not None and held.content_hash == one.content_hash and held.scene == scene:
        if not is_written_alike(held.declared, one.entry):  # it was kept where the order of keys is forgotten
            held.declared = dict(one.entry)
            held.save(update_fields=["declared"])
        if held.is_offered:
            changes.unchanged += 1
            return
        held.is_offered = True
        held.save(update_fields=["is_offered"])
        changes.added.append(key)
        return
    process = read_process(dict(one.entry))
    decisions = {name: step.decision for name, step in process.steps.items() if step.decision}
    spec = compile_files(key, one.files, decisions)
    if held is not None:
        held.is_newest = held.is_offered = False
        held.save(update_fields=["is_newest", "is_offered"])
    Definition.objects.create(
        key=key,
        number=held.number + 1 if held is not None else 1,
        scene=scene,
        name=process.name.zh[:200],
        name_en=process.name.en[:300],
        content_hash=one.content_hash,
        declared=dict(one.entry),
        files={name: content.decode("utf-8-sig") for name, content in one.files.items()},
        spec=spec,
        installed_at=timezone.now(),
    )
    (changes.added if held is None else changes.changed).append(key)

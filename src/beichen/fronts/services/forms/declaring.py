"""Declaring forms: what a scene says becomes versions, compared by content before any is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from beichen.fronts.services.forms.models import FormVersion
from beichen.fronts.services.problems import FORM_TAKEN
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.columns import is_written_alike
from beichen.problem import Problem, ProblemError, shorten


def content_hash(declared: Mapping[str, Any]) -> str:
    """SHA-256 of a declaration; the order of its fields is part of it."""
    return hashlib.sha256(orjson.dumps(declared)).hexdigest()


@transaction.atomic
def declare_forms(declared: Mapping[str, Mapping[str, Any]], *, scene: str, by: Actor) -> Changes:
    """Make the newest forms of ``scene`` equal ``declared``: what differs becomes a new version.

    Drafts that were begun stay on the version on which they began. Raises ProblemError SRV-117.
    """
    newest = {row.key: row for row in FormVersion.objects.filter(is_newest=True)}
    taken = [
        Problem(FORM_TAKEN, shorten(f"{key} is declared by the scene {newest[key].scene}"))
        for key in declared
        if key in newest and newest[key].scene != scene and newest[key].is_offered
    ]
    if taken:
        raise ProblemError(*taken)
    changes = Changes()
    for key, entry in declared.items():
        _declare(key, entry, newest.get(key), scene, changes)
    for row in newest.values():
        if row.scene == scene and row.is_offered and row.key not in declared:
            row.is_offered = False
            row.save(update_fields=["is_offered"])
            changes.removed.append(row.key)
    if changes:
        detail = {"scene": scene, **changes.counts()}
        audit.record(by, "services.form.declare", "fronts_services.formversion", detail=detail)
    return changes


def _declare(
    key: str, entry: Mapping[str, Any], held: FormVersion | None, scene: str, changes: Changes
) -> None:
    found = content_hash(entry)
    if held is not None and held.content_hash == found and held.scene == scene:
        if not is_written_alike(held.declared, entry):  # it was kept where the order of keys is forgotten
            held.declared = dict(entry)
            held.save(update_fields=["declared"])
        if held.is_offered:
            changes.unchanged += 1
            return
        held.is_offered = True
        held.save(update_fields=["is_offered"])
        changes.added.append(key)
        return
    if held is not None:
        held.is_newest = held.is_offered = False
        held.save(update_fields=["is_newest", "is_offered"])
    FormVersion.objects.create(
        key=key,
        number=held.number + 1 if held is not None else 1,
        scene=scene,
        name=entry["title"],
        name_en=entry["x-title-en"],
        content_hash=found,
        declared=dict(entry),
        installed_at=timezone.now(),
    )
    (changes.added if held is None else changes.changed).append(key)

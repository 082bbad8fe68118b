"""Declaring the models of scenes, and finding them."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.kernel.jobs.schedule import next_run
from beichen.platforms.ai import codes
from beichen.platforms.ai.declaration import level_of, read_model
from beichen.platforms.ai.models import Finding, Model
from beichen.platforms.ai.process import EXTRA
from beichen.platforms.ai.rights import READ
from beichen.problem import Level, Problem, ProblemError, said, shorten

Declared = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def declare_models(
    declared: Declared, source: str, types: Mapping[str, Any], *, scene: str, by: Actor
) -> Changes:
    """Make the models of ``scene`` equal ``declared``, with ``source`` as their Python.

    ``types`` are those of `objects.yaml` that the scene knows. A model that is not declared any
    more runs no more; what it foretold goes, what it found is closed, its runs stay.
    """
    rows = {row.key: row for row in Model.objects.filter(scene=scene)}
    changes = Changes()
    for short, facts in declared.items():
        key = f"{scene}.{short}"
        model = read_model(facts)
        values = {
            "name": facts["name"]["zh"],
            "name_en": facts["name"]["en"],
            "declared": dict(facts),
            "needs": modules_of(source),
            "source": source,
            "version": version_of(source, facts),
            "level": level_of(types, model),
            "is_current": True,
        }
        _write(rows.get(key), key, scene, values, model.run, changes)
    for key, row in rows.items():
        if row.is_current and key.partition(".")[2] not in declared:
            changes.removed.append(key)
            _withdraw(row)
    if changes:
        detail = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        audit.record(by, "ai.model.declare", f"platforms_ai.model:{scene}", detail=detail)
    return changes


def _write(
    row: Model | None, key: str, scene: str, values: dict[str, Any], run: str, changes: Changes
) -> None:
    now = timezone.now()
    if row is None:
        Model.objects.create(key=key, scene=scene, changed_at=now, next_at=next_run(run, now), **values)
        changes.added.append(key)
        return
    if all(getattr(row, name) == value for name, value in values.items()):
        changes.unchanged += 1
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.changed_at, row.next_at = now, next_run(run, now)
    row.save()
    changes.changed.append(key)


def _withdraw(row: Model) -> None:
    row.predictions.all().delete()
    row.scores.all().delete()
    Finding.objects.filter(model=row, cleared_at=None).update(cleared_at=timezone.now())
    row.is_current, row.next_at = False, None
    row.save(update_fields=["is_current", "next_at"])


def version_of(source: str, facts: Mapping[str, Any]) -> str:
    """What names a model as it is: sixteen digits of the hash of its Python and its declaration."""
    digest = hashlib.sha256(source.encode())
    digest.update(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()[:16]


def modules_of(source: str) -> list[str]:
    """The packages that a model imports beyond the standard library and Beichen, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return sorted(found - set(sys.stdlib_module_names) - {"beichen"})


def missing_of(row: Model) -> list[str]:
    """Which of them are not installed here; nothing is imported."""
    return [name for name in row.needs if find_spec(name) is None]


def look() -> Iterator[Problem]:
    """Models of installed scenes that cannot run here, each with what it misses."""
    for row in Model.objects.filter(is_current=True).defer("source").order_by("key"):
        if missing := missing_of(row):
            message = shorten(
                said("{key} cannot run: {missing} missing", key=row.key, missing=", ".join(missing))
            )
            hint = said("pip install '{extra}' brings what models need", extra=EXTRA)
            yield Problem(codes.NO_ENGINE, message, hint=hint, level=Level.WARNING)


def models(*, by: Actor) -> QuerySet[Model]:
    """The models that ``by`` may see, by key; without their source."""
    return access.visible(by, READ, Model.objects.filter(is_current=True).defer("source"))


def find_model(key: str, *, by: Actor) -> Model:
    """One of them. Raises ProblemError AIM-101, ACC-403."""
    access.require(by, READ)
    row = models(by=by).filter(key=key).first()
    if row is None:
        message = shorten(said("no model has the key {key}", key=key))
        raise ProblemError(Problem(codes.NO_MODEL, message, hint=said("beichen models list shows them")))
    return row

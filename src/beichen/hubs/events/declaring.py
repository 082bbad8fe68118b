"""Declaring categories and kinds of event: what a scene says becomes rows, compared before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction

from beichen.hubs.events.kinds.categories import parent_of
from beichen.hubs.events.models import Category, EventKind
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.problem import Problem, ProblemError, code, shorten

TAKEN = code("EVT-105", "Another scene declares this already.", status=409)

Declared = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def declare_categories(declared: Declared, *, scene: str, by: Actor) -> Changes:
    """Make the categories of ``scene`` equal ``declared``. Raises ProblemError EVT-105."""
    rows = {row.code: row for row in Category.objects.all()}
    _refuse_taken(rows, declared, scene)
    changes = Changes()
    for key in sorted(declared, key=lambda code: code.count("-")):
        facts = declared[key]
        above = rows.get(parent_of(key))
        values = {
            "name": facts["zh"],
            "name_en": facts["en"],
            "parent": above,
            "keywords": list(facts.get("keywords", ())),
            "scene": scene,
            "is_current": True,
        }
        rows[key] = _write(Category, "code", key, rows.get(key), values, changes)
    _retire(Category, "code", scene, declared, changes)
    _record(by, "events.category.declare", "hubs_events.category", scene, changes)
    return changes


@transaction.atomic
def declare_kinds(declared: Declared, *, scene: str, by: Actor) -> Changes:
    """Make the kinds of event of ``scene`` equal ``declared``. Raises ProblemError EVT-105."""
    rows = {row.key: row for row in EventKind.objects.all()}
    _refuse_taken(rows, declared, scene)
    wanted = {facts.get("category") for facts in declared.values()}
    categories = {row.code: row for row in Category.objects.filter(code__in=wanted - {None})}
    changes = Changes()
    for key, facts in declared.items():
        about = facts.get("about", {})
        values = {
            "name": facts["name"]["zh"],
            "name_en": facts["name"]["en"],
            "about": about.get("zh", ""),
            "about_en": about.get("en", ""),
            "category": categories.get(facts.get("category", "")),
            "scene": scene,
            "is_public": bool(facts.get("public")),
            "listens": bool(facts.get("on")),
            "declared": dict(facts),
            "is_current": True,
        }
        _write(EventKind, "key", key, rows.get(key), values, changes)
    _retire(EventKind, "key", scene, declared, changes)
    _record(by, "events.kind.declare", "hubs_events.eventkind", scene, changes)
    return changes


def _refuse_taken(rows: Mapping[str, Any], declared: Declared, scene: str) -> None:
    problems = [
        Problem(TAKEN, shorten(f"{key} is declared by the scene {rows[key].scene}"))
        for key in declared
        if key in rows and rows[key].scene != scene and rows[key].is_current
    ]
    if problems:
        raise ProblemError(*problems)


def _write(
    model: type[models.Model], name: str, key: str, row: Any, values: dict[str, Any], changes: Changes
) -> Any:
    if row is None:
        changes.added.append(key)
        return model._default_manager.create(**{name: key}, **values)
    if all(getattr(row, field) == value for field, value in values.items()):
        changes.unchanged += 1
        return row
    for field, value in values.items():
        setattr(row, field, value)
    row.save(update_fields=list(values))
    changes.changed.append(key)
    return row


def _retire(model: type[models.Model], name: str, scene: str, declared: Declared, changes: Changes) -> None:
    rows = model._default_manager.filter(scene=scene, is_current=True).exclude(
        **{f"{name}__in": list(declared)}
    )
    changes.removed = sorted(rows.values_list(name, flat=True))
    rows.update(is_current=False)


def _record(by: Actor, action: str, resource: str, scene: str, changes: Changes) -> None:
    if changes:
        audit.record(by, action, resource, detail={"scene": scene, **changes.counts()})

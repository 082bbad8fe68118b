"""Declaring items, bundles and windows: what a scene says becomes rows, compared before any is written.

What a scene says no more is offered no more; applications and appointments stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.cache import cache
from django.db import models, transaction
from django.utils import timezone

from beichen.fronts.services.items.declaration import packed, read_item_entry
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem, ServiceWindow
from beichen.fronts.services.items.problems import ITEM_TAKEN
from beichen.fronts.services.items.spelling import letter_of, spelt
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.problem import Problem, ProblemError, shorten

CACHE = "beichen.services.catalogue"
Entry = Mapping[str, Any]
Columns = Callable[[Entry, list[list[str]]], dict[str, Any]]


def _item_columns(entry: Entry, spellings: list[list[str]]) -> dict[str, Any]:
    item = read_item_entry(dict(entry))
    return {
        "body": item.body,
        "process": item.process,
        "form": item.form,
        "letter": letter_of(spellings, item.name.zh),
        "is_for_people": "person" in item.audience,
        "is_for_firms": "firm" in item.audience,
    }


def _no_columns(_entry: Entry, _spellings: list[list[str]]) -> dict[str, Any]:
    return {}


def _window_columns(entry: Entry, _spellings: list[list[str]]) -> dict[str, Any]:
    return {"body": entry["body"], "region": entry["region"]}


@transaction.atomic
def declare_items(
    items: Mapping[str, Entry],
    bundles: Mapping[str, Entry],
    windows: Mapping[str, Entry],
    *,
    scene: str,
    by: Actor,
) -> Changes:
    """Make what is offered of ``scene`` equal what it declares. Raises ProblemError SRV-128."""
    changes = Changes()
    _refuse_same(items, bundles, scene)
    _declare(ServiceItem, items, scene, changes, _item_columns)
    _declare(ServiceBundle, bundles, scene, changes, _no_columns)
    _declare(ServiceWindow, windows, scene, changes, _window_columns)
    if changes:
        detail = {"scene": scene, **changes.counts()}
        audit.record(by, "services.item.declare", "fronts_services.serviceitem", detail=detail)
        transaction.on_commit(forget_catalogue)
    return changes


def _refuse_same(items: Mapping[str, Entry], bundles: Mapping[str, Entry], scene: str) -> None:
    """An item and a bundle have one address to apply at: no key is of both. Raises ProblemError SRV-128."""
    others_items = ServiceItem.objects.filter(key__in=list(bundles), is_offered=True).exclude(scene=scene)
    others_bundles = ServiceBundle.objects.filter(key__in=list(items), is_offered=True).exclude(scene=scene)
    both = {row.key: row.scene for row in (*others_items, *others_bundles)}
    both |= dict.fromkeys(items.keys() & bundles.keys(), scene)
    if both:
        raise ProblemError(
            *(
                Problem(ITEM_TAKEN, shorten(f"{key} is an item and a bundle, declared by {owner}"))
                for key, owner in sorted(both.items())
            )
        )


@transaction.atomic
def declare_windows(windows: Mapping[str, Entry], *, scene: str, by: Actor) -> Changes:
    """The same of windows alone, which a city has. Raises ProblemError SRV-128."""
    changes = Changes()
    _declare(ServiceWindow, windows, scene, changes, _window_columns)
    if changes:
        detail = {"scene": scene, **changes.counts()}
        audit.record(by, "services.window.declare", "fronts_services.servicewindow", detail=detail)
        transaction.on_commit(forget_catalogue)
    return changes


def forget_catalogue() -> None:
    """Let the catalogue be read anew."""
    cache.delete(CACHE)


def _declare(
    model: type[models.Model], declared: Mapping[str, Entry], scene: str, changes: Changes, columns: Columns
) -> None:
    rows: Any = model._default_manager
    known = {row.key: row for row in rows.filter(models.Q(scene=scene) | models.Q(key__in=list(declared)))}
    foreign = [key for key in declared if key in known and _is_foreign(known[key], scene)]
    if foreign:
        raise ProblemError(
            *(
                Problem(ITEM_TAKEN, shorten(f"{key} is declared by the scene {known[key].scene}"))
                for key in foreign
            )
        )
    for key, entry in declared.items():
        _keep(model, key, dict(entry), known.get(key), scene, changes, columns)
    for key, row in known.items():
        if key not in declared and row.is_offered:
            row.is_offered = False
            row.save(update_fields=["is_offered"])
            changes.removed.append(key)


def _is_foreign(row: Any, scene: str) -> bool:
    return bool(row.is_offered and row.scene != scene)


def _keep(
    model: type[models.Model],
    key: str,
    entry: dict[str, Any],
    held: Any,
    scene: str,
    changes: Changes,
    columns: Columns,
) -> None:
    is_same = held is not None and held.declared == packed(entry)
    if is_same and held.is_offered and held.scene == scene:
        changes.unchanged += 1
        return
    name, kept = entry["name"], packed(entry)
    spellings = spelt(_names(entry))
    values = {
        "scene": scene,
        "name": name["zh"][:200],
        "name_en": name["en"][:300],
        "declared": kept,
        "spellings": spellings,
        "is_offered": True,
        "changed_at": timezone.now(),
        **columns(entry, spellings),
    }
    (changes.added if held is None or not held.is_offered else changes.changed).append(key)
    if held is None:
        held = model(key=key)
    for column, value in values.items():
        setattr(held, column, value)
    held.save()


def _names(entry: Entry) -> Iterable[str]:
    """What it is called, and what people also call it."""
    return [entry["name"]["zh"], *entry.get("words", ())]

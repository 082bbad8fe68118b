"""What can be done with the overview: look, put cards, charts, things and screens upon it, make screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models, transaction

from beichen.fronts.overview.making import (
    create_screen,
    delete_screen,
    find_screen,
    made_screens,
    publish_screen,
    restore_version,
    save_draft,
    withdraw_screen,
)
from beichen.fronts.overview.models import Card, Plot, Screen, ThingLayer, VideoSource
from beichen.fronts.overview.rights import READ, WRITE
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes

__all__ = [
    "READ",
    "WRITE",
    "create_screen",
    "delete_screen",
    "find_screen",
    "made_screens",
    "publish_screen",
    "put_cards",
    "put_plots",
    "put_screens",
    "put_things",
    "put_videos",
    "restore_version",
    "save_draft",
    "withdraw_screen",
]


@transaction.atomic
def put_cards(cards: Iterable[Card], *, owner: str, by: Actor) -> Changes:
    """Make the cards of ``owner`` equal ``cards``, whose owner it is; the same again writes nothing."""
    return _put(Card, list(cards), ("indicator",), ("position", "title", "title_en"), owner, by)


@transaction.atomic
def put_plots(plots: Iterable[Plot], *, owner: str, by: Actor) -> Changes:
    """The same for charts."""
    compared = ("position", "form", "title", "title_en")
    return _put(Plot, list(plots), ("indicator", "every"), compared, owner, by)


@transaction.atomic
def put_things(layers: Iterable[ThingLayer], *, owner: str, by: Actor) -> Changes:
    """The same for things on the map."""
    compared = ("position", "type", "shows", "title", "title_en", "tones")
    return _put(ThingLayer, list(layers), ("key",), compared, owner, by)


@transaction.atomic
def put_screens(screens: Iterable[Screen], *, owner: str, by: Actor) -> Changes:
    """The same for screens."""
    compared = ("position", "name", "name_en", "level", "body_id", "theme", "widgets")
    return _put(Screen, list(screens), ("key",), compared, owner, by)


@transaction.atomic
def put_videos(sources: Iterable[VideoSource], *, owner: str, by: Actor) -> Changes:
    """The same for sources of video."""
    compared = ("position", "name", "name_en", "form", "address", "text", "text_en", "source", "level",
                "body_id", "region_id")  # fmt: skip
    return _put(VideoSource, list(sources), ("key",), compared, owner, by)


def _put(
    model: type[models.Model],
    rows: Sequence[Any],
    identity: tuple[str, ...],
    compared: tuple[str, ...],
    owner: str,
    by: Actor,
) -> Changes:
    def name(row: Any) -> str:
        return " ".join(str(getattr(row, one)) for one in identity)

    manager: Any = model._default_manager
    wanted = {name(row): row for row in rows}
    kept = {name(row): row for row in manager.filter(owner=owner)}
    changes = Changes(removed=sorted(kept.keys() - wanted.keys()))
    for key, row in wanted.items():
        before = kept.get(key)
        if before is None:
            changes.added.append(key)
        elif any(getattr(before, one) != getattr(row, one) for one in compared):
            changes.changed.append(key)
        else:
            changes.unchanged += 1
    if changes:
        manager.filter(owner=owner).delete()
        manager.bulk_create(wanted.values())
        kind = model._meta.model_name
        audit.record(
            by, f"overview.{kind}.put", f"fronts_overview.{kind}", detail={"owner": owner, **changes.counts()}
        )
    return changes

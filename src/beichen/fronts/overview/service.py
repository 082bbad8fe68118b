"""What can be done with the overview: look at it, and put cards upon it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from beichen.fronts.overview.models import Card
from beichen.kernel.access.service import permission
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes

__all__ = ["READ", "put_cards"]

READ = permission("overview.read", "查看总览", "See the overview")


@transaction.atomic
def put_cards(cards: Iterable[Card], *, owner: str, by: Actor) -> Changes:
    """Make the cards of ``owner`` equal ``cards``, whose owner it is; the same again writes nothing."""
    wanted = {card.indicator: card for card in cards}
    kept = {card.indicator: card for card in Card.objects.filter(owner=owner)}
    changes = Changes(removed=sorted(kept.keys() - wanted.keys()))
    for key, card in wanted.items():
        before = kept.get(key)
        if before is None:
            changes.added.append(key)
        elif (before.position, before.title, before.title_en) != (card.position, card.title, card.title_en):
            changes.changed.append(key)
        else:
            changes.unchanged += 1
    if changes:
        Card.objects.filter(owner=owner).delete()
        Card.objects.bulk_create(wanted.values())
        audit.record(
            by, "overview.card.put", "fronts_overview.card", detail={"owner": owner, **changes.counts()}
        )
    return changes

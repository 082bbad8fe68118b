"""What rules raised, and where they stand now: within the rights of who asks."""

from __future__ import annotations

from django.db.models import QuerySet

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.platforms.iot.models import Firing, Rule, RuleState
from beichen.platforms.iot.rights import READ
from beichen.registry.models import Object


def firings_of(rule: Rule, *, by: Actor) -> QuerySet[Firing]:
    """What it raised of things that ``by`` may see, the newest first."""
    rows = Firing.objects.filter(rule=rule).select_related("thing__region")
    return access.visible(by, READ, rows)


def standing_of(rule: Rule, *, by: Actor) -> tuple[int, int]:
    """With how many of those things it is raised now, and with how many its condition has begun to hold."""
    seen = access.visible(by, READ, Object.objects.filter(type__key=rule.type))
    held = RuleState.objects.filter(rule=rule, since__isnull=False, thing__in=seen)
    raised = held.filter(fired_at__isnull=False).count()
    return raised, held.count() - raised

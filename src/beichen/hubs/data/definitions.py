"""Indicators: stating what is counted, and finding it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import QuerySet

from beichen.hubs.data.models import Aggregation, Direction, Indicator
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.changes import Changes
from beichen.problem import Problem, ProblemError, Where, code, nearest, said, shorten

__all__ = ["IndicatorFacts", "choice_faults", "define_indicators", "indicator", "indicators"]

NOWHERE = Where()
NO_INDICATOR = code("DAT-404", "The indicator does not exist.", status=404)
BAD_CHOICE = code("DAT-104", "The word is not one of those that are possible here.", status=422)
TWICE = code("DAT-105", "The same thing is stated twice.", status=422)
TAKEN = code("DAT-106", "The indicator belongs to another package.", status=409)


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """An indicator as a package states it; ``where`` is its place in the package."""

    key: str
    name: str
    name_en: str
    direction: str
    aggregation: str
    unit: str = ""
    period: str = ""
    definition: str = ""
    definition_en: str = ""
    source: str = ""
    where: Where = NOWHERE


@transaction.atomic
def define_indicators(facts: Iterable[IndicatorFacts], *, owner: str, by: Actor) -> Changes:
    """Make the indicators of ``owner`` equal ``facts``; those that vanished stay, as not current.

    Raises ProblemError (DAT-104, 105, 106) with every mistake, before anything is written.
    """
    wanted = list(facts)
    existing = {row.key: row for row in Indicator.objects.all()}
    problems: list[Problem] = []
    seen: set[str] = set()
    for item in wanted:
        problems += choice_faults("direction", item.direction, Direction.values, item.where)
        problems += choice_faults("aggregation", item.aggregation, Aggregation.values, item.where)
        if item.key in seen:
            problems.append(
                Problem(TWICE, said("the indicator {key} stands twice", key=item.key), item.where)
            )
        seen.add(item.key)
        row = existing.get(item.key)
        if row is not None and row.owner != owner:
            problems.append(
                Problem(
                    TAKEN,
                    said("the indicator {key} belongs to {owner}", key=item.key, owner=row.owner),
                    item.where,
                )
            )
    if problems:
        raise ProblemError(*problems)
    changes = Changes()
    created: list[Indicator] = []
    for item in wanted:
        values = asdict(item) | {"owner": owner, "is_current": True}
        del values["where"], values["key"]
        row = existing.get(item.key)
        if row is None:
            created.append(Indicator(key=item.key, **values))
            changes.added.append(item.key)
        elif any(getattr(row, name) != value for name, value in values.items()):
            Indicator.objects.filter(pk=row.pk).update(**values)
            changes.changed.append(item.key)
        else:
            changes.unchanged += 1
    Indicator.objects.bulk_create(created, batch_size=500)
    gone = Indicator.objects.filter(owner=owner, is_current=True).exclude(key__in=seen)
    changes.removed = sorted(gone.values_list("key", flat=True))
    gone.update(is_current=False)
    audit.record(by, "data.indicator.define", "hubs_data.indicator", detail=changes.counts())
    return changes


def choice_faults(field: str, given: str, possible: Iterable[str], where: Where) -> list[Problem]:
    if given in possible:
        return []
    return [
        Problem(
            BAD_CHOICE,
            shorten(said("{field} is {given!r}", field=field, given=given)),
            where,
            nearest(given, possible),
        )
    ]


def indicators() -> QuerySet[Indicator]:
    """The current indicators, by key."""
    return Indicator.objects.filter(is_current=True).order_by("key")


def indicator(key: str) -> Indicator:
    """The current indicator of this key. Raises ProblemError DAT-404."""
    found = indicators().filter(key=key).first()
    if found is None:
        hint = nearest(key, indicators().values_list("key", flat=True))
        raise ProblemError(
            Problem(NO_INDICATOR, said("there is no indicator {key}", key=key[:40]), hint=hint)
        )
    return found

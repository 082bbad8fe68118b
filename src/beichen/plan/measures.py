"""Which statistic measures which indicator of the plan: stated by the city, kept here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.changes import Changes
from beichen.plan.models import Measure, Plan


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """A measure as a city states it; without a statistic, ``note`` says why there is none."""

    number: int
    part: str
    direction: str
    statistic: str = ""
    factor: float = 1
    note: str = ""
    note_en: str = ""


@transaction.atomic
def load_measures(plan: Plan, facts: Iterable[MeasureFacts], *, by: Actor) -> Changes:
    """Make the plan's measures equal ``facts``; the same again writes nothing.

    Publishes ``plan.measure.loaded``.
    """
    wanted = [asdict(item) for item in facts]
    names = list(asdict(MeasureFacts(0, "", "")))
    held = list(Measure.objects.filter(plan=plan).order_by("position").values(*names))
    changes = Changes()
    if held == wanted:
        changes.unchanged = len(wanted)
        return changes
    known = {(row["number"], row["part"], row["statistic"]): row for row in held}
    for row in wanted:
        identity = (row["number"], row["part"], row["statistic"])
        label = f"measures/{row['number']} {row['statistic'] or '-'}"
        before = known.pop(identity, None)
        if before == row:
            changes.unchanged += 1
        else:
            (changes.added if before is None else changes.changed).append(label)
    changes.removed = [f"measures/{number} {statistic or '-'}" for number, _part, statistic in known]
    Measure.objects.filter(plan=plan).delete()
    Measure.objects.bulk_create(
        Measure(plan=plan, position=position, **row) for position, row in enumerate(wanted)
    )
    audit.record(by, "plan.measure.load", f"plan.plan:{plan.key}", detail=changes.counts())
    path = plan.region.path if plan.region else ""
    publish("plan.measure.loaded", plan.key, {"plan": plan.key, **changes.counts()}, by=by, region=path)
    return changes

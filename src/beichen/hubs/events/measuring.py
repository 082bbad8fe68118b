"""How good a city's own suggestions are: measured on its closed cases, beside what needs no learning.

A fifth of the closed cases is held out; what is measured has seen none of them. Each measurement is kept as a
row, so that a city sees whether its suggestions become better. Measuring reads and trains for up to minutes:
a command or a job does it, never a page.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from beichen.hubs.events import suggesting
from beichen.hubs.events.models import SuggestionQuality
from beichen.hubs.events.permissions import SUPERVISE
from beichen.hubs.events.suggestion.codes import NO_SAMPLES
from beichen.hubs.events.suggestion.evaluation import evaluate
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.service import enqueue
from beichen.problem import Problem, ProblemError, said

RESOURCE = "hubs_events.suggestions"


def measure(*, by: Actor, now: datetime | None = None) -> SuggestionQuality:
    """Measure on the city's closed cases and keep what was found.

    Raises ProblemError EVT-201 when no case of a known kind was closed yet.
    """
    moment = now or timezone.now()
    samples = suggesting.closed_samples()
    words = suggesting.keywords_of_kinds()
    found = evaluate(samples, today=timezone.localdate(moment), keywords=words)
    with transaction.atomic():
        row = SuggestionQuality.objects.create(
            measured_at=moment, cases=len(samples), kinds=found.labels, figures=_plain(asdict(found))
        )
        audit.record(by, "events.suggestions.measure", RESOURCE, detail={"cases": row.cases})
    return row


def _plain(figures: dict[str, Any]) -> Any:
    """The same as JSON keeps it: days are texts."""
    return orjson.loads(orjson.dumps(figures))


def measurements(most: int = 12) -> list[SuggestionQuality]:
    """The last measurements, the newest first."""
    return list(SuggestionQuality.objects.all()[:most])


@transaction.atomic
def order_learning(*, by: Actor) -> None:
    """Let a job learn from the closed cases and measure. Raises ProblemError ACC-403, EVT-201."""
    from beichen.hubs.events.jobs import learn_kinds  # the job calls this module

    access.require(by, SUPERVISE)
    if not suggesting.has_samples():
        hint = said("close some cases first, or begin with keywords")
        raise ProblemError(Problem(NO_SAMPLES, said("there is no sample"), hint=hint))
    audit.record(by, SUPERVISE, RESOURCE, detail={"ordered": "learn"})
    enqueue(learn_kinds)

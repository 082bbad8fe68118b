"""A run of a model: what it is given, its process, what is kept of its answer."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.jobs.schedule import next_run
from beichen.platforms.ai.answers import Answered, BadAnswer, read_answer
from beichen.platforms.ai.declaration import Declared, read_model
from beichen.platforms.ai.declaring import find_model
from beichen.platforms.ai.gathering import Gathered, gather
from beichen.platforms.ai.models import Model, Run
from beichen.platforms.ai.process import Ended, execute
from beichen.platforms.ai.recording import keep
from beichen.platforms.ai.rights import RUN
from beichen.platforms.ai.words import Outcome

KEEP_RUNS = timedelta(days=90)


def run_model(key: str, *, by: Actor, now: datetime | None = None) -> Run:
    """Run a model for the time ``now`` and keep what comes of it, which a run that fails does not change.

    Whatever the model does, a row says what became of the run. Raises ProblemError AIM-101, ACC-403; WHS-105,
    WHS-106 when the tables cannot be written.
    """
    row = find_model(key, by=by)
    access.require(by, RUN, row)
    asked, began = now or timezone.now(), timezone.now()
    model = read_model(row.declared)
    start = time.monotonic()
    gathered = Gathered({}, {})
    try:
        gathered = gather(model, asked)
        ended = execute(
            row.source, model.function, gathered.document, seconds=model.seconds, memory_mb=model.memory_mb
        )
        ended, answered = _believed(ended, model, gathered, asked)
    except BadAnswer as error:
        ended, answered = Ended(Outcome.NOT_ENOUGH, time.monotonic() - start, error.reason), Answered()
    run = Run(
        model=row,
        version=row.version,
        asked_for=asked,
        began_at=began,
        seconds=round(time.monotonic() - start, 3),
        outcome=ended.outcome,
        reason=_short(ended.reason.zh),
        reason_en=_short(ended.reason.en),
        inputs=gathered.digest,
        things=len(gathered.things),
        forecasts=len(answered.forecasts),
        findings=len(answered.findings),
        figures=answered.figures,
        by=by.key,
        is_demo=gathered.is_demo,
    )
    return keep(run, answered, gathered, by=by)


def _believed(ended: Ended, model: Declared, gathered: Gathered, now: datetime) -> tuple[Ended, Answered]:
    if ended.answer is None:
        return ended, Answered()
    try:
        return ended, read_answer(ended.answer, model, gathered.kinds, now)
    except BadAnswer as error:
        return Ended(Outcome.BAD_ANSWER, ended.seconds, error.reason), Answered()


def _short(text: str) -> str:
    return text.replace("\0", " ")[:500]


@transaction.atomic
def due(now: datetime) -> list[str]:
    """The keys of models whose time has come, each once; their next time is set. What was missed is made up
    once, not many times."""
    rows = list(
        Model.objects.select_for_update(skip_locked=True)
        .filter(is_current=True, next_at__lte=now)
        .defer("source")
        .order_by("next_at")
    )
    for row in rows:
        row.next_at = next_run(read_model(row.declared).run, now)
        row.save(update_fields=["next_at"])
    return [row.key for row in rows]


def has_run_since(key: str, moment: datetime) -> bool:
    """Whether a run was begun at that time or later: of several that waited, one is enough."""
    return Run.objects.filter(model__key=key, began_at__gte=moment).exists()


def prune(now: datetime) -> int:
    """Forget runs of long ago; returns how many."""
    number, _rows = Run.objects.filter(asked_for__lt=now - KEEP_RUNS).delete()
    return number

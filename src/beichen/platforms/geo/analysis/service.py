"""What can be done with analyses: ask one, keep its result, see how far it is.

A small one is answered at once, a large one as a job, within the rights that its asker has when it runs.
A run and its result are its asker's alone.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.service import actor_again, require
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.levels import Level
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.analysis.codes import NO_RUN, TOO_MANY_RUNS, Patience, refused
from beichen.platforms.geo.analysis.kinds import KINDS, Kind, kind_of
from beichen.platforms.geo.analysis.models import Run, RunResult, RunState
from beichen.platforms.geo.analysis.outcome import Outcome
from beichen.platforms.geo.analysis.parameters import checked
from beichen.platforms.geo.analysis.rights import RUN
from beichen.platforms.geo.models import Upload
from beichen.problem import Problem, ProblemError, Said, code, kept, said

__all__ = [
    "KINDS",
    "RUN",
    "analyse",
    "ask",
    "carry_out",
    "find_run",
    "forget_old",
    "keep_as_layer",
    "kind_of",
    "notes_of",
    "result_of",
    "runs_of",
]

STOPPED = code("GEO-650", "An analysis stopped at a mistake of the program.", status=500)

SECONDS_AT_ONCE = 20.0
SECONDS_AS_JOB = 600.0
MOST_WAITING = 5  # of one asker
KEPT_DAYS = 30
TOLD_EVERY = 1.0  # seconds between two writings of how far it is


def analyse(key: str, given: Mapping[str, Any], *, by: Actor, patience: Patience | None = None) -> Outcome:
    """Answer at once and keep nothing. Raises ProblemError GEO-641 to 646, 649, ACC-403."""
    require(by, RUN)
    kind = kind_of(key)
    values = checked(kind.parameters, given)
    return kind.answer(values, by, patience or Patience(SECONDS_AT_ONCE))


def ask(key: str, given: Mapping[str, Any], *, by: Actor, title: str = "", is_long: bool = False) -> Run:
    """Keep an analysis, and answer it: at once, or as a job where it is long.

    Raises ProblemError as :func:`analyse`, and GEO-648 when the asker has too many that wait. One that takes
    longer than :data:`SECONDS_AT_ONCE` goes on as a job.
    """
    require(by, RUN)
    kind = kind_of(key)
    values = checked(kind.parameters, given)
    waiting = Run.objects.filter(asked_by=by.key, state__in=[RunState.WAITING, RunState.RUNNING]).count()
    if waiting >= MOST_WAITING:
        message = said("{count} analyses of yours wait already", count=waiting)
        raise refused(TOO_MANY_RUNS, message, hint=said("wait until one is done"))
    if not is_long:
        started = time.monotonic()
        try:
            outcome = kind.answer(values, by, Patience(SECONDS_AT_ONCE))
            with transaction.atomic():
                row = _kept(kind, values, title, by)
                _done(row, outcome, time.monotonic() - started)
            return row
        except ProblemError as error:
            if error.problems[0].code != "GEO-645":
                raise
    with transaction.atomic():
        row = _kept(kind, values, title, by)
        enqueue(_job(), row.code)
    return row


def _memory(note: str) -> dict[str, Any]:
    """A note's sentence and its values, so that a page can say it in any language."""
    values = dict(note.values) if isinstance(note, Said) else {}
    return {"template": note.template if isinstance(note, Said) else note, "values": values}


def notes_of(row: Run) -> list[str]:
    """The notes of a result."""
    return [Said(note["template"], note["values"]) for note in row.facts.get("notes", [])]


def _job() -> Any:
    from beichen.platforms.geo.analysis.jobs import answer_run

    return answer_run


def _kept(kind: Kind, values: Mapping[str, Any], title: str, by: Actor) -> Run:
    row = Run.objects.create(kind=kind.key, title=title[:120], parameters=dict(values), asked_by=by.key)
    audit.record(by, "geo.analysis.ask", f"platforms_geo_analysis.run:{row.code}", detail={"kind": kind.key})
    return row


def _done(row: Run, outcome: Outcome, seconds: float) -> None:
    content = outcome.collection()
    facts = {
        "columns": [asdict(column) for column in outcome.columns],
        "notes": [_memory(note) for note in outcome.notes],
        "sources": list(outcome.sources),
        "drawn": outcome.drawn,
        "tones": outcome.tones,
    }
    RunResult.objects.update_or_create(run=row, defaults={"gzipped": gzip.compress(content, 6, mtime=0)})
    row.state, row.progress, row.facts = RunState.DONE, 1.0, facts
    row.row_count, row.seconds, row.done_at = len(outcome.rows), round(seconds, 3), timezone.now()
    row.save()


def carry_out(code_: str) -> None:
    """Answer a run that waits, within the rights of who asked; one that is done is left alone."""
    row = Run.objects.filter(code=code_).exclude(state__in=[RunState.DONE, RunState.REFUSED]).first()
    if row is None:
        return
    started = time.monotonic()
    Run.objects.filter(pk=row.pk).update(state=RunState.RUNNING, progress=0)
    last = [started]

    def told(done: float) -> None:
        if time.monotonic() - last[0] > TOLD_EVERY:
            last[0] = time.monotonic()
            Run.objects.filter(pk=row.pk).update(progress=done)

    try:
        by = actor_again(row.asked_by)
        if by is None:
            raise ProblemError(Problem("ACC-403", said("who asked may not act any more")))
        outcome = analyse(row.kind, row.parameters, by=by, patience=Patience(SECONDS_AS_JOB, told))
        with transaction.atomic():
            _done(row, outcome, time.monotonic() - started)
    except ProblemError as error:
        _refuse(row, error, time.monotonic() - started)
    except Exception:
        stopped = Problem(STOPPED, said("it stopped at a mistake of the program"))
        _refuse(row, ProblemError(stopped), time.monotonic() - started)
        raise


def _refuse(row: Run, error: ProblemError, seconds: float) -> None:
    row.state, row.problems = RunState.REFUSED, [kept(problem) for problem in error.problems]
    row.seconds, row.done_at = round(seconds, 3), timezone.now()
    row.save(update_fields=["state", "problems", "seconds", "done_at"])


def runs_of(by: Actor) -> QuerySet[Run]:
    """The asker's own runs, the latest first. Raises ProblemError ACC-403."""
    require(by, RUN)
    return Run.objects.filter(asked_by=by.key)


def find_run(code_: str, *, by: Actor) -> Run:
    """One of the asker's own. Raises ProblemError GEO-647, ACC-403."""
    row = runs_of(by).filter(code=code_).first()
    if row is None:
        raise refused(NO_RUN, said("no analysis of yours has this code"))
    return row


def result_of(row: Run) -> bytes:
    """The result as GeoJSON, gzipped. Raises ProblemError GEO-647 while there is none."""
    found = RunResult.objects.filter(run=row).values_list("gzipped", flat=True).first()
    if found is None:
        raise refused(NO_RUN, said("it has no result yet"))
    return bytes(found)


def keep_as_layer(row: Run, *, by: Actor) -> Upload:
    """Bring the result in as a layer, as secret as the most secret of what it was made from.

    Raises ProblemError GEO-647 without a result, and what bringing a layer raises: ACC-403, GEO-106, GEO-809.
    """
    sources = row.facts.get("sources", [])

    def joined(name: str) -> str:
        return "; ".join(dict.fromkeys(one[name] for one in sources if one.get(name)))

    words = geo.LayerWords(
        key=f"analysis-{row.code.lower()}",
        name=row.title or row.kind,
        source=joined("name")[:300],
        licence=(joined("licence") or "not stated")[:60],
        attribution=joined("attribution")[:200],
        level=max((int(one.get("level", Level.L2)) for one in sources), default=Level.L2.value),
    )
    content = BytesIO(gzip.decompress(result_of(row)))
    return geo.bring_layer(content, f"{words.key}.geojson", words, by=by)


def forget_old(now: datetime) -> int:
    """Forget runs older than :data:`KEPT_DAYS` days; returns how many."""
    number, _each = Run.objects.filter(asked_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    return number

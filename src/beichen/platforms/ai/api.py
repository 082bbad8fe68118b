"""`/api/models`: models, their runs, what they foretell and find, how good they were; and running one."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.actor import PUBLIC, Actor
from beichen.platforms.ai import service
from beichen.platforms.ai.documents import entry, finding_entry, prediction_entry, run_entry, score_entry
from beichen.web.programs import is_vouched_for

router = Router(tags=["models"])
RATE = "10/minute"
MOST_LISTED = 1_000
Word = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


def writer(request: HttpRequest) -> Actor:
    """Whoever acts with a key, or from a page with its form's token; a session alone is nobody."""
    by = acting(request)
    return by if is_vouched_for(request, by) else PUBLIC


@router.get("", summary="Models")
def list_models(request: HttpRequest) -> dict[str, Any]:
    """All models that the asker may see, by key, with their newest run."""
    rows = service.with_last_run(service.models(by=acting(request)))[:MOST_LISTED]
    return {"models": [entry(row) for row in rows]}


@router.get("/{key}", summary="A model, its runs, findings and scores")
def show(request: HttpRequest, key: str, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """Runs and findings, the newest first."""
    by = acting(request)
    row = service.find_model(key, by=by)
    return {
        **entry(row),
        "runs": [run_entry(one) for one in service.runs_of(row)[:limit]],
        "findings": [finding_entry(one) for one in service.findings_of(row, by=by)[:limit]],
        "scores": [score_entry(one) for one in service.scores_of(row)],
    }


@router.get("/{key}/forecasts", summary="What a model foretells now")
def forecasts(request: HttpRequest, key: str, thing: Word = "", measure: Word = "") -> dict[str, Any]:
    """At most 20,000 values of things that the asker may see; older ones are in the table `forecasts`."""
    by = acting(request)
    rows = service.predictions_of(service.find_model(key, by=by), by=by)
    if thing:
        rows = rows.filter(thing__code=thing)
    if measure:
        rows = rows.filter(measure=measure)
    return {"forecasts": [prediction_entry(row) for row in rows[:20_000]]}


@router.post("/{key}/run", summary="Run a model now")
def run(request: HttpRequest, key: str) -> dict[str, Any]:
    """A worker does it as soon as it can; the model's runs say what became of it."""
    by = writer(request)
    check_rate("models.run", by.key, RATE)
    return {"task": service.request_run(key, by=by)}

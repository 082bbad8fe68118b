"""`/services/bundles/runs/CODE`: one application for several items, its progress, its one answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from beichen.fronts.services.items import bundling
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.items.words import PartState
from beichen.kernel.access.service import acting

TONES = {
    PartState.DONE: "on-course",
    PartState.RUNNING: "ahead",
    PartState.WAITING: "unknown",
    PartState.SKIPPED: "unknown",
    PartState.REFUSED: "missed",
    PartState.BLOCKED: "missed",
}


def answer_of(run: BundleRun) -> str:
    """The one answer of a run, in words."""
    if run.closed_at is None:
        return gettext("In progress: you will get one answer when all parts are concluded.")
    if run.is_good:
        return gettext("Everything is concluded: all parts gave their results.")
    return gettext("Concluded in part: what stands and what does not is said below.")


def run_context(run: BundleRun) -> dict[str, Any]:
    """What a page says of a run."""
    parts = bundling.parts_of(run)
    over = sum(one.state not in (PartState.WAITING, PartState.RUNNING) for one in parts)
    return {
        "run": run,
        "answer": answer_of(run),
        "parts": [
            {
                "part": part,
                "state": PartState(part.state).label,
                "tone": TONES[PartState(part.state)],
                "affair": part.affair,
            }
            for part in parts
        ],
        "over": over,
        "count": len(parts),
    }


@require_safe
def run(request: HttpRequest, code: str) -> HttpResponse:
    """The run of a bundle, for its subject and for whoever sees affairs there."""
    row = bundling.find_run(code, by=acting(request))
    return render(request, "services/bundle_run.html", run_context(row))

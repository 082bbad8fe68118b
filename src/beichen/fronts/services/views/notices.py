"""`/services/notices`: what is on public notice (公示), for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from beichen.fronts.services import service
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.models import Timer
from beichen.fronts.services.telling import value_words

MOST = 200


def _entry(timer: Timer) -> dict[str, Any]:
    """What everybody may know: the process, the step, until when, and the fields that are declared public."""
    affair = timer.affair
    process = read_process(affair.definition.declared)
    until: datetime | None = localtime(timer.due_at) if timer.due_at else None
    return {
        "process": process.name.label,
        "step": process.steps[timer.step].name.label,
        "since": localtime(timer.opened_at),
        "until": until,
        "is_demo": affair.is_demo,
        "facts": [
            (one.name.label, value_words(one, affair.data[name]))
            for name, one in process.fields.items()
            if one.public and name in affair.data
        ],
    }


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The notices that run, the newest first."""
    found = [_entry(timer) for timer in service.notices()[:MOST]]
    return render(request, "services/notices.html", {"notices": found})

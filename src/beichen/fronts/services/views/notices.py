"""`/services/notices`: what is on public notice (公示), for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from beichen.fronts.services import service
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.models import Task, Timer
from beichen.fronts.services.signs import name_of
from beichen.fronts.services.telling import value_words
from beichen.fronts.services.words import Standing
from beichen.kernel.org.models import Body

MOST = 200


def deciding(timers: list[Timer]) -> dict[int, Body]:
    """The body that did the last step of each affair, by the affair's row: one query."""
    done = Task.objects.filter(affair__in=[one.affair_id for one in timers], standing=Standing.DONE)
    rows = done.select_related("body").order_by("affair_id", "number")
    return {task.affair_id: task.body for task in rows}


def entry(timer: Timer, body: Body | None) -> dict[str, Any]:
    """What everybody may know: process, step, body, from when until when, the fields declared public."""
    affair = timer.affair
    process = read_process(affair.definition.declared)
    until: datetime | None = localtime(timer.due_at) if timer.due_at else None
    return {
        "object": reverse("services:object", args=[timer.engine_id]),
        "process": process.name.label,
        "step": process.steps[timer.step].name.label,
        "body": name_of(body) if body is not None else "",
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
    timers = list(service.notices()[:MOST])
    bodies = deciding(timers)
    found = [entry(timer, bodies.get(timer.affair_id)) for timer in timers]
    return render(request, "services/notices.html", {"notices": found})

"""`/services/affairs/CODE`: an affair with its diagram, its steps, its trail, and what may be done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.services import service
from beichen.fronts.services.affair.forms import DeclaredForm
from beichen.fronts.services.applicant.handling import application_of
from beichen.fronts.services.applicant.paper import papers_of, withheld_of
from beichen.fronts.services.declaration import Process, read_process
from beichen.fronts.services.listing import address, end_of
from beichen.fronts.services.models import Affair, Task
from beichen.fronts.services.objection.reading import MOST_OBJECTIONS, objections_of
from beichen.fronts.services.offering import LABELS, Offers
from beichen.fronts.services.signs import name_of, promise_badge, time_badge
from beichen.fronts.services.telling import receivers_of, sentence, value_words
from beichen.fronts.services.words import Standing, Status
from beichen.kernel.access.service import acting
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.web.tables import Column, Rows
from beichen.web.wording import actor_name

Act = Callable[..., Affair]


def main_file(row: Affair) -> str:
    """The text of the process's own diagram, as it was when the affair began."""
    return str(row.definition.files.get(f"processes/{row.definition.key}.bpmn", ""))


def _offers(row: Affair, process: Process, by: Actor) -> Offers:
    found = service.course(row, by=by)
    return Offers(row, process, service.tasks_of(row), found["messages"], by)


def page(request: HttpRequest, row: Affair, bad: tuple[str, int, DeclaredForm] | None = None) -> HttpResponse:
    """The affair's page; with ``bad`` that act's form shows what was refused."""
    by, now = acting(request), timezone.now()
    process = read_process(row.definition.declared)
    course = service.course(row, by=by)
    tasks = service.tasks_of(row)
    places = {name: place for place, name in enumerate(process.fields)}
    offers = Offers(row, process, tasks, course["messages"], by).all()
    papers, withheld = papers_of(row, by=by), withheld_of(row, by=by)
    trail = service.trail(row)
    receivers = receivers_of(trail)
    if bad is not None:
        for offer in offers:
            if (offer.act, offer.number) == bad[:2]:
                offer.form = bad[2]
    context: dict[str, Any] = {
        "affair": row,
        "process": process,
        "status": Status(row.status).label,
        "outcome": end_of(row),
        "promise": promise_badge(row, now),
        "region": name_of(row.region),
        "offers": offers,
        "facts": [
            (process.fields[name].name.label, value_words(process.fields[name], value))
            for name, value in sorted(row.data.items(), key=lambda one: places.get(one[0], 0))
            if name in places and name not in withheld
        ],
        "application": application_of(row, papers, by=by),
        "papers": papers,
        "objections": objections_of(row)[:MOST_OBJECTIONS],
        "steps": Rows(gettext("Steps of the affair"), STEP_COLUMNS, _steps(row, process, tasks, now)),
        "pauses": [{**one, "missing": one.get("items", [])} for one in row.pauses],
        "trail": [
            {
                "event": event,
                "words": sentence(event, process, receivers),
                "body": name_of(event.body) if event.body else "",
            }
            for event in trail
        ],
        "is_drawn": "BPMNDiagram" in main_file(row),
        "waits": " ".join(course["waits"]),
        "done": " ".join(course["done"]),
    }
    return render(request, "services/affair.html", context, status=422 if bad is not None else 200)


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of an affair, or a time limit that runs, in words."""

    name: str
    anchor: str = ""
    body: str = "–"
    standing: str = ""
    outcome: str = ""
    time: Any = ""

    def anchored(self) -> SafeString | str:
        """The name, to which lists lead."""
        return format_html('<span id="{}">{}</span>', self.anchor, self.name) if self.anchor else self.name


STEP_COLUMNS: list[Column[StepRow]] = [
    Column(
        "step", pgettext("process", "Step"), lambda row: row.name, lambda row: row.anchored(), is_header=True
    ),
    Column("body", _("Body"), lambda row: row.body),
    Column("standing", pgettext("step", "State"), lambda row: row.standing),
    Column("outcome", pgettext("step", "Decision"), lambda row: row.outcome),
    Column("time", _("Time left"), lambda row: row.time),
]


def _steps(row: Affair, process: Process, tasks: list[Task], now: datetime) -> list[StepRow]:
    """The steps in their order, then the time limits."""
    found = [
        StepRow(
            task.label,
            f"task-{task.number}",
            name_of(task.body),
            " · ".join(filter(None, [str(Standing(task.standing).label), actor_name(task.by, task.by_name)])),
            _outcome(process, task.step, task.outcome),
            time_badge(task, now),
        )
        for task in tasks
    ]
    for timer in service.timers_of(row):
        until = (
            f"{timezone.localtime(timer.due_at):%Y-%m-%d %H:%M}" if timer.due_at else gettext("Clock stopped")
        )
        if timer.held_at is not None:
            until = gettext("Waits for answers to objections")
        name = _timer_name(process, timer.step)
        found.append(StepRow(name, standing=gettext("A time limit runs"), time=until))
    return found


def _outcome(process: Process, step: str, outcome: str) -> str:
    found = process.steps[step].outcomes.get(outcome) if step in process.steps else None
    return found.label if found is not None else ""


def _timer_name(process: Process, step: str) -> str:
    return process.steps[step].name.label if step in process.steps else gettext("Time limit")


def _found(request: HttpRequest, code: str) -> Affair:
    return service.find_affair(code.upper()[:20], by=acting(request))


@require_safe
def affair(request: HttpRequest, code: str) -> HttpResponse:
    """The affair, for whom takes part in it."""
    return page(request, _found(request, code))


@require_safe
def diagram(request: HttpRequest, code: str) -> HttpResponse:
    """The process's diagram as it was when the affair began, for the viewer."""
    response = HttpResponse(main_file(_found(request, code)), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}.bpmn"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def act_on_task(request: HttpRequest, code: str, number: int, act: str) -> HttpResponse:
    """Act on a step, and show the affair again."""
    return _act(
        request,
        code,
        act,
        number,
        lambda values, **more: service.act_on_task(act, code, number, values, **more),
    )


@require_POST
def act_on_affair(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Act on the affair, and show it again."""
    return _act(
        request, code, act, 0, lambda values, **more: service.act_on_affair(act, code, values, **more)
    )


def _act(request: HttpRequest, code: str, act: str, number: int, do: Act) -> HttpResponse:
    by, row = acting(request), _found(request, code)
    process = read_process(row.definition.declared)
    form = _offers(row, process, by).form(act, number, request.POST)
    if form is None:
        raise Http404
    if form.is_valid():
        values = form.values() if hasattr(form, "values") else {}
        try:
            do(values, by=by, expected=form.expected())
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, gettext("Done: %(what)s.") % {"what": LABELS[act]})
            return HttpResponseRedirect(address(row.code))
    return page(request, _found(request, code), (act, number, form))

"""`/devices/CODE`: what a device measured, what was refused of it, its credentials and commands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.platforms.iot import service
from beichen.platforms.iot.forms import CommandForm, StateForm
from beichen.platforms.iot.models import Device
from beichen.platforms.iot.rights import COMMAND, ISSUE, WRITE
from beichen.platforms.iot.views.devices import moment, presence_badge, thing_of
from beichen.platforms.iot.words import COMMAND_NAMES, STATE_NAMES, TREATMENT_NAMES, State
from beichen.problem import ProblemError
from beichen.web.charts import Chart, Series
from beichen.web.links import Link
from beichen.web.tables import Column, Rows
from beichen.web.wording import sentence

MOST_CHARTS, MOST_COMMANDS = 6, 20


def _label(declared: dict[str, Any], name: str) -> str:
    return str(declared.get("en" if get_language() == "en" else "zh") or declared.get("zh") or name)


def _unit(declared: dict[str, Any]) -> str:
    """A measure's unit; what is merely counted has none to show."""
    unit = str(declared.get("unit", ""))
    return "" if unit == "1" else unit


def _latest(row: Device) -> list[dict[str, Any]]:
    shown = []
    for one in service.latest_of(row):
        declared = one.object.type.measures.get(one.name, {})
        shown.append(
            {
                "thing": thing_of(one.object),
                "name": _label(declared, one.name),
                "value": {True: _("yes"), False: _("no")}[one.value]
                if isinstance(one.value, bool)
                else one.value,
                "unit": _unit(declared),
                "at": moment(one.at),
            }
        )
    return shown


LATEST: list[Column[dict[str, Any]]] = [
    Column("measure", gettext_lazy("Measure"), lambda one: one["name"], is_header=True),
    Column("thing", gettext_lazy("Measures"), lambda one: one["thing"]),
    Column("value", gettext_lazy("Value"), lambda one: f"{one['value']} {one['unit']}", is_number=True),
    Column("at", gettext_lazy("Measured at"), lambda one: one["at"]),
]


def _charts(row: Device) -> list[Chart]:
    """The numbers of a day, a point a quarter of an hour."""
    declared = row.thing.type.measures if row.thing else {}
    charts = []
    for (thing, measure), points in sorted(service.course_of(row).items())[:MOST_CHARTS]:
        facts = declared.get(measure, {})
        if facts.get("type") == "boolean":
            continue
        zone = timezone.get_current_timezone()
        times = [f"{datetime.fromtimestamp(at, zone):%m-%d %H:%M}" for at, _value in points]
        name = _label(facts, measure)
        series = Series(name, [round(value, 3) for _at, value in points])
        charts.append(
            Chart(
                name if row.thing and thing == row.thing.code else f"{thing} · {name}",
                _unit(facts),
                _("Measured at"),
                times,
                [series],
            )
        )
    return charts


def _page(request: HttpRequest, row: Device, **more: Any) -> HttpResponse:
    by = acting(request)
    commands = row.thing.type.commands if row.thing else {}
    may_command = bool(commands) and bool(decide(by, COMMAND, row))
    context = {
        "row": row,
        "presence": presence_badge(row),
        "state": STATE_NAMES[row.state],
        "seen": moment(row.last_seen_at),
        "latest": Rows(_("Latest values"), LATEST, _latest(row)),
        "charts": _charts(row),
        "refused": [(TREATMENT_NAMES[name], number) for name, number in service.refused_of(row).items()],
        "attributes": sorted(row.attributes.items()),
        "credentials": row.credentials.filter(revoked_at=None),
        "commands": [
            {
                "row": one,
                "state": COMMAND_NAMES[one.state],
                "name": _label(commands.get(one.name, {}), one.name),
            }
            for one in service.commands_of(row, by=by)[:MOST_COMMANDS]
        ],
        "may_issue": bool(decide(by, ISSUE, row)),
        "state_form": StateForm(initial={"state": row.state}) if decide(by, WRITE, row) else None,
        "command_form": CommandForm(commands=commands) if may_command else None,
        "crumbs": [Link(_("Devices"), reverse("platforms_iot:devices")), Link(row.code)],
        **more,
    }
    is_wrong = any(getattr(form, "errors", None) for form in more.values())
    return render(request, "platforms_iot/device.html", context, status=422 if is_wrong else 200)


def _back(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("platforms_iot:device", args=[code]))


@require_safe
def device(request: HttpRequest, code: str) -> HttpResponse:
    """The device."""
    return _page(request, service.find_device(code, by=acting(request)))


@require_POST
def state(request: HttpRequest, code: str) -> HttpResponse:
    """Take it into or out of use."""
    by = acting(request)
    row = service.find_device(code, by=by)
    form = StateForm(request.POST)
    if not form.is_valid():
        return _page(request, row, state_form=form)
    service.set_state(code, State(form.cleaned_data["state"]), by=by)
    messages.success(request, _("The device's state was changed."))
    return _back(code)


@never_cache
@require_POST
def token(request: HttpRequest, code: str) -> HttpResponse:
    """A new token, shown this once on the page that answers."""
    by = acting(request)
    made = service.issue_token(code, by=by)
    return _page(request, service.find_device(code, by=by), token=made)


@require_POST
def revoke(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Let a credential count no more."""
    service.revoke_credential(code, min(number, 2**62), by=acting(request))
    messages.success(request, _("The credential counts no more."))
    return _back(code)


@require_POST
def command(request: HttpRequest, code: str) -> HttpResponse:
    """Order a command; its parameters are what the thing's type declares."""
    by = acting(request)
    row = service.find_device(code, by=by)
    form = CommandForm(request.POST, commands=row.thing.type.commands if row.thing else {})
    if not form.is_valid():
        return _page(request, row, command_form=form)
    try:
        service.send_command(code, form.cleaned_data["name"], form.cleaned_data["parameters"], by=by)
    except ProblemError as error:
        if error.status == 403:
            raise
        form.add_error("parameters", [sentence(one) for one in error.problems])
        return _page(request, row, command_form=form)
    messages.success(request, _("The command was ordered."))
    return _back(code)

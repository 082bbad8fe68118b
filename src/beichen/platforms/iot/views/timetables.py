"""The timetable of a group, on the group's page: what it says today, when it is told next, changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.http import require_POST

from beichen.kernel.access.service import acting, decide
from beichen.kernel.actor import Actor
from beichen.platforms.iot import service
from beichen.platforms.iot.models import DeviceGroup, Following
from beichen.platforms.iot.rights import COMMAND
from beichen.platforms.iot.timetables.declaration import Entry
from beichen.platforms.iot.timetables.forms import DAYS, TimetableForm, shown_parameters
from beichen.platforms.iot.views.devices import moment
from beichen.problem import Problem, ProblemError, Where
from beichen.web.tables import Column, Rows

Commands = Mapping[str, Mapping[str, Any]]


def name_of(row: Following) -> str:
    """What people call what a group follows."""
    if row.timetable is None:
        return _("Entries of its own")
    named = (row.timetable.name_en if get_language() == "en" else row.timetable.name) or row.timetable.key
    return named if row.entries is None else _("%(name)s, changed for this group") % {"name": named}


def label_of(order: str, commands: Commands) -> str:
    """What people call a command."""
    facts = commands.get(order, {})
    return str(facts.get("en" if get_language() == "en" else "zh") or order)


def at_of(entry: Entry) -> str:
    """When an entry is due, in words."""
    if not entry.sun:
        return entry.at
    minutes = round(abs(entry.aside.total_seconds()) / 60)
    words = {
        ("sunrise", 0): _("sunrise"),
        ("sunset", 0): _("sunset"),
        ("sunrise", -1): _("%(minutes)d min before sunrise"),
        ("sunrise", 1): _("%(minutes)d min after sunrise"),
        ("sunset", -1): _("%(minutes)d min before sunset"),
        ("sunset", 1): _("%(minutes)d min after sunset"),
    }
    sign = (entry.aside > timedelta()) - (entry.aside < timedelta())
    text = words[entry.sun, sign]
    return text % {"minutes": minutes} if sign else text


def _entries(row: Following, commands: Commands) -> list[dict[str, Any]]:
    today = timezone.localtime().date()
    days = dict(DAYS)
    found = []
    for entry in service.entries_of(row):
        due = service.on_day(replace(entry, days=""), today, service.place_in(row))
        found.append(
            {
                "at": at_of(entry),
                "days": days[entry.days],
                "today": f"{timezone.localtime(due):%H:%M}" if due else "",
                "name": label_of(entry.order, commands),
                "parameters": shown_parameters(entry.parameters),
            }
        )
    return found


ENTRIES: list[Column[dict[str, Any]]] = [
    Column(
        "at",
        pgettext("timetable", "At"),
        lambda one: one["at"],
        lambda one: format_html('{} <span class="quiet">{}</span>', one["at"], one["days"]),
        is_header=True,
    ),
    Column("today", gettext_lazy("Today"), lambda one: one["today"]),
    Column(
        "order",
        gettext_lazy("Command"),
        lambda one: one["name"],
        lambda one: format_html("{} <code>{}</code>", one["name"], one["parameters"]),
    ),
]


def _told(row: Following, commands: Commands) -> list[dict[str, Any]]:
    return [
        {
            "name": label_of(str(one["order"]), commands),
            "parameters": shown_parameters(one["parameters"]),
            "ordered": one["ordered"],
            "refused": one["refused"],
            "trouble": one.get("trouble", ""),
        }
        for one in row.outcome.get("told", [])
    ]


def form_for(group: DeviceGroup, commands: Commands, *, by: Actor, data: Any = None) -> TimetableForm:
    """The form, filled with what the group follows."""
    row = service.following_of(group)
    kinds = service.devices_of(group, by=by).exclude(thing=None).order_by().values("thing__type__key")
    choices = list(service.timetables(by=by).filter(type__in=kinds.distinct()))
    if row is not None and row.timetable is not None and row.timetable not in choices:
        choices.append(row.timetable)
    timetable = row.timetable if row else None
    entries = (
        (row.entries if row.entries is not None else timetable.entries if timetable else []) if row else []
    )
    if data is not None:  # as many rows as were sent
        entries = [{} for name in data if name.startswith("entries.") and name.endswith(".at")][
            :-2
        ] or entries
    key = timetable.key if timetable else ""
    initial = {"timetable": key, "shown": key, "is_on": row.is_on if row else True}
    return TimetableForm(data, choices=choices, commands=commands, entries=entries, initial=initial)


def context_of(
    group: DeviceGroup, commands: Commands, *, by: Actor, form: TimetableForm | None = None
) -> dict[str, Any]:
    """What the card of the timetable shows."""
    row = service.following_of(group)
    may_change = bool(commands) and bool(decide(by, COMMAND, None))
    shown = None
    if row is not None:
        shown = {
            "name": name_of(row),
            "is_on": row.is_on,
            "next": moment(row.next_at),
            "entries": Rows(_("Timetable"), ENTRIES, _entries(row, commands)),
            "told_at": moment(row.told_at),
            "told": _told(row, commands),
        }
    return {
        "timetable": shown,
        "timetable_form": form or (form_for(group, commands, by=by) if may_change else None),
    }


@require_POST
def follow(request: HttpRequest, key: str) -> HttpResponseBase:
    """Choose, change or switch the timetable; what is wrong stands at its field."""
    from beichen.platforms.iot.views.groups import show

    by = acting(request)
    group = service.find_group(key, by=by)
    form = form_for(group, service.commands_of_group(group, by=by), by=by, data=request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            if told["timetable"] or told["entries"]:
                service.follow(key, told["timetable"], told["entries"], is_on=told["is_on"], by=by)
                messages.success(request, _("The timetable was set."))
            else:
                service.unfollow(key, by=by)
                messages.success(request, _("The group follows no timetable now."))
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(ProblemError(*(_at_row(one, told["places"]) for one in error.problems)))
        else:
            return HttpResponseRedirect(reverse("platforms_iot:group", args=[key]) + "#timetable")
    return show(request, key, timetable_form=form)


def _at_row(problem: Problem, places: list[int]) -> Problem:
    """A problem of the n-th entry, at the row of the form where that entry stands."""
    parts = (problem.where.field or "").split(".")
    if len(parts) > 1 and parts[0] == "entries" and places:
        parts[1] = str(places[int(parts[1])])
        return replace(problem, where=Where(field=".".join(parts)))
    return problem

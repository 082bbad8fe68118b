"""`/messages/rosters`: who is on duty now and in a week, where nobody is, and editing shifts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.org.models import Person
from beichen.platforms.comms.forms import ShiftForm
from beichen.platforms.comms.models import Roster, Shift
from beichen.platforms.comms.pages import name_of
from beichen.platforms.comms.rights import EDIT_ROSTERS
from beichen.platforms.comms.service import RosterWeek, add_shift, candidates, remove_shift, roster_weeks
from beichen.problem import ProblemError

_DAYS = 7


def _monday(text: str, today: date) -> date:
    """The Monday of the week that the address names, else of this week."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    return day - timedelta(days=day.weekday())


def _day(shift: Shift) -> date:
    return timezone.localdate(shift.starts)


def _shown(
    week: RosterWeek, people: list[Person] | None, now: datetime, bad: ShiftForm | None
) -> dict[str, Any]:
    """A roster as the page shows it; ``people`` are those whom its reader may put on duty."""
    may_edit = people is not None
    is_bad = bad is not None and bad.roster.pk == week.roster.pk
    days = [
        {
            "day": day,
            "shifts": [
                {"row": shift, "is_now": shift.starts <= now < shift.ends, "is_open": shift.ends > now}
                for shift in shifts
            ],
        }
        for day, shifts in groupby(week.shifts, _day)
    ]
    return {
        "roster": week.roster,
        "name": name_of(week.roster),
        "fallback": name_of(week.roster.fallback) if week.roster.fallback else "",
        "now": week.now,
        "days": days,
        "gaps": week.gaps,
        "may_edit": may_edit,
        "form": bad if is_bad else None if people is None else ShiftForm(roster=week.roster, people=people),
        "is_bad": is_bad,
    }


def _page(request: HttpRequest, bad: ShiftForm | None = None) -> HttpResponse:
    by, now = acting(request), timezone.now()
    monday = _monday(request.GET.get("week", ""), timezone.localdate(now))
    since = timezone.make_aware(datetime.combine(monday, time()))
    weeks = roster_weeks(by=by, since=since, until=since + timedelta(days=_DAYS), now=now)
    people = candidates([week.roster for week in weeks if decide(by, EDIT_ROSTERS, week.roster)])
    context = {
        "rosters": [_shown(week, people.get(week.roster.pk), now, bad) for week in weeks],
        "monday": monday,
        "sunday": monday + timedelta(days=_DAYS - 1),
        "previous": monday - timedelta(days=_DAYS),
        "next": monday + timedelta(days=_DAYS),
    }
    return render(request, "platforms_comms/rosters.html", context, status=422 if bad else 200)


@require_safe
def rosters(request: HttpRequest) -> HttpResponse:
    """Every roster."""
    return _page(request)


def _roster(key: str) -> Roster:
    rows = Roster.objects.select_related("body__region", "fallback")
    return get_object_or_404(rows, key=key, is_current=True)


@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    """Put somebody on duty."""
    roster, by = _roster(key), acting(request)
    require(by, EDIT_ROSTERS, roster)
    form = ShiftForm(request.POST, roster=roster, people=candidates([roster])[roster.pk])
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    try:
        shifts = add_shift(
            roster,
            form.chosen(),
            said["starts"],
            said["ends"],
            weeks=said["weeks"],
            note=said["note"],
            by=by,
        )
    except ProblemError as error:
        if error.status == 403:
            raise
        form.take(error)
        return _page(request, form)
    words = ngettext("%(count)d shift entered.", "%(count)d shifts entered.", len(shifts))
    messages.success(request, words % {"count": len(shifts)})
    return _back(said["starts"])


@require_POST
def remove(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Take a shift out, or end the one that runs."""
    rows = Shift.objects.select_related("roster__body__region", "person")
    shift = rows.filter(pk=number, roster__key=key).first()
    if shift is None:
        raise Http404
    remove_shift(shift, by=acting(request))
    messages.success(request, gettext("The shift was taken out."))
    return _back(shift.starts)


def _back(day: datetime) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('platforms_comms:rosters')}?week={timezone.localdate(day)}")

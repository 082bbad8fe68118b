"""Items in words for people: times, fees, ways, papers, opening hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.items.declaration import Hours, Item, Material, Window
from beichen.fronts.services.items.schema import DAYS
from beichen.kernel.scene.durations import duration

AUDIENCE: Mapping[str, Promise] = {
    "person": pgettext("audience", "People"),
    "firm": pgettext("audience", "Firms"),
}
ASSURANCE: Mapping[str, Promise] = {
    "low": _("An account is enough"),
    "substantial": _("Identity confirmed at a window or by another provider"),
    "high": _("Identity confirmed by the city’s identity provider"),
}
DELIVERY: Mapping[str, Promise] = {
    "online": pgettext("delivery", "Online, as a certificate"),
    "window": pgettext("delivery", "At the window"),
    "post": pgettext("delivery", "By post"),
}
PAPER: Mapping[str, Promise] = {
    "original": pgettext("paper", "original"),
    "copy": pgettext("paper", "copy"),
    "either": pgettext("paper", "original or copy"),
}
WAYS: Mapping[str, Promise] = {
    "zero-trip": _("Without coming"),
    "one-trip": _("Coming once"),
    "online": pgettext("way", "Online"),
}
_WEEK: Mapping[str, Promise] = {
    "mon": pgettext("day", "Mon"),
    "tue": pgettext("day", "Tue"),
    "wed": pgettext("day", "Wed"),
    "thu": pgettext("day", "Thu"),
    "fri": pgettext("day", "Fri"),
    "sat": pgettext("day", "Sat"),
    "sun": pgettext("day", "Sun"),
}


def time_words(text: str) -> str:
    """A working time as people say it; empty for none."""
    if not text:
        return ""
    found = duration(text)
    if found.days:
        return ngettext("%(count)d working day", "%(count)d working days", found.days) % {"count": found.days}
    hours = int(found.total_seconds() // 3600)
    if hours:
        return ngettext("%(count)d working hour", "%(count)d working hours", hours) % {"count": hours}
    minutes = int(found.total_seconds() // 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def yuan(fen: int) -> str:
    """An amount as people read it."""
    text = f"{fen // 100:,}" if fen % 100 == 0 else f"{fen / 100:,.2f}"
    return gettext("¥%(amount)s") % {"amount": text}


def fee_words(item: Item) -> str:
    """What an item costs, in a word: nothing, one amount, or from–to."""
    if item.fee is None:
        return gettext("Free of charge")
    amounts = sorted({round(row.yuan * 100) for row in item.fee.amounts})
    if amounts == [0]:
        return gettext("Free of charge")
    if len(amounts) == 1:
        return yuan(amounts[0])
    return gettext("%(least)s to %(most)s") % {"least": yuan(amounts[0]), "most": yuan(amounts[-1])}


def visit_words(visits: int) -> str:
    """How often an applicant comes at most."""
    if not visits:
        return gettext("Nobody has to come (zero trips)")
    return ngettext("Come %(count)d time at most", "Come %(count)d times at most", visits) % {"count": visits}


def paper_words(material: Material) -> str:
    """In which form a paper is asked for."""
    if material.held_by.startswith("person."):
        return gettext("held by the city: need not be brought")
    if material.held_by:
        return gettext("need not be brought where the city holds it")
    form = str(PAPER[material.form])
    if material.copies > 1:
        form = gettext("%(form)s, %(count)d times") % {"form": form, "count": material.copies}
    return form if material.required is True else gettext("%(form)s, where it applies") % {"form": form}


def hours_words(window: Window) -> list[str]:
    """When a window is open, a line each."""
    return [
        f"{_days(hours)} {hours.opens}–{hours.closes}"
        for hours in sorted(window.hours, key=lambda one: (DAYS.index(one.days[0]), one.opens))
    ]


def _days(hours: Hours) -> str:
    """Days of the week, runs of them as from–to."""
    numbers = sorted(DAYS.index(day) for day in hours.days)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return gettext(", ").join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    first, last = str(_WEEK[DAYS[run[0]]]), str(_WEEK[DAYS[run[-1]]])
    return first if len(run) == 1 else f"{first}–{last}"


def joined(words: Iterable[object]) -> str:
    """Several words beside each other."""
    return gettext(", ").join(str(one) for one in words)

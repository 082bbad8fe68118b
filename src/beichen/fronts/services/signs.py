"""Small signs: time left with its card (红黄牌), standing, outcome, each as words and colour together."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.models import Affair, Task
from beichen.fronts.services.words import CLOSED
from beichen.kernel.calendar.service import working_time
from beichen.kernel.org.models import Body, Region

_HOUR = 3600


class Card(StrEnum):
    """How a step or an affair stands with its time."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    PAUSED = "paused"
    NONE = "none"


NAMES = {
    Card.RED: _("Red card: overdue"),
    Card.YELLOW: _("Yellow card: nearly due"),
    Card.GREEN: _("In time"),
    Card.PAUSED: _("Clock stopped"),
}
TONES = {
    Card.RED: "missed",
    Card.YELLOW: "behind",
    Card.GREEN: "on-course",
    Card.PAUSED: "unknown",
    Card.NONE: "unknown",
}


def card_of(task: Task, now: datetime) -> Card:
    """The card of a step."""
    if task.closed_at is not None:
        return Card.NONE
    if task.is_paused:
        return Card.PAUSED
    if task.due_at < now:
        return Card.RED
    return Card.YELLOW if task.warn_at <= now else Card.GREEN


def left_words(due: datetime, now: datetime) -> str:
    """The working time until a moment, or since it: in days and hours of the offices."""
    first, last = min(due, now), max(due, now)
    working = working_time()
    days, rest = divmod(
        int(working.between(first, last).total_seconds()), int(working.length.total_seconds())
    )
    hours = rest // _HOUR
    parts = []
    if days:
        parts.append(ngettext("%(count)d working day", "%(count)d working days", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if not parts:
        parts.append(gettext("less than an hour"))
    words = " ".join(parts)
    return (
        gettext("%(time)s late") % {"time": words}
        if due < now
        else gettext("%(time)s left") % {"time": words}
    )


def time_words(task: Task, now: datetime) -> str:
    """How a step stands with its time, in words."""
    card = card_of(task, now)
    if card is Card.NONE:
        return ""
    return str(NAMES[card]) if card is Card.PAUSED else left_words(task.due_at, now)


def time_badge(task: Task, now: datetime) -> SafeString | str:
    """The same with the card's colour and the moment itself."""
    words = time_words(task, now)
    if not words:
        return ""
    return _badge(TONES[card_of(task, now)], words, localtime(task.due_at))


def _badge(tone: str, words: str, due: datetime) -> SafeString:
    """Written here, as a list has fifty of them: a template each took half of the time of a desk."""
    return format_html(
        '<span class="badge is-{}" data-due="{}">{}{}</span>'
        ' <time class="quiet figures" datetime="{}">{}</time>',
        tone,
        due.isoformat(),
        _sign(tone),
        words,
        due.isoformat(),
        f"{due:%m-%d %H:%M}",
    )


@cache
def _sign(tone: str) -> SafeString:
    """The symbol of a tone; the same for as long as the process runs."""
    return render_to_string("web/components/icon.html", {"name": tone})


def promise_badge(affair: Affair, now: datetime) -> SafeString | str:
    """How an affair stands with its promise."""
    if affair.status in CLOSED:
        if affair.is_in_time is None:
            return ""
        words = gettext("In time") if affair.is_in_time else gettext("Late")
        tone = "on-course" if affair.is_in_time else "missed"
    elif affair.pauses:
        words, tone = str(NAMES[Card.PAUSED]), "unknown"
    else:
        words = left_words(affair.promised_at, now)
        tone = "missed" if affair.promised_at < now else "on-course"
    return _badge(tone, words, localtime(affair.promised_at))


def name_of(row: Body | Region) -> str:
    """A body's or a region's name in the reader's language."""
    is_english = (get_language() or "").startswith("en")
    return (row.name_en or row.name) if is_english else row.name

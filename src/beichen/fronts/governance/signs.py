"""Small signs of the console: a grade, the time left, an alert, each as words and colour together."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from beichen.fronts.governance.times import TONES, left_words, urgency_of
from beichen.hubs.events.models import Case
from beichen.hubs.events.pages import Grade

GRADE_TONES = {1: "missed", 2: "behind", 3: "on-course", 4: "unknown"}


def grade_badge(grade: int) -> SafeString:
    """A grade with its colour."""
    return format_html('<span class="badge is-{}">{}</span>', GRADE_TONES[grade], Grade(grade).label)


def time_badge(row: Case, now: datetime) -> SafeString | str:
    """The time left, coloured by urgency, with the deadline itself as a machine reads it."""
    words = left_words(row, now)
    if not words:
        return ""
    tone = TONES[urgency_of(row, now)]
    context = {"tone": tone, "words": words, "due": localtime(row.due_at) if row.due_at else None}
    return render_to_string("governance/time.html", context)

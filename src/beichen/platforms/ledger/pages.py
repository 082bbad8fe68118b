"""What the pages of the ledger share: times, badges, names of kinds."""

from __future__ import annotations

import re
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from beichen.platforms.ledger.kinds import sealed_kinds
from beichen.platforms.ledger.models import Entry, Witness

_FAILURES = (
    (
        re.compile(r"it has seen (?P<seen>\d+) entries, the log has (?P<size>\d+)"),
        _lazy("It has seen %(seen)s entries, the log has %(size)s"),
    ),
    (
        re.compile(r"(?P<status>\d{3}) at (?P<old>\d+) → (?P<size>\d+): .*"),
        _lazy("It refuses the step from %(old)s to %(size)s entries (%(status)s)"),
    ),
    (re.compile(r"it answers (?P<status>\d{3}): .*"), _lazy("It answers with %(status)s")),
    (re.compile(r"it answers without its own signature"), _lazy("It answers without its own signature")),
    (
        re.compile(r"\w*(?:Connect|Timeout|Network|Protocol|ReadE|WriteE)\w*: .*"),
        _lazy("It cannot be reached"),
    ),
)
"""What the log notes of a witness, as people read it; what is none of these stands as it was noted."""
_ICONS = {"on-course": "on-course", "behind": "behind", "missed": "missed", "unknown": "unknown"}


def moment(value: datetime | None) -> str:
    """A time as a page shows it, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def ending(value: datetime | None) -> str:
    """Until when something holds, to the minute, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def badge(tone: str, label: str | Promise) -> SafeString:
    """Sign, word and colour together."""
    return render_to_string(
        "platforms_ledger/badge.html", {"tone": tone, "icon": _ICONS[tone], "label": label}
    )


def kind_label(key: str) -> str:
    """A kind of sealed things in the reader's language; its key where no room names it any more."""
    kind = sealed_kinds().get(key)
    return str(kind.label) if kind else key


def place_badge(row: Entry, published: int) -> SafeString:
    """Whether an entry has its place, and whether witnesses know of it."""
    if row.position is None:
        return badge("unknown", _("Waits for its place"))
    if row.position >= published:
        return badge("behind", _("Waits for witnesses"))
    return badge("on-course", _("In the log"))


def failure_words(text: str) -> str:
    """Why a witness did not cosign, in the reader's language."""
    for pattern, words in _FAILURES:
        if found := pattern.fullmatch(text.partition("\n")[0]):
            return str(words) % found.groupdict()
    return text


def witness_badge(row: Witness, size: int) -> SafeString:
    """How a witness stands towards the newest checkpoint."""
    if row.contradicts:
        return badge("missed", _("Contradicts the log"))
    if row.size >= size:
        return badge("on-course", _("Has cosigned"))
    if row.failure:
        return badge("missed", _("Does not answer"))
    return badge(
        "behind",
        ngettext("%(count)d entry behind", "%(count)d entries behind", size - row.size)
        % {"count": size - row.size},
    )

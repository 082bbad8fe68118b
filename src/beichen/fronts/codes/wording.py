"""What the pages of this room call things: answers, states, entitlements, times."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.codes.holding import Held, Standing
from beichen.fronts.codes.looking import Standing as StickerStanding
from beichen.fronts.codes.models import Entitlement, Reader, Return, ReturnState, Scan
from beichen.kernel.org.models import Body
from beichen_proof.refusal import Reason

ANSWERS: dict[str, str | Promise] = {
    Standing.GRANTED: gettext_lazy("Accepted"),
    Standing.NONE: gettext_lazy("Refused: this was never granted"),
    Standing.NOT_YET: gettext_lazy("Refused: it is not valid yet"),
    Standing.EXPIRED: gettext_lazy("Refused: it has run out"),
    Standing.SUSPENDED: gettext_lazy("Refused: it is suspended"),
    Standing.REVOKED: gettext_lazy("Refused: it was revoked"),
    Standing.USED_UP: gettext_lazy("Refused: it is used up"),
    Standing.NOT_NOW: gettext_lazy("Refused: it does not count at this hour"),
    Standing.WITHDRAWN: gettext_lazy("Refused: it is offered no more"),
    Reason.MALFORMED: gettext_lazy("Refused: this is no code of a person"),
    Reason.UNKNOWN_ISSUER: gettext_lazy("Refused: the code was not made by this city"),
    Reason.FORGED: gettext_lazy("Refused: the code is forged or was changed"),
    Reason.EXPIRED: gettext_lazy("Refused: the code has expired; ask for the next one"),
    Reason.NOT_YET_VALID: gettext_lazy("Refused: the code is not valid yet; compare the clocks"),
    Reason.OTHER_PARTY: gettext_lazy("Refused: the code was made for another reader"),
    Reason.OTHER_PURPOSE: gettext_lazy("Refused: the code was made for another purpose"),
    Reason.REPLAYED: gettext_lazy("Refused: this code was shown before"),
}
STANDINGS: dict[Standing, tuple[str, str | Promise]] = {
    Standing.GRANTED: ("on-course", pgettext("entitlement", "Valid")),
    Standing.NONE: ("unknown", pgettext("entitlement", "Not granted")),
    Standing.NOT_YET: ("behind", pgettext("entitlement", "Not valid yet")),
    Standing.EXPIRED: ("missed", pgettext("entitlement", "Run out")),
    Standing.SUSPENDED: ("behind", pgettext("entitlement", "Suspended")),
    Standing.REVOKED: ("missed", pgettext("entitlement", "Revoked")),
    Standing.USED_UP: ("missed", pgettext("entitlement", "Used up")),
    Standing.NOT_NOW: ("behind", pgettext("entitlement", "Not at this hour")),
    Standing.WITHDRAWN: ("missed", pgettext("entitlement", "Offered no more")),
}
STICKERS: dict[StickerStanding, tuple[str, str | Promise]] = {
    StickerStanding.GENUINE: ("on-course", gettext_lazy("A code of this city")),
    StickerStanding.UNSIGNED: ("behind", gettext_lazy("Not signed: typed by hand, or an old sticker")),
    StickerStanding.REPLACED: ("missed", gettext_lazy("Replaced: this sticker was reissued")),
    StickerStanding.WITHDRAWN: ("missed", gettext_lazy("Withdrawn: this sticker does not count")),
}
KINDS: dict[str, str | Promise] = {
    "thing": pgettext("code", "Thing"),
    "place": pgettext("code", "Place"),
    "affair": pgettext("code", "Affair"),
    "organisation": pgettext("code", "Organisation"),
    "person": pgettext("code", "Person"),
    "certificate": pgettext("code", "Certificate"),
    "window": pgettext("code", "Window"),
    "bundle": pgettext("code", "Affairs"),
}
_DAYS = ("一", "二", "三", "四", "五", "六", "日")
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def is_english() -> bool:
    """Whether the reader reads English."""
    return get_language() == "en"


def called(row: Entitlement | Reader) -> str:
    """An entitlement or a reader in the reader's language."""
    return (row.name_en if is_english() else row.name) or row.name


def body_name(row: Body | None) -> str:
    """A body in the reader's language; empty for one that the city does not have yet."""
    if row is None:
        return ""
    return (row.name_en if is_english() else row.name) or row.name


def about(row: Entitlement) -> str:
    """What an entitlement is for."""
    return (row.about_en if is_english() else row.about) or row.about


def counted(held: Held) -> str:
    """What is left of a counter, in words; empty where nothing is counted."""
    row = held.entitlement
    if held.left is None:
        return ""
    unit = (row.counter_en if is_english() else row.counter) or row.counter
    return _("%(unit)s: %(left)d left") % {"unit": unit, "left": held.left}


def hours(row: Entitlement) -> str:
    """When an entitlement counts, in words; empty for always."""
    said = [f"{_days(time['days'])} {time['from']}–{time['until']}".strip() for time in row.times]
    return ("; " if is_english() else "；").join(said)


def _days(days: list[int]) -> str:
    """Days of the week, those that follow each other as from–to; empty for all of them."""
    if len(days) == 7:
        return ""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names, prefix, between = (_ENGLISH_DAYS, "", ", ") if is_english() else (_DAYS, "周", "、")
    words = [
        f"{prefix}{names[run[0] - 1]}–{prefix}{names[run[-1] - 1]}"
        if len(run) > 2
        else between.join(f"{prefix}{names[day - 1]}" for day in run)
        for run in runs
    ]
    return between.join(words)


def answer_words(word: str) -> str:
    """An answer of a gate in words."""
    return str(ANSWERS.get(word, word))


def back_words(scan: Scan, asked: Return | None) -> str:
    """What was taken at a scan, and what became of it, in words; empty where nothing was."""
    if not scan.took:
        return ""
    if asked is None:
        return _("One")
    return f"{ReturnState(asked.state).label} {asked.reason}".strip()


def back_cell(scan: Scan, asked: Return | None) -> SafeString:
    """The same with the way to ask for it back."""
    words = back_words(scan, asked)
    if not words:
        return SafeString("")
    href, is_open = reverse("codes:ask-back", args=[scan.nonce]), asked is None or asked.state == "withdrawn"
    return format_html(
        '{} <a href="{}">{}</a>', words, href, _("Ask for it back") if is_open else _("Look at it")
    )


def ending(value: datetime | None) -> str:
    """Until when something holds, to the minute, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def moment(value: datetime | None) -> str:
    """A time as a page shows it, in the city's zone."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


def badge(tone: str, label: str | Promise) -> SafeString:
    """Sign, word and colour together."""
    return render_to_string("codes/badge.html", {"tone": tone, "label": label})

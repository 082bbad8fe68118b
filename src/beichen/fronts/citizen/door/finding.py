"""What the door's search finds of this room: kinds of reports, places, one's own reports, news."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beichen.fronts.citizen.news.writing import holding, may_hold, shown_news
from beichen.hubs.events.models import EventKind
from beichen.hubs.events.service import public_kind_names, report_of
from beichen.kernel.access.service import acting, decide, person_code
from beichen.platforms.geo import service as geo
from beichen.web.findings import MOST_EACH, Found

REPORTS = gettext_lazy("Kinds of reports")
PLACES = gettext_lazy("Places")
CASES = gettext_lazy("My reports")
NEWS = gettext_lazy("News")
_CODE = re.compile(r"[A-Za-z0-9]{4,}-[A-Za-z0-9-]{2,}\Z")


def find_kinds(_request: HttpRequest, words: str) -> list[Found]:
    """Kinds of reports whose name, English name or description holds every word; there are some hundred."""
    wanted = words.casefold().split()
    return [
        Found(row.label, f"{reverse('citizen:report')}?{urlencode({'kind': row.key})}", REPORTS)
        for row in public_kind_names()
        if all(one in _said(row) for one in wanted)
    ][:MOST_EACH]


def _said(row: EventKind) -> str:
    category = row.category.label if row.category is not None else ""
    return f"{row.name} {row.name_en} {row.description} {category}".casefold()


def find_places(request: HttpRequest, words: str) -> list[Found]:
    """Places by name, pinyin or initials; each leads to what is around it."""
    by = acting(request)
    found = geo.search_places(words, by=by, limit=MOST_EACH) if decide(by, geo.READ) else []
    return [
        Found(
            place.name,
            f"{reverse('citizen:nearby')}?at={place.longitude:.6f},{place.latitude:.6f}",
            PLACES,
            place.about or place.region_name,
        )
        for place in found
        if place.longitude is not None and place.latitude is not None
    ]


def find_own_report(request: HttpRequest, words: str) -> list[Found]:
    """The report of this number: one's own opens, any other is asked for its code."""
    if not _CODE.match(words):
        return []
    row = report_of(person_code(acting(request)), words)
    if row is None:
        address = f"{reverse('citizen:follow')}?{urlencode({'code': words.upper()})}"
        return [Found(words.upper(), address, CASES, _("Opens with its follow code."))]
    title = row.kind.label if row.kind else _("Your report")
    return [Found(f"{title} {row.code}", reverse("citizen:status", args=[row.code]), CASES)]


def find_news(_request: HttpRequest, words: str) -> list[Found]:
    """News by any word, the newest first."""
    if not may_hold(words):
        return []
    rows = holding(shown_news(), words).defer("text", "text_en")[:MOST_EACH]
    return [
        Found(row.label, reverse("citizen:one-news", args=[row.pk]), NEWS, f"{row.since} {row.body.name}")
        for row in rows
    ]

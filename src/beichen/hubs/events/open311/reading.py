"""From the parameters of a GeoReport request to a report draft, or to a selection of reports."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from beichen.hubs.events.intake.report import BAD_REPORT, ReportDraft, ReporterFacts
from beichen.hubs.events.kinds.declaration import Kind
from beichen.hubs.events.models import Report
from beichen.hubs.events.words import Channel
from beichen.problem import Problem, ProblemError, Where, said
from beichen.web.programs import key_of

SPAN = timedelta(days=90)
MOST = 1000
_FIRST_YEAR, _LAST_YEAR = 1900, 9000  # outside of them there is no room to count back and forth
_ATTRIBUTE = re.compile(r"attribute\[([a-z0-9_]{1,60})\](?:\[\])?\Z")


def bad(field: str, message: str, hint: str = "") -> ProblemError:
    """A parameter that cannot be used."""
    return ProblemError(Problem(BAD_REPORT, message, Where(field=field), hint))


def _number(values: QueryDict, name: str) -> float | None:
    text = values.get(name, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise bad(name, said("{text!r} is no number", text=text[:40])) from None


def _answers(values: QueryDict, kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in values:
        match = _ATTRIBUTE.match(name)
        if match is None:
            continue
        code = match.group(1)
        ask = kind.ask.get(code)
        several = ask is not None and ask.type == "multivaluelist"
        found[code] = values.getlist(name) if several else values.get(name, "")
    return found


def draft_of(request: HttpRequest, kind: Kind, files: tuple[str, ...], client: str) -> ReportDraft:
    """The report that a POST brings. Raises ProblemError EVT-401."""
    values = request.POST
    longitude, latitude = _number(values, "long"), _number(values, "lat")
    if longitude is None and not values.get("address_string") and not values.get("address_id"):
        raise bad("lat", said("a report has lat and long, address_string or address_id"))
    name = " ".join(part for part in (values.get("first_name", ""), values.get("last_name", "")) if part)
    media_url = values.get("media_url", "").strip()
    if media_url and not re.match(r"https?://[^\s]{1,490}\Z", media_url):
        raise bad("media_url", said("an address that begins with https://"))
    key = key_of(request)
    return ReportDraft(
        channel=Channel.OPEN311,
        text=values.get("description", ""),
        key=f"{client}:{key}" if key else "",
        kind=values.get("service_code", ""),
        longitude=longitude,
        latitude=latitude,
        address=values.get("address_string", ""),
        region=values.get("address_id", ""),
        answers=_answers(values, kind),
        reporter=ReporterFacts(
            name=name,
            phone=values.get("phone", "").strip(),
            email=values.get("email", "").strip(),
            language="en" if request.headers.get("Accept-Language", "").startswith("en") else "zh-hans",
        ),
        files=files,
        media_url=media_url,
    )


def _instant(values: QueryDict, name: str) -> datetime | None:
    text = values.get(name, "").strip().replace(" ", "+")  # a plus sign that was not escaped
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise bad(name, said("{text!r} is no time", text=text[:40]), "1994-11-05T13:15:30Z") from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise bad(name, said("{text!r} is no time", text=text[:40]), "1994-11-05T13:15:30Z")
    if found.tzinfo is None:
        raise bad(name, said("{text!r} has no offset", text=text[:40]), "1994-11-05T13:15:30Z")
    return found


def selection(values: QueryDict, rows: QuerySet[Report]) -> QuerySet[Report]:
    """The reports that a GET asks for, the newest first, at most a thousand of 90 days."""
    wanted = [code.strip() for code in values.get("service_request_id", "").split(",") if code.strip()]
    if len(wanted) > MOST:
        raise bad("service_request_id", said("at most {limit} at once", limit=MOST))
    if wanted:
        return rows.filter(code__in=wanted).order_by("-received_at")
    last = _instant(values, "end_date") or timezone.now()
    first = _instant(values, "start_date") or last - SPAN
    if last - first > SPAN + timedelta(days=1):
        raise bad("start_date", said("at most {days} days at once", days=SPAN.days))
    rows = rows.filter(received_at__gte=first, received_at__lte=last)
    kinds = [code.strip() for code in values.get("service_code", "").split(",") if code.strip()]
    if kinds:
        rows = rows.filter(kind__key__in=kinds[:MOST])
    states = {state.strip() for state in values.get("status", "").split(",") if state.strip()}
    if states - {"open", "closed"}:
        raise bad("status", said("open, closed, or both with a comma"))
    if len(states) == 1:
        rows = rows.filter(case__is_open=states == {"open"})
    return rows.order_by("-received_at", "-id")[:MOST]

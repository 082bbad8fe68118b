"""Who is told what of a case: desks when something is theirs to do, reporters when something concerns them.

The templates stand in the scene `casework`; a city without it sends nothing. A desk's notice names the case,
its kind and its time, never what a citizen wrote or who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from beichen.hubs.events.case.clock import ALERTS
from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.words import Part
from beichen.kernel.actor import Actor
from beichen.kernel.bus.event import Event
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Template

GRAVE = 2
"""Cases of this grade and graver are told at once, at night too."""
_TO_DESK = {
    "dispatched": "case-dispatched",
    "transferred": "case-dispatched",
    "supervised": "case-supervised",
    "reopened": "case-reopened",
}
_TO_REPORTER = {"accepted": "report-accepted", "refused": "report-refused", "answered": "report-answered"}
TOLD = frozenset({*_TO_DESK, *_TO_REPORTER, "returned", "warned"})
"""The steps of which somebody is told."""


@dataclass(frozen=True, slots=True)
class _Told:
    template: str
    to: Sequence[comms.Receiver]
    values: dict[str, Any]
    level: Level = Level.L2
    href: str = ""


def tell(event: Event, *, by: Actor) -> int:
    """Send what the step of a case makes necessary, once however often it comes; returns the messages."""
    if event.type.rpartition(".")[2] not in TOLD:
        return 0
    case = Case.objects.select_related("kind", "region", "desk", "centre").filter(code=event.subject).first()
    if case is None or not isinstance(event.data, dict):
        return 0
    sent = 0
    for told in _notices(event.type.rpartition(".")[2], event.data, case):
        if not told.to or not Template.objects.filter(key=told.template, is_current=True).exists():
            continue
        notice = comms.Notice(
            template=told.template,
            values=told.values,
            about=f"case:{case.code}",
            urgency=comms.Urgency.URGENT if case.grade <= GRAVE else None,
            level=told.level,
            href=told.href,
            region=case.region,
        )
        key = (
            f"case:{case.code}:{event.data.get('number', 0)}:{told.template}:{told.values.get('report', '')}"
        )
        comms.send(notice, to=list(told.to), by=by, key=key)
        sent += 1
    return sent


def _notices(name: str, data: dict[str, Any], case: Case) -> Iterator[_Told]:
    if name in _TO_DESK:
        # Who was lead when it happened: the case may be elsewhere by the time this is heard.
        desk = Body.objects.filter(key=data["lead"]).first() if "lead" in data else case.desk
        receivers = [comms.ToBody(desk)] if desk is not None else []
        yield _Told(_TO_DESK[name], receivers, _facts(case), href=_desk_page(case))
    if name == "returned":
        yield _Told("case-returned", [comms.ToBody(case.centre)], _facts(case), href=_desk_page(case))
    if name == "warned":
        yield from _warning(int(data.get("share", 0)), case)
    if name in _TO_REPORTER:
        yield from _to_reporters(_TO_REPORTER[name], case)


def _warning(share: int, case: Case) -> Iterator[_Told]:
    if share < ALERTS[1]:
        return
    body = case.desk or case.centre
    template = "case-overdue" if share >= ALERTS[-1] else "case-due-soon"
    receivers: list[comms.Receiver] = [comms.ToBody(body)]
    if share >= ALERTS[-1]:
        supervisors = case.desks.filter(part=Part.SUPERVISOR).select_related("body")
        receivers += [comms.ToBody(desk.body) for desk in supervisors]
    yield _Told(template, receivers, _facts(case), href=_desk_page(case))


def _facts(case: Case) -> dict[str, Any]:
    kind = {"zh": case.kind.name, "en": case.kind.name_en} if case.kind is not None else _UNKNOWN
    due = f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}" if case.due_at is not None else "–"
    return {"code": case.code, "kind": kind, "due": due, "grade": case.grade, "region": case.region.name}


_UNKNOWN = {"zh": "未分类事件", "en": "Unclassified event"}


def _desk_page(case: Case) -> str:
    return f"/console/cases/{case.code}"


def followed_as(report: Report) -> str:
    """Under which name browsers follow a report."""
    return f"report:{report.code}"


def _addresses(report: Report) -> list[comms.Receiver]:
    """Where the reporter wants to hear of it; nowhere when there is none, or none any more."""
    reporter = report.reporter
    if reporter is None or reporter.erased_at is not None:
        return []
    language = "en" if reporter.language.startswith("en") else "zh"
    subject = reporter.person.code if reporter.person is not None else reporter.code
    return [
        comms.ToAddress(channel, address, name=reporter.name, language=language, subject=subject)
        for channel, address in (("sms", reporter.phone), ("mail", reporter.email))
        if address
    ]


def _to_reporters(template: str, case: Case) -> Iterator[_Told]:
    """Each reporter who left an address, in their own language, and each browser that follows."""
    rows = list(
        Report.objects.select_related("reporter", "reporter__person").filter(case=case).order_by("id")
    )
    followed = comms.followed(followed_as(report) for report in rows)
    for report in rows:
        receivers = _addresses(report)
        if followed_as(report) in followed:
            receivers.append(comms.ToFollowers(followed_as(report)))
        if not receivers:
            continue
        answer = str(case.state.get("answer") or case.state.get("refusal") or "")
        values = {"report": report.code, "answer": answer[:500], "body": (case.desk or case.centre).name}
        yield _Told(template, receivers, values, Level.L3, f"/follow/{report.code}")

"""Who reported: shown to those who may, with a purpose and a trace; given out and erased on request.

A reporter proves to be one by the report's code and secret (:func:`.queries.follow`), or by the account of
the person. What is erased cannot be brought back: the record keeps that it was, not what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from beichen.hubs.events.acting import acting_body
from beichen.hubs.events.case.stream import derive
from beichen.hubs.events.models import Case, CaseEvent, Likeness, Report, Reporter
from beichen.hubs.events.notices import followed_as
from beichen.hubs.events.permissions import ERASE, IDENTIFY, SEND
from beichen.hubs.events.problems import not_now, stated
from beichen.hubs.events.words import OTHER_PARTS
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Client
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Post
from beichen.platforms.comms import service as comms
from beichen.problem import said

FIELDS = ["name", "phone", "email"]
ERASED = "〔已应诉求人要求删除 · erased at the reporter's request〕"
_TEXTS = ("text", "title", "opinion", "address")


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at who the reporter is."""

    at: datetime
    actor: str
    purpose: str
    bodies: str = ""  # at which that person or program acts, for people to read


def identify(report: Report, *, purpose: str, by: Actor) -> dict[str, Any]:
    """Name, telephone and e-mail of who sent the report, as far as the actor's clearance reaches.

    Raises ProblemError ACC-403, EVT-302 without a purpose, EVT-301 for an anonymous or erased reporter.
    """
    why = stated("purpose", purpose)[:200]
    acting_body(report.case, IDENTIFY, OTHER_PARTS, by=by)
    reporter = report.reporter
    if reporter is None or reporter.erased_at is not None:
        raise not_now(said("nobody knows who sent this report"))
    return access.disclose(by, IDENTIFY, reporter, FIELDS, subject=subject_of(reporter), purpose=why)


def subject_of(reporter: Reporter) -> str:
    """Under which code looks at the reporter are recorded: the person's where there is one."""
    return reporter.person.code if reporter.person is not None else reporter.code


def looks(report: Report) -> list[Look]:
    """Who looked at the reporter's identity, the newest first; for the reporter to see."""
    if report.reporter is None:
        return []
    found = AuditRecord.objects.filter(subject=subject_of(report.reporter), action=IDENTIFY)
    rows = list(found.order_by("-sequence")[:200])
    bodies = _bodies_of({row.actor for row in rows})
    return [
        Look(
            datetime.fromisoformat(row.at),
            row.actor,
            str(orjson.loads(row.detail).get("purpose", "")),
            bodies.get(row.actor, ""),
        )
        for row in rows
    ]


def _bodies_of(actors: set[str]) -> dict[str, str]:
    """The names of the bodies at which people and programs act, by the actors' keys: two queries."""
    codes = {actor.removeprefix("person:") for actor in actors}
    posts = Post.objects.filter(person__code__in=codes, until=None).order_by("id")
    named: dict[str, dict[str, None]] = {}
    for code, name in posts.values_list("person__code", "body__name"):
        named.setdefault(f"person:{code}", {})[name] = None
    keys = {actor.removeprefix("client:") for actor in actors}
    for key, name in Client.objects.filter(key__in=keys, body__isnull=False).values_list("key", "body__name"):
        named[f"client:{key}"] = {name: None}
    return {actor: "、".join(names) for actor, names in named.items()}


def export(report: Report, *, by: Actor) -> dict[str, Any]:
    """Everything that is held of the reporter and of what they sent with this report (PIPL, article 45)."""
    access.require(by, SEND)
    reporter = report.reporter
    audit.record(by, "events.reporter.export", f"hubs_events.report:{report.code}")
    return {
        "report": report.code,
        "received_at": report.received_at.isoformat(),
        "channel": str(report.channel),
        "text": report.text,
        "answers": report.answers,
        "place": None if report.longitude is None else [report.longitude, report.latitude],
        "address": report.address,
        "rating": report.rating,
        "opinion": report.opinion,
        "reporter": None
        if reporter is None
        else {name: getattr(reporter, name) for name in (*FIELDS, "language", "wants_callback")},
        "looks": [
            {"at": look.at.isoformat(), "by": look.actor, "of": look.bodies, "purpose": look.purpose}
            for look in looks(report)
        ],
    }


@transaction.atomic
def erase(report: Report, *, with_words: bool = False, by: Actor, now: datetime | None = None) -> None:
    """Forget who sent the report; ``with_words`` also what they wrote, once the case is closed.

    For the reporter (whoever holds the secret acts as the public) and for holders of the right to erase.
    Raises ProblemError ACC-403, EVT-301 while the case still needs the words.
    """
    access.require(by, SEND if by.is_public else ERASE)
    row = Case.objects.select_for_update(of=("self",)).select_related("kind", "region", "centre", "desk")
    case = row.get(pk=report.case_id)
    if with_words and case.is_open:
        raise not_now(said("the case still needs what was written"), said("once it is closed"))
    comms.forget_followers(followed_as(report), by=by)
    if report.reporter is not None:
        _forget_messages(report.reporter, by)
        _forget(report.reporter, now or timezone.now())
    if with_words:
        _blank(report, case)
    detail = {"with_words": with_words}
    audit.record(by, ERASE, f"hubs_events.report:{report.code}", detail=detail)


def _forget_messages(reporter: Reporter, by: Actor) -> None:
    """Messages went to addresses that the reporter had left, about each case as it then was."""
    cases = [report.case for report in reporter.reports.select_related("case")]
    carried = {key for case in cases for key in _joined_into(case)}
    codes = Case.objects.filter(pk__in=carried).values_list("code", flat=True)
    comms.forget_subject(subject_of(reporter), [f"case:{code}" for code in codes], by=by)


def _forget(reporter: Reporter, now: datetime) -> None:
    reporter.name = reporter.phone = reporter.email = ""
    reporter.person, reporter.wants_callback, reporter.erased_at = None, False, now
    reporter.save()


def _blank(report: Report, case: Case) -> None:
    """Blank the reporter's words wherever they stand: in the report and in the events that carried them."""
    report.text, report.answers, report.opinion, report.address = ERASED, {}, "", ""
    report.save(update_fields=["text", "answers", "opinion", "address"])
    carried = _joined_into(case)
    for step in CaseEvent.objects.filter(case__in=carried, data__report=report.code):
        for name in _TEXTS:
            if step.data.get(name):
                step.data[name] = ERASED
        step.data.pop("answers", None)
        step.save(update_fields=["data"])
    Likeness.objects.filter(Q(case__in=carried) | Q(other__in=carried)).update(shared=[])
    for one in Case.objects.filter(pk__in=carried):
        derive(one)


def _joined_into(case: Case) -> set[int]:
    """The case and all that were joined to it, and to those."""
    found, latest = {case.pk}, {case.pk}
    while latest:
        rows = Case.objects.filter(merged_into__in=latest).values_list("pk", flat=True)
        latest = set(rows) - found
        found |= latest
    return found

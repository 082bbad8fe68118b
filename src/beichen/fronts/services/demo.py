"""`demo-affairs.yaml` of a city: applications, and how far each affair has come; all marked as a demo."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from beichen.fronts.services.affair import acting
from beichen.fronts.services.items.applying import Given, apply
from beichen.fronts.services.items.bundling import apply_bundle
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.items.words import Channel, How
from beichen.fronts.services.models import Affair, Task
from beichen.fronts.services.objection import answering, filing
from beichen.fronts.services.objection.words import ANSWERS
from beichen.fronts.services.queries import notices
from beichen.hubs.events.service import ReporterFacts
from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.calendar.service import deadline
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import region_by_code
from beichen.kernel.scene import vocabulary

Schema = dict[str, Any]
_DONE: Schema = vocabulary.record(
    {"step": vocabulary.FIELD},
    {
        "outcome": {"type": "string"},
        "body": vocabulary.KEY,
        "item": vocabulary.KEY,
        "data": vocabulary.mapping_of({}, vocabulary.FIELD),
    },
)
_ASKED: Schema = vocabulary.record(
    {
        "step": vocabulary.FIELD,
        "items": {"type": "array", "items": {"type": "string"}},
        "reason": {"type": "string"},
    },
    {"body": vocabulary.KEY},
)
_OBJECTED: Schema = vocabulary.record(
    {"statement": {"type": "string", "maxLength": filing.LONGEST}},
    {
        "interested": {"type": "boolean"},
        "holder": {**vocabulary.KEY, "description": "the demo account that objects; nobody's name without"},
        "ruling": {"enum": list(ANSWERS)},
        "reason": {"type": "string"},
    },
)
SCHEMA: Schema = {
    "type": "array",
    "items": vocabulary.record(
        {
            "key": vocabulary.KEY,
            "region": vocabulary.REGION,
            "data": vocabulary.mapping_of({}, vocabulary.FIELD),
        },
        {
            "subject": {"type": "string", "maxLength": 40},
            "holder": {**vocabulary.KEY, "description": "the demo account whose affair it is"},
            "process": vocabulary.KEY,
            "item": vocabulary.KEY,
            "bundle": vocabulary.KEY,
            "materials": vocabulary.mapping_of({"enum": [str(how) for how in How]}, vocabulary.KEY),
            "channel": {"enum": [str(one) for one in Channel]},
            "days": {"type": "integer", "minimum": 0, "maximum": 1000, "description": "how many days ago"},
            "done": {"type": "array", "items": _DONE},
            "asked": _ASKED,
            "objections": {"type": "array", "items": _OBJECTED, "description": "to its public notice"},
            "suspended": {"type": "string", "description": "why it is suspended"},
        },
    ),
    "maxItems": 500,
}


def install_demo(entries: list[dict[str, Any]], *, by: Actor) -> list[str]:
    """Take in the applications that are not there yet; their keys."""
    return [entry["key"] for entry in entries if _install(entry, by=by)]


def _subject(entry: dict[str, Any]) -> str:
    """Whose affair it is; empty where its demo account is not there."""
    return _person(entry["holder"]) if "holder" in entry else str(entry.get("subject", ""))


def _person(holder: str) -> str:
    """The code of who has a demo account; empty where it is not there."""
    account = Account.objects.filter(username=holder, is_demo=True).select_related("person").first()
    return account.person.code if account and account.person else ""


def _install(entry: dict[str, Any], *, by: Actor) -> bool:
    moment = timezone.now() - timedelta(days=entry.get("days", 0))
    region = region_by_code(entry["region"])
    key, subject = f"demo-{entry['key']}", _subject(entry)
    if not subject:
        return False
    if "bundle" in entry:
        return _install_bundle(entry, subject, region, key, moment, by=by)
    if Affair.objects.filter(key=f"{by.key}:{key}"[:200]).exists():
        return False
    if "item" in entry:
        affair = apply(
            entry["item"],
            entry["data"],
            subject,
            region,
            by=by,
            key=key,
            materials=_given(entry),
            channel=Channel(entry.get("channel", Channel.ONLINE)),
            now=moment,
            is_demo=True,
        )
    else:
        affair, _is_new = acting.start(
            entry["process"],
            entry["data"],
            subject,
            region,
            by=by,
            key=key,
            now=moment,
            is_demo=True,
        )
    for number, step in enumerate(entry.get("done", ()), 1):
        task = _waiting(affair, step)
        acting.complete(
            affair.code,
            task.number,
            step.get("outcome", ""),
            step.get("data", {}),
            by=by,
            now=_worked(moment, 3 * number),
        )
    if asked := entry.get("asked"):
        task = _waiting(affair, asked)
        acting.ask_for_material(affair.code, task.number, asked["items"], asked["reason"], by=by)
    for number, one in enumerate(entry.get("objections", ()), 1):
        _object(affair, one, f"{key}-{number}", by=by)
    if why := entry.get("suspended"):
        acting.suspend(affair.code, why, by=by)
    return True


def _object(affair: Affair, entry: dict[str, Any], key: str, *, by: Actor) -> None:
    """Somebody objects to the affair's notice, and may have been answered."""
    notice = notices().filter(affair=affair).get()
    facts = ReporterFacts(person=_person(entry.get("holder", "")))
    draft = filing.Draft(entry["statement"], entry.get("interested", False), facts, key)
    row = filing.file(notice.engine_id, draft, by=by)
    if ruling := entry.get("ruling"):
        answering.answer(affair.code, row.code, ruling, entry["reason"], by=by)


def _install_bundle(
    entry: dict[str, Any], subject: str, region: Region, key: str, moment: datetime, *, by: Actor
) -> bool:
    """A bundle, whose steps name the part of which they are."""
    if BundleRun.objects.filter(key=f"{by.key}:{key}"[:200]).exists():
        return False
    run = apply_bundle(
        entry["bundle"],
        entry["data"],
        subject,
        region,
        by=by,
        key=key,
        materials=_given(entry),
        channel=Channel(entry.get("channel", Channel.ONLINE)),
        now=moment,
        is_demo=True,
    )
    for number, step in enumerate(entry.get("done", ()), 1):
        affair = run.parts.get(item__key=step["item"]).affair
        if affair is not None:
            task = _waiting(affair, step)
            told = (step.get("outcome", ""), step.get("data", {}))
            acting.complete(affair.code, task.number, *told, by=by, now=_worked(moment, number))
    return True


def _worked(moment: datetime, hours: int) -> datetime:
    """So many working hours later: offices decide nothing at night. Not after now."""
    return min(timezone.now(), deadline(moment, timedelta(hours=hours), working=True))


def _given(entry: dict[str, Any]) -> list[Given]:
    return [Given(name, How(how)) for name, how in entry.get("materials", {}).items()]


def _waiting(affair: Affair, step: dict[str, Any]) -> Task:
    rows = Task.objects.filter(affair=affair, closed_at=None, step=step["step"])
    return (rows.filter(body__key=step["body"]) if "body" in step else rows).order_by("number")[:1].get()

"""Who is told what of marks, appointments, bundles and affairs.

The templates stand in the scene `appointments`: a city without them sends nothing. A notice names code, item
and time, never who applied.
"""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime

from beichen.fronts.services.items.models import (
    Application,
    Appointment,
    BundlePart,
    BundleRun,
    Mark,
    Payment,
    ServiceItem,
)
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import Actor
from beichen.kernel.bus import service as bus
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Template

MARKED = {"yellow": "affair-yellow", "red": "affair-red"}
REMINDER = "appointment-reminder"
ANSWER = "bundle-answer"
CLOSED = "affair-closed"
APPLICANT = {
    "services.affair.material-asked": "affair-material",
    "services.affair.suspended": "affair-suspended",
    "services.affair.resumed": "affair-resumed",
    "services.affair.closed": CLOSED,
    "services.affair.annulled": "affair-annulled",
}
"""What of an affair its applicant is told, and by which template."""
PAYER = {"services.payment.refunded": "fee-refunded", "services.payment.kept": "fee-kept"}
"""What of a fee its payer is told, and by which template."""
ANSWERS = {
    True: {"zh": "已全部办结", "en": "everything is concluded"},
    False: {
        "zh": "已部分办结，未办成的事项及原因请查看详情",
        "en": "concluded in part; see what stands and what does not",
    },
}
WITHDRAWN = {
    "zh": "已按您的申请撤回，此前已办结的事项仍然有效",
    "en": "withdrawn as you asked; what was concluded before stands",
}


def is_known(template: str) -> bool:
    """Whether the city has this template: without it nothing is sent."""
    return Template.objects.filter(key=template, is_current=True).exists()


def names(row: ServiceItem | None) -> dict[str, str]:
    """An item's name in both languages."""
    return {"zh": row.name, "en": row.name_en} if row is not None else {"zh": "办事", "en": "a service"}


def tell_body(mark: Mark, affair: Affair, item: ServiceItem, *, by: Actor) -> None:
    """A mark is told on the bus, and to whoever holds posts at the body where the affair waits."""
    draft = bus.Draft(
        "services.affair.marked",
        affair.code,
        {"mark": mark.kind, "process": affair.definition.key, "item": item.key},
        region=affair.region.path,
        level=affair.level,
    )
    bus.publish_many([draft], by=by)
    template = MARKED[mark.kind]
    if mark.body is None or not is_known(template):
        return
    values = {
        "code": affair.code,
        "item": names(item),
        "due": f"{localtime(affair.promised_at):%Y-%m-%d %H:%M}",
    }
    notice = comms.Notice(
        template=template,
        values=values,
        about=f"affair:{affair.code}",
        href=f"/services/affairs/{affair.code}",
        region=affair.region,
    )
    comms.send(notice, to=[comms.ToBody(mark.body)], by=by, key=f"mark:{affair.code}:{mark.kind}")


def remind(row: Appointment, *, by: Actor) -> bool:
    """Remind whoever booked, when they are a person of the city; whether somebody was told."""
    person = _person(row.by) or Person.objects.filter(code=row.subject).first()
    if person is None or not is_known(REMINDER):
        return False
    window: Any = row.window
    values = {
        "code": row.code,
        "window": {"zh": window.name, "en": window.name_en},
        "time": f"{localtime(row.starts_at):%Y-%m-%d %H:%M}",
        "item": names(row.item),
    }
    notice = comms.Notice(
        template=REMINDER,
        values=values,
        about=f"appointment:{row.code}",
        level=Level.L3,
        href="/services/appointments",
        region=row.region,
    )
    comms.send(
        notice,
        to=[comms.ToPerson(person)],
        by=by,
        key=f"appointment:{row.code}:{int(row.starts_at.timestamp())}",
    )
    return True


def tell_answer(run: BundleRun, *, by: Actor) -> bool:
    """Tell whoever applied for a bundle its one answer; whether somebody was told."""
    person = Person.objects.filter(code=run.agent or run.subject).first()
    if person is None or not is_known(ANSWER):
        return False
    bundle: Any = run.bundle
    values = {
        "code": run.code,
        "bundle": {"zh": bundle.name, "en": bundle.name_en},
        "answer": WITHDRAWN if run.withdrawn_at else ANSWERS[bool(run.is_good)],
    }
    notice = comms.Notice(
        template=ANSWER,
        values=values,
        about=f"bundle:{run.code}",
        level=Level.L3,
        href=f"/services/bundles/runs/{run.code}",
        region=run.region,
    )
    comms.send(notice, to=[comms.ToPerson(person)], by=by, key=f"bundle:{run.code}")
    return True


def tell_applicant(affair: Affair, kind: str, key: str, *, by: Actor) -> bool:
    """Tell whoever applied what has become of their affair; whether somebody was told.

    What is missing, and why, stands in the affair alone: a message goes through other hands. The parts of a
    bundle end in its one answer.
    """
    template, (applied, person) = APPLICANT[kind], _applicant(affair)
    is_part = template == CLOSED and BundlePart.objects.filter(affair=affair).exists()
    if person is None or is_part or not is_known(template):
        return False
    declared = affair.definition.declared
    values = {
        "code": affair.code,
        "item": names(applied.item) if applied is not None else declared["name"],
        "outcome": declared["ends"].get(affair.outcome, {"zh": "已办结", "en": "concluded"}),
    }
    asked = values if template == CLOSED else {name: values[name] for name in ("code", "item")}
    _send(affair, template, asked, person, key, by=by)
    return True


def tell_of_fee(payment: Payment, kind: str, key: str, *, by: Actor) -> bool:
    """Tell whoever applied what became of the fee they had paid; whether somebody was told.

    By which rule or word a fee is kept stands in the affair alone.
    """
    affair, template = payment.affair, PAYER[kind]
    applied, person = _applicant(affair)
    if person is None or not is_known(template):
        return False
    values = {
        "code": affair.code,
        "item": names(applied.item if applied is not None else None),
        "amount": f"{payment.amount / 100:.2f}",
    }
    _send(affair, template, values, person, key, by=by)
    return True


def _send(
    affair: Affair, template: str, values: dict[str, Any], person: Person, key: str, *, by: Actor
) -> None:
    """What only its reader may see of an affair, with the way to its page."""
    notice = comms.Notice(
        template=template,
        values=values,
        about=f"affair:{affair.code}",
        level=Level.L3,
        href=f"/my/affairs/{affair.code}",
        region=affair.region,
    )
    comms.send(notice, to=[comms.ToPerson(person)], by=by, key=key)


def _applicant(affair: Affair) -> tuple[Application | None, Person | None]:
    """What was applied for, and who did: the agent before the subject."""
    applied = Application.objects.select_related("item").filter(affair=affair).first()
    code = (applied.agent if applied is not None else "") or affair.subject
    return applied, Person.objects.filter(code=code).first()


def _person(key: str) -> Person | None:
    kind, _, code = key.partition(":")
    return Person.objects.filter(code=code).first() if kind == "person" else None

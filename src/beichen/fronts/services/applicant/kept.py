"""What the room keeps of a person beside what they wrote: their affairs, also those that a window took in,
and their appointments, for `/my/data`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services import service as services
from beichen.fronts.services.applicant.tracking import stand_of
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.items.models import Appointment, Receipt
from beichen.fronts.services.models import Affair
from beichen.kernel.access.service import Holding


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def _affairs(code: str) -> QuerySet[Affair]:
    return Affair.objects.filter(subject=code)


def _export_affairs(code: str) -> list[dict[str, Any]]:
    rows = _affairs(code).select_related("definition").prefetch_related("ratings", "receipts", "payments")
    return [_affair(row) for row in rows.order_by("id")]


def _affair(row: Affair) -> dict[str, Any]:
    """An affair as its applicant reads it: nobody who worked on it is named."""
    process = read_process(row.definition.declared)
    tasks, timers, trail = services.tasks_of(row), services.timers_of(row), services.trail(row)
    standing = stand_of(row, process, tasks, timers, trail, timezone.now())
    return {
        "affair": row.code,
        "process": row.definition.key,
        "status": row.status,
        "outcome": row.outcome,
        "answers": {name: row.data[name] for name in process.start if name in row.data},
        "opened": _at(row.opened_at),
        "promised": _at(row.promised_at),
        "closed": _at(row.closed_at),
        "stands": standing.sentence,
        "told": [{"at": _at(one.at), "text": one.text, "said": one.said} for one in standing.told],
        "receipts": [_receipt(one) for one in row.receipts.all()],
        "payments": [
            {"code": one.code, "fen": one.amount, "state": one.state, "paid": _at(one.paid_at)}
            for one in row.payments.all()
        ],
        "ratings": [
            {"contact": one.contact, "grade": one.grade, "reasons": one.reasons, "text": one.text}
            for one in row.ratings.all()
        ],
    }


def _receipt(row: Receipt) -> dict[str, Any]:
    return {
        "code": row.code,
        "kind": row.kind,
        "materials": row.materials,
        "note": row.note,
        "at": _at(row.at),
    }


def _appointments(code: str) -> QuerySet[Appointment]:
    return Appointment.objects.filter(subject=code)


def _export_appointments(code: str) -> list[dict[str, Any]]:
    return [
        {
            "code": row.code,
            "window": row.window.key,
            "item": row.item.key if row.item is not None else "",
            "from": _at(row.starts_at),
            "to": _at(row.ends_at),
            "state": row.state,
            "booked": _at(row.booked_at),
        }
        for row in _appointments(code).select_related("window", "item")
    ]


KEPT = (
    Holding(
        "services.affairs",
        _("How your applications went"),
        _("To decide on them, as the law of each service says."),
        _("As long as the file of the affair is kept."),
        lambda code: _affairs(code).count(),
        _export_affairs,
        stays=_("What a decision stands on is kept with it."),
        order=32,
    ),
    Holding(
        "services.appointments",
        _("Your appointments"),
        _("To receive you at the time that you chose."),
        _("As long as the statistics of windows need them."),
        lambda code: _appointments(code).count(),
        _export_appointments,
        stays=_("You can cancel one that is still to come."),
        order=33,
    ),
)

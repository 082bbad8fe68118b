"""The receipt of an application: its number and code, the promise, what happens next; as a PDF."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

import segno
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.items.bundling import parts_of
from beichen.fronts.services.models import Affair
from beichen.fronts.services.signs import name_of
from beichen.problem import ProblemError
from beichen.registry.service import address_of_code
from beichen.settings import settings


@dataclass(frozen=True, slots=True)
class Next:
    """What is done first: the step, who has it, until when."""

    step: str
    body: str
    until: datetime


def receipt_facts(sent: Submission) -> dict[str, Any]:
    """What page and paper say, of an affair and of a bundle alike."""
    address = settings().public + reverse("services:follow")
    return {
        "sent": sent,
        "code": sent.code,
        "sent_at": localtime(sent.sent_at),
        "address": address,
        "files": [one.file.name for one in sent.uploads.select_related("file").order_by("id")],
        "picture": mark_safe(_picture(f"{address}?code={sent.code}")),  # noqa: S308 - of segno, from an address
        "code_picture": _signed(sent.code),
        **(_of_affair(sent.affair) if sent.affair_id else _of_run(sent)),
    }


def _of_affair(affair: Affair) -> dict[str, Any]:
    process = read_process(affair.definition.declared)
    return {
        "title": affair.heading,
        "service": process.name.label,
        "is_demo": affair.is_demo,
        "promised": localtime(affair.promised_at),
        "next": _next([affair]),
        "where": reverse("services:own-affair", args=[affair.code]),
        "paper": reverse("services:own-receipt-paper", args=[affair.code]),
    }


def _of_run(sent: Submission) -> dict[str, Any]:
    run, parts = sent.run, parts_of(sent.run)
    return {
        "title": run.bundle.label,
        "service": " · ".join(part.item.label for part in parts if part.state != "skipped"),
        "is_demo": run.is_demo,
        "promised": localtime(run.promised_at) if run.promised_at else None,
        "next": _next([part.affair for part in parts if part.affair is not None]),
        "where": reverse("services:bundle-run", args=[run.code]),
        "paper": reverse("services:run-receipt-paper", args=[run.code]),
    }


def _next(affairs: Sequence[Affair]) -> list[Next]:
    """The first open step of each."""
    found = []
    for affair in affairs:
        first = affair.tasks.select_related("body").filter(closed_at=None).order_by("number").first()
        if first is not None:
            found.append(Next(first.label, name_of(first.body), localtime(first.due_at)))
    return found


def _picture(text: str) -> str:
    return str(
        segno.make(text, error="m", micro=False).svg_inline(scale=1, omitsize=True, dark="#000", light="#fff")
    )


def _signed(code: str) -> str:
    """The house's own code of it, for windows and who is signed in; nothing while the house signs none."""
    try:
        return mark_safe(_picture(address_of_code(code)))  # noqa: S308 - of segno, from an address
    except ProblemError:
        return ""


def receipt_pdf(sent: Submission) -> bytes:
    """The receipt on paper (A4)."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page = render_to_string("services/applicant/receipt_paper.html", receipt_facts(sent))
    engine = import_module("weasyprint")
    found: bytes = engine.HTML(string=page).write_pdf()
    return found

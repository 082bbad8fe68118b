"""The receipt of an application: its number and code, the promise, what happens next; as a PDF."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

import segno
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from beichen.fronts.services.applicant.models import Submission
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.signs import name_of
from beichen.settings import settings


def receipt_facts(sent: Submission) -> dict[str, Any]:
    """What page and paper say."""
    affair = sent.affair
    process = read_process(affair.definition.declared)
    address = settings().public + reverse("services:follow")
    first = affair.tasks.select_related("body").filter(closed_at=None).order_by("number").first()
    return {
        "sent": sent,
        "affair": affair,
        "process": process,
        "title": affair.title or process.name.label,
        "promised": localtime(affair.promised_at),
        "sent_at": localtime(sent.sent_at),
        "address": address,
        "next_body": name_of(first.body) if first is not None else "",
        "next_step": first.label if first is not None else "",
        "next_until": localtime(first.due_at) if first is not None else None,
        "files": [one.file.name for one in sent.uploads.select_related("file").order_by("id")],
        "picture": mark_safe(_picture(f"{address}?code={affair.code}")),  # noqa: S308 - of segno, from an address
    }


def _picture(text: str) -> str:
    return str(
        segno.make(text, error="m", micro=False).svg_inline(scale=1, omitsize=True, dark="#000", light="#fff")
    )


def receipt_pdf(sent: Submission) -> bytes:
    """The receipt on paper (A4)."""
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page = render_to_string("services/applicant/receipt_paper.html", receipt_facts(sent))
    engine = import_module("weasyprint")
    found: bytes = engine.HTML(string=page).write_pdf()
    return found

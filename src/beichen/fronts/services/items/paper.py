"""Guides and receipts on paper: HTML laid out as PDF on the server, with the affair's number as a QR code."""

from __future__ import annotations

import logging
import threading
from importlib import import_module
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from beichen.fronts.services.items.problems import NO_PRINTER
from beichen.problem import Problem, ProblemError, said

WAIT_SECONDS = 30.0
_turn = threading.Lock()  # the fonts' cache belongs to one at a time


def qr_picture(text: str) -> SafeString:
    """A QR code as SVG."""
    code = segno.make(text, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=1, omitsize=True, dark="#000", light="#fff", border=4))  # noqa: S308


def as_pdf(template: str, context: dict[str, Any]) -> bytes:
    """A page of paper as PDF; it fetches nothing. Raises ProblemError SRV-410."""
    page = render_to_string(template, context)
    try:
        weasyprint = import_module("weasyprint")
    except OSError as error:
        hint = said("apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
        raise ProblemError(Problem(NO_PRINTER, f"{error}"[:80], hint=hint)) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise ProblemError(Problem(NO_PRINTER, said("too much is being printed; try again")))
    try:
        return bytes(weasyprint.HTML(string=page, url_fetcher=_refuse).write_pdf())
    finally:
        _turn.release()


def _refuse(address: str, *_given: Any, **_named: Any) -> Any:
    raise ValueError(f"what is printed fetches nothing: {address[:80]}")

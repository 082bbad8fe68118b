"""A certificate on paper: a PDF with a QR code that holds the certificate, which it also carries as a file.

Whoever scans the code, or has the file, checks it offline: the code is no address of this house.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Collection
from importlib import import_module
from pathlib import Path
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from beichen.platforms.ledger.certificates.checking import ATTACHED
from beichen.platforms.ledger.certificates.issuing import shown_text
from beichen.platforms.ledger.certificates.words import shown_rows
from beichen.platforms.ledger.models import Certificate

PAPER = "platforms_ledger/certificates/paper.html"
LARGEST_CODE = 2900  # bytes that the largest QR code holds at the lowest level of correction


def qr_picture(text: str) -> str:
    """A QR code as SVG, for a page of the house or of paper; empty for a text that no code holds."""
    if len(text.encode()) > LARGEST_CODE:
        return ""
    code = segno.make(text, error="l", micro=False)
    return str(code.svg_inline(scale=1, omitsize=True, dark="#000", light="#fff", border=4))


def _engine() -> Any:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return import_module("weasyprint")


def pdf(row: Certificate, fields: Collection[str]) -> bytes:
    """The certificate as a PDF that shows these fields; the others are neither printed nor carried."""
    text = shown_text(row, fields)
    page = render_to_string(
        PAPER,
        {"row": row, "rows": shown_rows(row, fields), "picture": qr_picture(text), "title": _("Certificate")},
    )
    weasyprint = _engine()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ATTACHED
        file.write_text(text, encoding="ascii")
        attachment = weasyprint.Attachment(
            filename=str(file), name=ATTACHED, description=_("The certificate itself")
        )
        found: bytes = weasyprint.HTML(string=page).write_pdf(attachments=[attachment])
    return found

"""A document in each format: one function a format, all from the same data."""

from __future__ import annotations

from collections.abc import Callable

from beichen.plan.reports.document import Document, as_json
from beichen.plan.reports.rendering.html import as_html
from beichen.plan.reports.rendering.pdf import as_pdf
from beichen.plan.reports.rendering.word import as_docx
from beichen.plan.reports.rendering.workbook import as_xlsx

__all__ = ["FORMATS", "as_docx", "as_html", "as_json", "as_pdf", "as_xlsx", "render"]

FORMATS: dict[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
_PLAIN: dict[str, Callable[[Document], bytes]] = {
    "pdf": as_pdf,
    "xlsx": as_xlsx,
    "html": as_html,
    "json": as_json,
}


def render(document: Document, wanted: str, template: bytes | None = None) -> bytes:
    """The document as ``wanted``, one of :data:`FORMATS`; ``template`` is a city's own for docx."""
    if wanted == "docx":
        return as_docx(document, template)
    return _PLAIN[wanted](document)

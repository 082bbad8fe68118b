"""A document as PDF: its own HTML page, laid out by WeasyPrint with page numbers, contents and running head.

A document that is to be one page (:attr:`~.document.Document.is_short`) is laid out at smaller sizes until
it fits; one that cannot is refused, because a second page nobody asked for is worse than no page.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from beichen.plan.reports.document import Document
from beichen.plan.reports.rendering.html import as_page
from beichen.problem import Problem, ProblemError, code, said

NO_PANGO = code("PLN-905", "The library that lays out pages is not installed.", status=500)
TOO_LONG = code("PLN-906", "A one-page brief does not fit on one page.", status=422)
SIZES = (10.0, 9.5, 9.0, 8.5, 8.0)  # points of the running text that are tried for one page


def _engine() -> Any:
    """WeasyPrint, which takes a second to load. Raises ProblemError PLN-905."""
    try:
        weasyprint = import_module("weasyprint")
    except OSError as error:
        hint = said("apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
        raise ProblemError(Problem(NO_PANGO, f"{error}"[:80], hint=hint)) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of every rule meant for a screen
    return weasyprint


def _laid_out(document: Document) -> Iterator[Any]:
    """The document at each size worth trying."""
    weasyprint = _engine()
    page = as_page(document)
    if not document.is_short:
        yield weasyprint.HTML(string=page).render()
        return
    for size in SIZES:
        sheet = weasyprint.CSS(string=f".report.is-short {{ font-size: {size}pt !important }}")
        yield weasyprint.HTML(string=page).render(stylesheets=[sheet])


def as_pdf(document: Document) -> bytes:
    """The document as PDF. Raises ProblemError PLN-905, PLN-906."""
    for laid_out in _laid_out(document):
        if not document.is_short or len(laid_out.pages) == 1:
            return bytes(laid_out.write_pdf())
    raise ProblemError(
        Problem(TOO_LONG, said("the brief is longer than a page even in the smallest letters"))
    )

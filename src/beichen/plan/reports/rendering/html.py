"""A document as HTML: a part of a page of the house, or a page of its own that prints well.

The page of its own carries its style within it and needs nothing else, so that it can be kept, sent and
opened anywhere; the PDF is made from it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString

from beichen.plan.reports.document import Block, Document, Figure, outline
from beichen.plan.reports.drawing import as_svg
from beichen.plan.reports.rendering.words import words_of

_CITED = re.compile(r"\[(\d+)\]")
_STYLE = "static/plan_reports/document.css"


def cited(text: str) -> SafeString:
    """Text made safe, with its ``[3]`` leading to the third source."""
    return SafeString(_CITED.sub(r'<a class="cite" href="#source-\1">[\1]</a>', escape(text)))


@cache
def style() -> str:
    """The style that a document carries."""
    return resources.files("beichen.plan.reports").joinpath(_STYLE).read_text(encoding="utf-8")


def _shown(block: Block) -> dict[str, Any]:
    kind = type(block).__struct_config__.tag
    svg = SafeString(as_svg(block)) if isinstance(block, Figure) else ""
    return {"kind": kind, "block": block, "svg": svg}


def context(document: Document) -> dict[str, Any]:
    """What the templates say of a document."""
    placed = list(outline(document))
    sections = [{"placed": one, "blocks": [_shown(block) for block in one.section.blocks]} for one in placed]
    return {
        "document": document,
        "sections": sections,
        "contents": [one for one in placed if one.number],
        "said": words_of(document.language),
        "lang": "en" if document.language == "en" else "zh-Hans",
    }


def as_page(document: Document) -> str:
    """The whole page as text."""
    return render_to_string(
        "plan_reports/standalone.html", {**context(document), "style": SafeString(style())}
    )


def as_html(document: Document) -> bytes:
    """The whole page as UTF-8 bytes."""
    return as_page(document).encode()

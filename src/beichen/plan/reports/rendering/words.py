"""The few words that a rendering adds of itself, in the document's own language."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext


def words_of(language: str) -> dict[str, str]:
    """Contents, sources, figure, table, page: as the document's language says them."""
    with translation.override("en" if language == "en" else "zh-hans"):
        return {
            "contents": gettext("Contents"),
            "sources": gettext("Sources"),
            "figure": gettext("Chart"),
            "table": gettext("Table"),
            "note": gettext("Note"),
            "sheet": gettext("Sheet"),
            "summary": gettext("Summary"),
            "figures": gettext("Figures of charts"),
            "number": gettext("No."),
            "source": gettext("Source"),
            "address": gettext("Address"),
            "demo": gettext("Demonstration: this report holds made-up content, which is marked as such."),
        }

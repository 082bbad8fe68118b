"""What widgets are called: by their own title, else by what they are bound to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from beichen.fronts.overview.screens.looking import Looking
from beichen.hubs.data.service import indicators


def titles_of(widgets: Sequence[dict[str, Any]], looking: Looking) -> list[str]:
    """The titles of widgets in the reader's language: at most one query."""
    untitled = {one["indicator"] for one in widgets if "title" not in one and "indicator" in one}
    names: dict[str, str] = {}
    if untitled:
        field = "name_en" if looking.language == "en" else "name"
        names = dict(indicators().filter(key__in=untitled).values_list("key", field))
    return [_title(one, names, looking.language) for one in widgets]


def _title(widget: dict[str, Any], names: dict[str, str], language: str) -> str:
    if "title" in widget:
        return str(widget["title"][language])
    if "indicator" in widget:
        return str(names.get(widget["indicator"], widget["indicator"]))
    kinds = {
        "map": _("Map"),
        "feed": _("Live events"),
        "text": _("Note"),
        "video": _("Video"),
        "table": _("Table"),
        "list": _("List"),
        "ranking": _("Ranking"),
        "chart": _("Chart"),
    }
    return kinds.get(widget["kind"], _("Figure"))

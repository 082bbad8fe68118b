"""Filling a widget: one that fails greys itself and says since when; the rest of the screen lives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from beichen.fronts.overview.screens import cases, indicators, places, plans, questions, videos
from beichen.fronts.overview.screens.content import Content, nothing
from beichen.fronts.overview.screens.looking import Looking
from beichen.problem import ProblemError
from beichen.web.wording import in_words

Fill = Callable[[dict[str, Any], Looking], Content]
DOWN_SECONDS = 24 * 60 * 60
log = logging.getLogger(__name__)
_FILLS: dict[tuple[str, str], Fill] = {
    ("card", "indicator"): indicators.card,
    ("card", "cases"): cases.card,
    ("card", "plan"): plans.card,
    ("gauge", "indicator"): indicators.gauge,
    ("chart", "indicator"): indicators.chart,
    ("chart", "cases"): cases.chart,
    ("chart", "plan"): plans.chart,
    ("chart", "sql"): questions.chart,
    ("chart", "question"): questions.chart,
    ("ranking", "indicator"): indicators.ranking,
    ("ranking", "cases"): cases.ranking,
    ("ranking", "sql"): questions.ranking,
    ("ranking", "question"): questions.ranking,
    ("table", "sql"): questions.table,
    ("table", "question"): questions.table,
    ("table", "plan"): plans.table,
    ("list", "cases"): cases.listed,
    ("list", "things"): places.listed,
}


def fill(widget: dict[str, Any], looking: Looking, *, key: str) -> tuple[Content, datetime | None]:
    """What the widget shows, and since when it cannot be shown; ``key`` names it for that.

    Never raises for what a room says or fails at: that greys this widget alone.
    """
    mark = f"beichen.screen.down.{key}"
    try:
        content = _filled(widget, looking)
    except ProblemError as error:
        return nothing(in_words(error.problems[0])), None
    except Exception:
        log.exception("the widget %s could not be filled", key)
        cache.add(mark, looking.now, DOWN_SECONDS)
        return nothing(_("Its room does not answer.")), cache.get(mark) or looking.now
    cache.delete(mark)
    return content, None


def _filled(widget: dict[str, Any], looking: Looking) -> Content:
    kind = widget["kind"]
    if kind == "map":
        return places.map_(widget, looking)
    if kind == "text":
        return Content(text=widget["text"]["en" if looking.language == "en" else "zh"])
    if kind == "feed" and looking.at is not None:
        return nothing(_("Live events are told as they happen, not of a past moment."))
    if kind == "feed":
        return Content(is_feed=True, source=_("Events of the city, as they happen"))
    if kind == "video":
        return videos.video(widget, looking)
    bound = next(name for of, name in _FILLS if of == kind and name in widget)
    return _FILLS[kind, bound](widget, looking)

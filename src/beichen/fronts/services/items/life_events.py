"""When in life people and firms need a service (个人和法人全生命周期): the catalogue's first door."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy as pgettext

PERSON: Mapping[str, Promise] = {
    "birth": pgettext("life event", "Birth"),
    "schooling": pgettext("life event", "Schooling"),
    "work": pgettext("life event", "Work and business of one's own"),
    "household": pgettext("life event", "Moving and household register"),
    "marriage": pgettext("life event", "Marriage and family"),
    "housing": pgettext("life event", "Housing"),
    "utilities": pgettext("life event", "Electricity, water and gas"),
    "transport": pgettext("life event", "Driving and transport"),
    "health": pgettext("life event", "Health and medical care"),
    "security": pgettext("life event", "Social security"),
    "retirement": pgettext("life event", "Retirement and old age"),
    "disability": pgettext("life event", "Disability"),
    "death": pgettext("life event", "Death and what follows"),
}
FIRM: Mapping[str, Promise] = {
    "founding": pgettext("life event", "Founding a firm"),
    "permits": pgettext("life event", "Permits of a trade"),
    "building": pgettext("life event", "Building"),
    "operation": pgettext("life event", "Running a firm"),
    "hiring": pgettext("life event", "Employing people"),
    "innovation": pgettext("life event", "Science and innovation"),
    "finance": pgettext("life event", "Finance and support"),
    "closing": pgettext("life event", "Closing a firm"),
}
SIGNS: Mapping[str, str] = {
    "birth": "生",
    "schooling": "学",
    "work": "业",
    "household": "户",
    "marriage": "婚",
    "housing": "房",
    "utilities": "水",
    "transport": "车",
    "health": "医",
    "security": "保",
    "retirement": "老",
    "disability": "助",
    "death": "念",
    "founding": "创",
    "permits": "证",
    "building": "建",
    "operation": "营",
    "hiring": "聘",
    "innovation": "研",
    "finance": "资",
    "closing": "销",
}
"""One character for each, as the tiles of the door show it."""
LIFE_EVENTS: Mapping[str, Promise] = {**PERSON, **FIRM}

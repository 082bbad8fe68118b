"""The language in which `views.yaml` declares screens: kinds of widgets, and what each may be bound to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from beichen.kernel.scene.document import Document
from beichen.kernel.scene.vocabulary import KEY, REGION, TEXT, Schema, record
from beichen.platforms.warehouse.service import read_question
from beichen.problem import Problem, ProblemError, code, said, shorten

UNFIT = code("OVW-103", "A widget of a screen is bound to nothing that it can show.", status=422)

COLUMNS = 12
MOST_WIDGETS = 60
MOST_SCREENS = 12
THEMES = ("auto", "light", "dark")
LEVELS = ("L1", "L2", "L3", "L4")
FORMS = ("line", "bar", "area", "pie")
EVERY = ("day", "week", "month", "quarter", "year")
BOUND = ("indicator", "cases", "plan", "sql", "question", "things", "layers", "text", "video")
"""Keys of a widget that say where its figures come from."""

CASES = {
    "card": ("open", "overdue", "new", "closed"),
    "chart": ("day", "stage", "grade"),
    "ranking": ("region", "body", "kind"),
    "list": ("newest", "overdue"),
}
PLAN = {"card": ("met",), "chart": ("statuses", "boxes"), "table": ("standings",)}
NEEDS: dict[str, tuple[str, ...]] = {  # kind of widget → what it may be bound to
    "card": ("indicator", "cases", "plan"),
    "gauge": ("indicator",),
    "chart": ("indicator", "cases", "plan", "sql", "question"),
    "ranking": ("indicator", "cases", "sql", "question"),
    "table": ("sql", "question", "plan"),
    "list": ("things", "cases"),
    "map": ("layers", "things", "indicator"),
    "feed": (),
    "text": ("text",),
    "video": ("video",),
}
KINDS = tuple(NEEDS)
SIZES = {
    "card": (2, 2),
    "gauge": (2, 2),
    "chart": (4, 4),
    "ranking": (3, 4),
    "table": (4, 4),
    "list": (4, 4),
    "map": (6, 6),
    "feed": (3, 4),
    "text": (3, 2),
    "video": (4, 4),
}
"""Columns and rows of a widget that says nothing of them."""

_TITLE: Schema = record(
    {
        "zh": {"type": "string", "minLength": 1, "maxLength": 60},
        "en": {"type": "string", "minLength": 1, "maxLength": 100},
    }
)
_WORDS = {"type": "string", "minLength": 1, "maxLength": 40}
_WIDGET = record(
    {"kind": {"enum": list(KINDS)}},
    {
        "title": _TITLE,
        "width": {"type": "integer", "minimum": 1, "maximum": COLUMNS},
        "height": {"type": "integer", "minimum": 1, "maximum": 12},
        "form": {"enum": list(FORMS)},
        "every": {"enum": list(EVERY)},
        "indicator": {**KEY, "description": "an indicator of the data hub"},
        "cases": {**_WORDS, "description": "cases of the event hub: which, or by what they are counted"},
        "plan": {**_WORDS, "description": "the plan's indicators and projects"},
        "sql": {"type": "string", "minLength": 1, "maxLength": 4000, "description": "one SELECT over tables"},
        "question": {**_WORDS, "description": "the code of a question that is kept at /tables/questions"},
        "things": {"type": "array", "items": KEY, "minItems": 1, "maxItems": 6},
        "layers": {"type": "array", "items": KEY, "minItems": 1, "maxItems": 6},
        "text": TEXT,
        "video": {**KEY, "description": "the key of a source that a city declares under `videos`"},
    },
)
SCREEN: Schema = record(
    {
        "key": KEY,
        "name": _TITLE,
        "widgets": {"type": "array", "items": _WIDGET, "minItems": 1, "maxItems": MOST_WIDGETS},
    },
    {
        "level": {"enum": list(LEVELS)},
        "owner": {**KEY, "description": "the body that answers for it; the scene's own where none is named"},
        "theme": {"enum": list(THEMES)},
    },
)
SCREENS: Schema = {"type": "array", "items": SCREEN, "minItems": 1, "maxItems": MOST_SCREENS}
VIDEO_FORMS = ("hls", "mp4", "image")
VIDEOS: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 500,
    "items": record(
        {
            "key": KEY,
            "name": _TITLE,
            "form": {"enum": list(VIDEO_FORMS)},
            "address": {
                "type": "string",
                "maxLength": 500,
                "pattern": r"^https?://[^\s/@?#]+(/\S*)?$",
                "x-form": "an address without a password, such as https://video.example/gate/index.m3u8",
            },
            "text": {**TEXT, "description": "what is to be seen, for whoever sees no picture"},
            "source": {"type": "string", "minLength": 1, "maxLength": 200},
        },
        {"level": {"enum": list(LEVELS)}, "owner": KEY, "region": REGION},
    ),
}
"""Sources of video that a city declares: streams and pictures of its own, which browsers ask themselves."""


def faults_of_screens(document: Document) -> Iterator[Problem]:
    """Every mistake that the schema cannot say: keys twice, widgets that show nothing, SQL that cannot be
    read; each where it stands.
    """
    seen: set[str] = set()
    for number, screen in enumerate(document.value.get("screens", [])):
        if screen["key"] in seen:
            where = document.position(("screens", number, "key"))
            message = said("the screen {key!r} stands twice", key=screen["key"])
            yield Problem(UNFIT, shorten(message), where)
        seen.add(screen["key"])
        for place, widget in enumerate(screen["widgets"]):
            yield from _faults(document, ("screens", number, "widgets", place), widget)


def _faults(document: Document, path: tuple[str | int, ...], widget: dict[str, Any]) -> Iterator[Problem]:
    kind = widget["kind"]
    possible = NEEDS[kind]
    bound = [name for name in BOUND if name in widget]
    for name in bound:
        if name not in possible:
            hint = _one_of(possible) if possible else said("it needs nothing")
            message = said("a {kind} shows no {name}", kind=kind, name=name)
            yield Problem(UNFIT, message, document.key_position((*path, name)), hint)
    fitting = [name for name in bound if name in possible]
    if possible and (not fitting or (len(fitting) > 1 and kind != "map")):
        message = said("a {kind} is bound to several things", kind=kind)
        if not fitting:
            message = said("a {kind} is bound to nothing", kind=kind)
        yield Problem(UNFIT, message, document.position(path), _one_of(possible))
    for name, words in (("cases", CASES), ("plan", PLAN)):
        if name in fitting and widget[name] not in words.get(kind, ()):
            where = document.position((*path, name))
            message = said("a {kind} shows no {name} {value!r}", kind=kind, name=name, value=widget[name])
            yield Problem(UNFIT, shorten(message), where, _one_of(words.get(kind, ())))
    if "sql" in widget:
        where = document.position((*path, "sql"))
        try:
            read_question(widget["sql"])
        except ProblemError as error:
            yield from (Problem(one.code, one.message, where, one.hint) for one in error.problems)


def _one_of(words: Iterable[str]) -> str:
    return said("one of: {words}", words=", ".join(words))


def widgets_of(screen: dict[str, Any]) -> list[dict[str, Any]]:
    """A declared screen's widgets as they are kept: each with its size."""
    return [
        {
            **widget,
            "width": widget.get("width", SIZES[widget["kind"]][0]),
            "height": widget.get("height", SIZES[widget["kind"]][1]),
        }
        for widget in screen["widgets"]
    ]

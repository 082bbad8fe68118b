"""`views.yaml` of a scene: what it shows on the overview and on its own page.

Long because a file of one schema is checked in one place: cards, charts, layers and screens name each other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from beichen.fronts.overview.models import Card, Plot, Screen, ThingLayer, VideoSource
from beichen.fronts.overview.screens.vocabulary import SCREENS, VIDEOS, faults_of_screens, widgets_of
from beichen.fronts.overview.service import put_cards, put_plots, put_screens, put_things, put_videos
from beichen.fronts.overview.videos import faults_of_videos, sources_of
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.expressions import check_condition
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import FIELD, KEY, Schema, record
from beichen.problem import Problem, ProblemError, code, nearest, shorten
from beichen.registry.service import CLOCK

FILE = "views.yaml"
OBJECTS = "objects.yaml"
INDICATORS = "indicators/*.sql"
STATISTICS = "indicators.csv"
TONES = ("missed", "behind", "ahead", "on-course", "unknown")  # from the gravest on
UNREACHABLE = code("OVW-101", "A tone of a layer can never be reached, or some things have none.", status=422)
_TITLE: Schema = record(
    {
        "zh": {"type": "string", "minLength": 1, "maxLength": 60},
        "en": {"type": "string", "minLength": 1, "maxLength": 100},
    }
)
_CARD = record({"indicator": KEY}, {"title": _TITLE})
_CHART = record(
    {"indicator": KEY},
    {"title": _TITLE, "every": {"enum": ["day", "month"]}, "form": {"enum": ["line", "bar"]}},
)
_TONE = record(
    {"tone": {"enum": list(TONES)}, "name": _TITLE},
    {"when": {"type": "string", "minLength": 1, "maxLength": 500}},
)
_LAYER = record(
    {
        "things": {**KEY, "description": "a type of objects"},
        "title": _TITLE,
        "shows": {**FIELD, "description": "the field or measure that is told of each"},
        "tones": {"type": "array", "items": _TONE, "minItems": 1, "maxItems": 6},
    }
)


class ViewsSection(Section):
    """A scene's cards, charts, things on the map and screens."""

    key = "views"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 85
    reads = (INDICATORS, OBJECTS)

    def schema(self) -> Schema:
        """Cards, charts, layers and screens in their order."""
        parts = {
            "cards": {"type": "array", "items": _CARD, "minItems": 1, "maxItems": 8},
            "charts": {"type": "array", "items": _CHART, "minItems": 1, "maxItems": 8},
            "layers": {"type": "array", "items": _LAYER, "minItems": 1, "maxItems": 6},
            "screens": SCREENS,
        }
        return {**record({}, parts), "minProperties": 1}

    def check(self, package: Package) -> list[Problem]:
        """Indicators and types are declared here or in a required scene; conditions can be read."""
        document = package.document(FILE)
        if document is None:
            return []
        return [
            *_indicators(package, document),
            *_layers(package, document),
            *faults_of_screens(document),
            *_bound(package, document),
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Make the scene's cards, charts, layers and screens those that it names."""
        return _put(package, _cards(package), _plots(package), _things(package), _screens(package), by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Take them away."""
        return _put(package, [], [], [], [], by)

    def describe(self, package: Package) -> str:
        """The indicators and things on the overview."""
        shown: list[object] = [*_cards(package), *_plots(package), *_things(package)]
        shown += [str(screen["key"]) for _number, screen in _declared(package, "screens")]
        return "\n".join(f"- {one}" for one in shown)


class CityViewsSection(Section):
    """A city's screens, and its sources of video."""

    key = "views"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 85
    reads = (STATISTICS,)

    def schema(self) -> Schema:
        """Screens and sources of video in their order."""
        return {**record({}, {"screens": SCREENS, "videos": VIDEOS}), "minProperties": 1}

    def check(self, package: Package) -> list[Problem]:
        """Widgets show something, SQL can be read, indicators are the city's."""
        document = package.document(FILE)
        if document is None:
            return []
        return [*faults_of_screens(document), *_bound(package, document), *faults_of_videos(document)]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Make the city's screens and sources of video those that it names."""
        sources = sources_of([one for _number, one in _declared(package, "videos")], _owner(package))
        return _of_a_city(package, _screens(package), sources, by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Take them away."""
        return _of_a_city(package, [], [], by)

    def describe(self, package: Package) -> str:
        """The screens."""
        return "\n".join(f"- {screen['key']}" for _number, screen in _declared(package, "screens"))


SECTIONS: tuple[Section, ...] = (ViewsSection(), CityViewsSection())


def _bound(package: Package, document: Document) -> Iterator[Problem]:
    """Indicators and types of objects on screens that nobody declares."""
    packages = (*package.required.values(), package)
    keys = {PurePosixPath(name).stem for one in packages for name in one.glob(INDICATORS)}
    types: dict[str, Any] = {}
    for one in packages:
        keys |= set(_statistics(one))
        types |= one.value(OBJECTS) if package.kind is PackageKind.SCENE else {}
    for number, screen in enumerate(document.value.get("screens", [])):
        for place, widget in enumerate(screen["widgets"]):
            path = ("screens", number, "widgets", place)
            key = widget.get("indicator")
            if key is not None and key not in keys:
                where = document.position((*path, "indicator"))
                message = shorten(f"nothing declares the indicator {key!r}")
                yield Problem(NO_REFERENCE, message, where, nearest(key, keys))
            named = widget.get("things", []) if package.kind is PackageKind.SCENE else []
            for index, thing in enumerate(named):
                if thing not in types:
                    where = document.position((*path, "things", index))
                    message = shorten(f"no scene declares the type {thing!r}")
                    yield Problem(NO_REFERENCE, message, where, nearest(thing, types))


def _statistics(package: Package) -> list[str]:
    """The keys of a city's `indicators.csv`; what is wrong in it, its own section says."""
    if not package.glob(STATISTICS):
        return []
    with package.path(STATISTICS).open(encoding="utf-8-sig", newline="") as file:
        return [str(row.get("key", "")) for row in csv.DictReader(file)]


def _indicators(package: Package, document: Document) -> Iterator[Problem]:
    packages = (*package.required.values(), package)
    known = {PurePosixPath(name).stem for one in packages for name in one.glob(INDICATORS)}
    for part in ("cards", "charts"):
        named = [(str(one["indicator"]), one.get("every")) for one in document.value.get(part, [])]
        for number, (key, every) in enumerate(named):
            where = document.position((part, number, "indicator"))
            if key not in known:
                message = shorten(f"no scene declares the indicator {key!r}")
                yield Problem(NO_REFERENCE, message, where, nearest(key, known))
            elif (key, every) in named[:number]:
                yield Problem(NO_REFERENCE, shorten(f"{key!r} stands twice"), where)


def _layers(package: Package, document: Document) -> Iterator[Problem]:
    types: dict[str, Any] = {}
    for one in (*package.required.values(), package):
        types |= one.value(OBJECTS)
    seen: set[str] = set()
    for number, layer in enumerate(document.value.get("layers", [])):
        key = layer["things"]
        where = document.position(("layers", number, "things"))
        if key not in types:
            yield Problem(
                NO_REFERENCE, shorten(f"no scene declares the type {key!r}"), where, nearest(key, types)
            )
        elif key in seen:
            yield Problem(NO_REFERENCE, shorten(f"{key!r} stands twice"), where)
        else:
            seen.add(key)
            yield from _layer(document, number, layer, types[key])


def _layer(document: Document, number: int, layer: dict[str, Any], kind: dict[str, Any]) -> Iterator[Problem]:
    names = [*kind.get("fields", {}), *kind.get("measures", {})]
    if layer["shows"] not in names:
        message = shorten(f"{layer['things']} has no field or measure {layer['shows']!r}")
        where = document.position(("layers", number, "shows"))
        yield Problem(NO_REFERENCE, message, where, nearest(layer["shows"], names))
    last = len(layer["tones"]) - 1
    for place, tone in enumerate(layer["tones"]):
        where = document.position(("layers", number, "tones", place))
        if ("when" in tone) == (place == last):
            message = "the last tone has no condition, every other has one"
            yield Problem(UNREACHABLE, message, where, "the first that holds counts")
        if "when" in tone:
            try:
                check_condition(tone["when"], [*names, *CLOCK])
            except ProblemError as error:
                yield from (Problem(one.code, one.message, where, one.hint) for one in error.problems)


def _owner(package: Package) -> str:
    return f"{package.kind}:{package.key}"


def _put(
    package: Package,
    cards: list[Card],
    plots: list[Plot],
    things: list[ThingLayer],
    screens: list[Screen],
    by: Actor,
) -> Changes:
    owner = _owner(package)
    return _together(
        put_cards(cards, owner=owner, by=by),
        put_plots(plots, owner=owner, by=by),
        put_things(things, owner=owner, by=by),
        put_screens(screens, owner=owner, by=by),
    )


def _of_a_city(package: Package, screens: list[Screen], sources: list[VideoSource], by: Actor) -> Changes:
    owner = _owner(package)
    return _together(put_screens(screens, owner=owner, by=by), put_videos(sources, owner=owner, by=by))


def _together(*parts: Changes) -> Changes:
    return Changes(
        added=[key for part in parts for key in part.added],
        changed=[key for part in parts for key in part.changed],
        removed=[key for part in parts for key in part.removed],
        unchanged=sum(part.unchanged for part in parts),
    )


def _declared(package: Package, part: str) -> list[tuple[int, dict[str, Any]]]:
    document = package.document(FILE)
    return [] if document is None else list(enumerate(document.value.get(part, [])))


def _cards(package: Package) -> list[Card]:
    return [
        Card(
            owner=_owner(package),
            position=number,
            indicator=str(card["indicator"]),
            title=str(card.get("title", {}).get("zh", "")),
            title_en=str(card.get("title", {}).get("en", "")),
        )
        for number, card in _declared(package, "cards")
    ]


def _plots(package: Package) -> list[Plot]:
    return [
        Plot(
            owner=_owner(package),
            position=number,
            indicator=str(chart["indicator"]),
            every=str(chart.get("every", "day")),
            form=str(chart.get("form", "line")),
            title=str(chart.get("title", {}).get("zh", "")),
            title_en=str(chart.get("title", {}).get("en", "")),
        )
        for number, chart in _declared(package, "charts")
    ]


def _things(package: Package) -> list[ThingLayer]:
    return [
        ThingLayer(
            owner=_owner(package),
            position=number,
            key=f"{package.key}.{layer['things']}",
            type=str(layer["things"]),
            shows=str(layer["shows"]),
            title=str(layer["title"]["zh"]),
            title_en=str(layer["title"]["en"]),
            tones=[
                {"when": tone.get("when", ""), "tone": tone["tone"], **tone["name"]}
                for tone in layer["tones"]
            ],
        )
        for number, layer in _declared(package, "layers")
    ]


def _screens(package: Package) -> list[Screen]:
    declared = _declared(package, "screens")
    own = str(package.value(package.kind.manifest).get("owner", ""))
    bodies = {str(screen.get("owner", own)) for _number, screen in declared}
    rows = {row.key: row for row in Body.objects.filter(key__in=bodies)}
    return [
        Screen(
            owner=_owner(package),
            position=number,
            key=f"{package.key}.{screen['key']}",
            name=str(screen["name"]["zh"]),
            name_en=str(screen["name"]["en"]),
            level=Level[screen.get("level", "L1")].value,
            body=rows.get(str(screen.get("owner", own))),
            theme=str(screen.get("theme", "auto")),
            widgets=widgets_of(screen),
        )
        for number, screen in declared
    ]

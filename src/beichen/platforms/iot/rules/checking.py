"""What the schema of `rules.yaml` cannot say: names, kinds, windows and events, with their places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from beichen.kernel.bus.event import matches
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.platforms.iot import codes
from beichen.platforms.iot.rules import declaration
from beichen.platforms.iot.rules.declaration import BASELINE, NUMBER, REGION, TAKES, TEXT, kinds_of
from beichen.platforms.iot.rules.kinds import checked_condition
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

OBJECTS, EVENTS = "objects.yaml", "events.yaml"
Types = Mapping[str, Mapping[str, Any]]
Wrong = Callable[..., Problem]


class Places(Protocol):
    """What says where a part of a declaration stands: a document, or the form in which a rule is tried."""

    def position(self, pointer: Path) -> Where:
        """Where the value stands."""

    def key_position(self, pointer: Path) -> Where:
        """Where the key stands."""


def types_of(package: Package) -> dict[str, Any]:
    """The types that the package and those that it requires declare."""
    packages = (*package.required.values(), package)
    return {key: kind for one in packages for key, kind in one.value(OBJECTS).items()}


def check_rules(package: Package, document: Document) -> list[Problem]:
    """Everything that is wrong with the rules of a package, without a database."""
    types = types_of(package)
    return [
        problem
        for key, declared in document.value.items()
        for problem in (
            *check_rule(document, key, declared, types),
            *_event(package, document, key, declared),
        )
    ]


def check_rule(document: Places, key: str, declared: Mapping[str, Any], types: Types) -> Iterator[Problem]:
    """What is wrong with one rule that fits the schema, where these types are known."""
    kind_key, _dot, measure = declared["on"].partition(".")
    kind = types.get(kind_key)
    where = document.position((key, "on"))
    if kind is None:
        yield Problem(NO_REFERENCE, shorten(f"no scene declares the type {kind_key!r}"), where,
                      nearest(kind_key, types))  # fmt: skip
        return
    measures = kind.get("measures", {})
    if measure not in measures:
        message = shorten(f"{kind_key} has no measure {measure!r}")
        yield Problem(NO_REFERENCE, message, where, nearest(measure, measures))
        return
    yield from _shape(document, key, declared)
    kinds = kinds_of(kind)
    for name, window in declared.get("windows", {}).items():
        found = list(_window(document, (key, "windows", name), name, window, kind, kinds))
        yield from found
        kinds = {**kinds, name: NUMBER}  # a condition that names it has no second mistake
    for part in ("when", "clear"):
        if part in declared:
            yield from _condition(document, (key, part), declared[part], kinds)


def _shape(document: Places, key: str, declared: Mapping[str, Any]) -> Iterator[Problem]:
    if ("when" in declared) == ("silent" in declared):
        message = said("a rule says when it holds, or how long nothing may come")
        yield Problem(codes.BAD_RULE, message, document.key_position((key,)), "when: …, or silent: 10m")
    if "silent" in declared:
        for part in ("for", "clear", "windows"):
            if part in declared:
                message = said("silence has no {part}: the next reading ends it", part=part)
                yield Problem(codes.BAD_RULE, message, document.key_position((key, part)))
    for part in ("for", "silent"):
        if part in declared and not 0 < declaration.micros(declared[part]) <= declaration.LONGEST_FOR:
            message = said("{part} is between a second and seven days", part=part)
            yield Problem(codes.BAD_RULE, message, document.position((key, part)))


def _window(
    document: Places,
    path: Path,
    name: str,
    window: Mapping[str, Any],
    kind: Mapping[str, Any],
    kinds: Mapping[str, str],
) -> Iterator[Problem]:
    def wrong(message: str, part: str = "", hint: str = "") -> Problem:
        where = document.position((*path, part)) if part else document.key_position(path)
        return Problem(codes.BAD_WINDOW, shorten(message), where, hint)

    takes = [take for take in (*TAKES, BASELINE) if take in window]
    if len(takes) != 1:
        yield wrong(said("a window takes one thing of a measure"), hint=said("one of: {words}",
                    words=", ".join((*TAKES, BASELINE))))  # fmt: skip
        return
    take = takes[0]
    measures = kind.get("measures", {})
    if window[take] not in measures:
        message = shorten(f"the type has no measure {window[take]!r}")
        yield Problem(
            NO_REFERENCE, message, document.position((*path, take)), nearest(window[take], measures)
        )
    elif take != "count" and kinds[window[take]] != NUMBER:
        yield wrong(said("{measure} is no number", measure=window[take]), take)
    if name in kinds:
        yield wrong(said("{name} is a field or a measure already", name=name))
    yield from _reach(window, take, kind, kinds, wrong)


def _reach(
    window: Mapping[str, Any], take: str, kind: Mapping[str, Any], kinds: Mapping[str, str], wrong: Wrong
) -> Iterator[Problem]:
    """How far back a window looks, and at whose readings."""
    if take == BASELINE:
        if "over" in window or "by" in window:
            yield wrong(said("a baseline is of the thing itself, over weeks"), hint="weeks: 4")
        return
    if "weeks" in window:
        yield wrong(said("weeks belong to a baseline"), "weeks")
    over = declaration.micros(window["over"]) if "over" in window else 0
    if not declaration.SHORTEST <= over <= declaration.LONGEST:
        yield wrong(said("a window is over 1m to 24h"), "over" if "over" in window else "", "over: 1h")
    by = window.get("by", REGION)
    texts = {each for each in kind.get("fields", {}) if kinds.get(each) == TEXT}
    if by != REGION and by not in texts:
        yield wrong(said("things are grouped by region, or by a field that is a text"), "by",
                    nearest(by, texts | {REGION}))  # fmt: skip


def _condition(document: Places, path: Path, text: str, kinds: Mapping[str, str]) -> Iterator[Problem]:
    try:
        checked_condition(text, kinds)
    except ProblemError as error:
        for problem in error.problems:
            yield replace(problem, where=document.position(path))


def _event(package: Package, document: Document, key: str, declared: Mapping[str, Any]) -> Iterator[Problem]:
    """An event of this scene, or of one that it requires, that no kind of event listens to."""
    raised = declared["raise"]
    scenes = {one.key: one for one in (package, *package.required.values())}
    owner = scenes.get(raised.partition(".")[0])
    kinds = owner.value(EVENTS) if owner is not None else {}
    if not kinds:
        return
    patterns = [
        pattern
        for one in scenes.values()
        for each in one.value(EVENTS).values()
        for pattern in each.get("on", ())
    ]
    if any(matches(pattern, raised) for pattern in patterns):
        return
    where = document.position((key, "raise"))
    if raised in kinds:
        message = said("the kind {kind} does not listen to its event", kind=raised)
        yield Problem(codes.UNHEARD, message, where, f"on: [{raised}]")
        return
    message = shorten(said("no kind of event listens to {kind}", kind=raised))
    yield Problem(codes.UNHEARD, message, where, nearest(raised, {*kinds, *patterns}))

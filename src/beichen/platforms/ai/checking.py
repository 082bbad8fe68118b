"""What the schema of `models.yaml` cannot say: names, times, functions and events, with their places."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from cronsim import CronSim, CronSimError

from beichen.kernel.bus.event import matches
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.durations import duration
from beichen.kernel.scene.section import Package
from beichen.platforms.ai import codes
from beichen.platforms.ai.declaration import LONGEST_HISTORY, LONGEST_HORIZON
from beichen.problem import Problem, nearest, said, shorten

OBJECTS, EVENTS, PYTHON = "objects.yaml", "events.yaml", "model.py"
MARK = "model"
SHORTEST = timedelta(minutes=1)
Types = Mapping[str, Mapping[str, Any]]
Faults = Iterator[Problem]


def types_of(package: Package) -> dict[str, Any]:
    """The types that the package and those that it requires declare."""
    packages = (*package.required.values(), package)
    return {key: kind for one in packages for key, kind in one.value(OBJECTS).items()}


def check_models(package: Package, document: Document) -> list[Problem]:
    """Everything that is wrong with the models of a package, without a database."""
    types, functions = types_of(package), functions_of(package)
    return [
        problem
        for key, declared in document.value.items()
        for problem in (
            *_function(document, key, declared, functions),
            *_over(document, key, declared, types),
            *_foretold(document, key, declared, types),
            *_kept(document, key, declared, types),
            *_times(document, key, declared),
            *_events(package, document, key, declared),
        )
    ]


def functions_of(package: Package) -> set[str]:
    """The functions of the package's Python that are marked as models."""
    if PYTHON not in package.files:
        return set()
    tree = ast.parse(package.path(PYTHON).read_bytes())
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(mark, ast.Name) and mark.id == MARK for mark in node.decorator_list)
    }


def _function(document: Document, key: str, declared: Mapping[str, Any], functions: set[str]) -> Faults:
    name = declared["function"]
    if name not in functions:
        message = shorten(said("model.py has no function {name} marked @model", name=name))
        hint = nearest(name, functions) or "@model above def " + name
        yield Problem(codes.NO_FUNCTION, message, document.position((key, "function")), hint)


def _over(document: Document, key: str, declared: Mapping[str, Any], types: Types) -> Faults:
    for kind, facts in declared["over"].items():
        path: Path = (key, "over", kind)
        if kind not in types:
            message = shorten(f"no scene declares the type {kind!r}")
            yield Problem(NO_REFERENCE, message, document.key_position(path), nearest(kind, types))
            continue
        for number, measure in enumerate(facts.get("measures", ())):
            where = (*path, "measures", number)
            yield from _measure(document, where, kind, measure, types)
            if types[kind].get("measures", {}).get(measure, {}).get("type") == "text":
                message = said("{measure} is no number", measure=measure)
                yield Problem(codes.BAD_MODEL, shorten(message), document.position(where))


def _measure(document: Document, path: Path, kind: str, measure: str, types: Types) -> Faults:
    measures = types.get(kind, {}).get("measures", {})
    if measure not in measures:
        message = shorten(f"{kind} has no measure {measure!r}")
        yield Problem(NO_REFERENCE, message, document.position(path), nearest(measure, measures))


def _foretold(document: Document, key: str, declared: Mapping[str, Any], types: Types) -> Faults:
    for number, name in enumerate(declared.get("foretells", ())):
        kind, _dot, measure = name.partition(".")
        path: Path = (key, "foretells", number)
        if kind not in declared["over"]:
            message = said("the model is not given things of the type {kind}", kind=kind)
            hint = nearest(kind, declared["over"])
            yield Problem(codes.BAD_MODEL, shorten(message), document.position(path), hint)
        else:
            yield from _measure(document, path, kind, measure, types)


def _kept(document: Document, key: str, declared: Mapping[str, Any], types: Types) -> Faults:
    foretold = set(declared.get("foretells", ()))
    for name, facts in declared.get("keeps", {}).items():
        kind, _dot, measure = name.partition(".")
        path: Path = (key, "keeps", name)
        yield from _measure(document, path, kind, measure, types)
        if f"{kind}.{facts['of']}" not in foretold or measure == facts["of"]:
            message = said("{name} is kept of what the model does not foretell", name=name)
            yield Problem(codes.BAD_MODEL, shorten(message), document.position((*path, "of")),
                          nearest(f"{kind}.{facts['of']}", foretold))  # fmt: skip


def _times(document: Document, key: str, declared: Mapping[str, Any]) -> Faults:
    try:
        CronSim(declared["run"], datetime(2000, 1, 1))  # noqa: DTZ001 - only its form is looked at
    except CronSimError:
        message = said("{text} is no cron expression", text=declared["run"])
        where = document.position((key, "run"))
        yield Problem(codes.BAD_TIMES, shorten(message), where, '"*/10 * * * *" is every ten minutes')
    horizon = duration(declared["horizon"]) if "horizon" in declared else timedelta()
    if declared.get("foretells") and not SHORTEST <= horizon <= LONGEST_HORIZON:
        message = said("a model that foretells has a horizon of a minute to fourteen days")
        where = (
            document.position((key, "horizon")) if "horizon" in declared else document.key_position((key,))
        )
        yield Problem(codes.BAD_TIMES, message, where, "horizon: 2h")
    for kind, facts in declared["over"].items():
        for name in ("history", "step"):
            if name in facts and not SHORTEST <= duration(facts[name]) <= LONGEST_HISTORY:
                message = said("{name} is between a minute and 400 days", name=name)
                yield Problem(codes.BAD_TIMES, message, document.position((key, "over", kind, name)))


def _events(package: Package, document: Document, key: str, declared: Mapping[str, Any]) -> Faults:
    """Whether somebody listens to each event of this scene, or of one that it requires."""
    scenes = {one.key: one for one in (package, *package.required.values())}
    patterns = [
        pattern
        for one in scenes.values()
        for kind in one.value(EVENTS).values()
        for pattern in kind.get("on", ())
    ]
    for number, raised in enumerate(declared.get("finds", ())):
        where = document.position((key, "finds", number))
        owner = raised.partition(".")[0]
        if owner not in scenes:
            message = said("{kind} belongs to no scene that is required", kind=raised)
            yield Problem(codes.UNHEARD, shorten(message), where, nearest(owner, scenes))
        elif not any(matches(pattern, raised) for pattern in patterns):
            message = shorten(said("no kind of event listens to {kind}", kind=raised))
            yield Problem(codes.UNHEARD, message, where, nearest(raised, patterns) or f"on: [{raised}]")

"""What `services.yaml` must be beyond its schema: known names, conditions that can be read, times."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any

from beichen.fronts.services.bpmn.expressions import check
from beichen.fronts.services.items.problems import (
    BAD_HOURS,
    CIRCLE,
    DISAGREE,
    ITEM_TAKEN,
    NO_END,
    NO_ITEM_HERE,
    NO_PLACE,
    NO_PROCESS_HERE,
    TOO_LONG,
)
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.durations import duration
from beichen.problem import Problem, nearest, shorten

Entries = Mapping[str, Any]
LONGEST = timedelta(days=2000)
SHORTEST_SLOT, LONGEST_SLOT = timedelta(minutes=5), timedelta(hours=8)


def check_item(document: Document, path: Path, entry: Entries, processes: Entries) -> Iterator[Problem]:
    """One item against the processes that its scene and those that it requires declare."""
    process = processes.get(entry["process"])
    if process is None:
        where = document.position((*path, "process"))
        message = shorten(f"no process is called {entry['process']}")
        yield Problem(NO_PROCESS_HERE, message, where, nearest(entry["process"], processes))
        return
    yield from _check_ends(document, path, entry, process)
    yield from _check_times(document, path, entry)
    asked = set(entry.get("ask", ()))
    yield from _check_conditions(document, path, entry, asked, asked | set(process.get("start", ())))


def check_places(
    document: Document, path: Path, entry: Entries, processes: Entries, types: Collection[str]
) -> Iterator[Problem]:
    """The types of objects at whose codes an item is offered, and the fields that take the object."""
    process = processes.get(entry["process"], {})
    fields = process.get("fields", {})
    texts = [name for name in process.get("start", ()) if _is_text(fields.get(name, {}))]
    for kind, name in entry.get("at", {}).items():
        if kind not in types:
            where = document.key_position((*path, "at", kind))
            yield Problem(
                NO_PLACE, shorten(f"no type of objects is called {kind}"), where, nearest(kind, types)
            )
        if name not in texts:
            where = document.position((*path, "at", kind))
            message = shorten(f"the process asks for no text {name} at its start")
            yield Problem(NO_PLACE, message, where, nearest(name, texts))


def _is_text(field: Entries) -> bool:
    return field.get("type", "string") in ("string", "text")


def _check_ends(document: Document, path: Path, entry: Entries, process: Entries) -> Iterator[Problem]:
    ends = process["ends"]
    for number, end in enumerate(entry.get("good", ())):
        if end not in ends:
            where = document.position((*path, "good", number))
            yield Problem(NO_END, shorten(f"the process has no end {end}"), where, nearest(end, ends))
    if len(ends) > 1 and not entry.get("good"):
        hint = f"one or more of: {', '.join(ends)}"
        yield Problem(NO_END, "it does not say which ends are good", document.key_position(path), hint)
    message, known = entry.get("fee", {}).get("message", ""), process.get("messages", {})
    if message and message not in known:
        where = document.position((*path, "fee", "message"))
        yield Problem(
            NO_END, shorten(f"the process has no message {message}"), where, nearest(message, known)
        )


def _check_times(document: Document, path: Path, entry: Entries) -> Iterator[Problem]:
    told = {name: entry[name] for name in ("promised", "legal") if name in entry}
    for name, text in told.items():
        if duration(text) > LONGEST:
            where = document.position((*path, name))
            yield Problem(TOO_LONG, f"{text} is too long", where, f"at most {LONGEST.days}d")
    if len(told) == 2 and duration(told["promised"]) > duration(told["legal"]):
        where = document.position((*path, "promised"))
        yield Problem(TOO_LONG, "it promises more time than the law gives", where, told["legal"])
    marks = entry.get("marks")
    if marks and marks["yellow"] > marks["red"]:
        where = document.position((*path, "marks", "yellow"))
        yield Problem(TOO_LONG, "the yellow mark comes after the red one", where)


def _check_conditions(
    document: Document, path: Path, entry: Entries, asked: Collection[str], known: Collection[str]
) -> Iterator[Problem]:
    for number, condition in enumerate(entry.get("conditions", ())):
        yield from check(condition["when"], asked, document.position((*path, "conditions", number, "when")))
    for key, material in entry.get("materials", {}).items():
        if isinstance(required := material.get("required"), str):
            yield from check(required, known, document.position((*path, "materials", key, "required")))
    for name in ("amounts", "free"):
        for number, row in enumerate(entry.get("fee", {}).get(name, ())):
            if "when" in row:
                yield from check(row["when"], known, document.position((*path, "fee", name, number, "when")))


def check_bundle(
    document: Document, path: Path, entry: Entries, items: Entries, processes: Entries
) -> Iterator[Problem]:
    """One bundle: its items, their order, and that they ask for the same things in the same way."""
    parts = entry["items"]
    if path[-1] in items:
        where = document.key_position(path)
        yield Problem(ITEM_TAKEN, shorten(f"an item is called {path[-1]} too"), where, "another key")
    for key, part in parts.items():
        if key not in items:
            where = document.key_position((*path, "items", key))
            yield Problem(NO_ITEM_HERE, shorten(f"no item is called {key}"), where, nearest(key, items))
        for number, after in enumerate(part.get("after", ())):
            if after not in parts:
                where = document.position((*path, "items", key, "after", number))
                yield Problem(
                    NO_ITEM_HERE, shorten(f"the bundle has no item {after}"), where, nearest(after, parts)
                )
    try:
        TopologicalSorter({key: part.get("after", ()) for key, part in parts.items()}).prepare()
    except CycleError as error:
        where = document.key_position((*path, "items"))
        yield Problem(CIRCLE, shorten(" waits for ".join(error.args[1])), where)
    yield from _check_fields(document, path, parts, items, processes)


def _check_fields(
    document: Document, path: Path, parts: Entries, items: Entries, processes: Entries
) -> Iterator[Problem]:
    found: dict[str, tuple[str, Any]] = {}
    for key in parts:
        process = processes.get(items.get(key, {}).get("process", ""), {})
        for name in process.get("start", ()):
            field = process["fields"].get(name, {})
            first, known = found.setdefault(name, (key, field))
            if (known.get("type"), known.get("choices")) != (field.get("type"), field.get("choices")):
                where = document.key_position((*path, "items", key))
                message = shorten(f"{first} and {key} ask for {name} in different ways")
                yield Problem(DISAGREE, message, where, "the same type and choices in both processes")
    asked = {name for key in parts for name in items.get(key, {}).get("ask", ())}
    for key, part in parts.items():
        if "when" in part:
            where = document.position((*path, "items", key, "when"))
            yield from check(part["when"], set(found) | asked, where)


def check_window(document: Document, path: Path, entry: Entries) -> Iterator[Problem]:
    """One window: hours in order that do not overlap, slots of a length that can be, a place on the earth."""
    slot = duration(entry.get("slot", "30m"))
    if not SHORTEST_SLOT <= slot <= LONGEST_SLOT:
        yield Problem(
            BAD_HOURS, "a slot lasts from 5m to 8h", document.position((*path, "slot")), entry["slot"]
        )
    days: dict[str, list[tuple[str, str]]] = {}
    for number, hours in enumerate(entry["hours"]):
        where = document.position((*path, "hours", number))
        if hours["from"] >= hours["to"]:
            yield Problem(BAD_HOURS, "it closes before it opens", where, f"from {hours['from']}")
        for day in hours.get("days", ("mon", "tue", "wed", "thu", "fri")):
            span = (hours["from"], hours["to"])
            if any(span[0] < other[1] and other[0] < span[1] for other in days.get(day, ())):
                yield Problem(BAD_HOURS, f"hours of {day} overlap", where)
            days.setdefault(day, []).append(span)
    at = entry.get("at")
    if at and not (abs(at[0]) <= 180 and abs(at[1]) <= 90):
        where = document.position((*path, "at"))
        yield Problem(BAD_HOURS, "this is no place on the earth", where, "[longitude, latitude]")

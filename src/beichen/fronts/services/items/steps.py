"""Words for stories of items: an application for an item or a bundle, an appointment, how they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from beichen.fronts.services.items.declaring import declare_windows
from beichen.fronts.services.items.schema import DAYS
from beichen.fronts.services.items.words import BookingState, How, PartState
from beichen.fronts.services.speaking import NAME, ROLE, as_role, send
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import FIELD, KEY, REGION, Schema, mapping_of, record
from beichen.problem import Problem, nearest

API, TOWN = "/api/services", "990100"


def _application(named: dict[str, Any]) -> dict[str, Any]:
    materials = named.get("materials", {})
    return {
        "subject": named["subject"],
        "region": named["region"],
        "data": named.get("data", {}),
        "answers": named.get("answers", {}),
        "materials": [{"key": key, "how": how} for key, how in materials.items()],
    }


def _read(stage: Stage, path: str, name: str) -> dict[str, Any] | None:
    code = stage.names.get(name)
    stage.expect(code is not None, f"nothing is called {name!r}")
    reply = stage.look(f"{API}/{path}/{code}") if code else None
    return reply.content if reply is not None and reply.status == 200 else None


def _run(stage: Stage, step: dict[str, Any]) -> None:
    named = step["run"]
    found = _read(stage, "bundles/runs", f"run {named['of']}")
    if found is None:
        return
    states = {part["item"]: part["state"] for part in found["parts"]}
    for item, state in named.get("parts", {}).items():
        stage.expect(states.get(item) == state, f"{item} is {states.get(item)!r}, expected {state!r}")
    if "good" in named:
        stage.expect(found["good"] == named["good"], f"good is {found['good']}, expected {named['good']}")


def _appointment(stage: Stage, step: dict[str, Any]) -> None:
    named = step["appointment"]
    found = _read(stage, "appointments", f"appointment {named['of']}")
    if found is not None:
        stage.expect(
            found["state"] == named["state"], f"it is {found['state']!r}, expected {named['state']!r}"
        )


def _check(word: str, part: str) -> Callable[[Package, Document, Path, dict[str, Any]], list[Problem]]:
    def check(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
        packages = (package, *package.required.values())
        known = {key for one in packages for key in one.value("services.yaml").get(part, {})}
        key = step[word][word]
        if key in known:
            return []
        where = document.position((*path, word, word))
        return [Problem(NO_REFERENCE, f"no scene declares {key!r}", where, nearest(key, known))]

    return check


_PAPERS = mapping_of({"enum": [str(how) for how in How]}, KEY)
_WHO: dict[str, Schema] = {"region": REGION, "subject": NAME}


def _speak(stage: Stage, path: str, values: dict[str, Any], named: dict[str, Any]) -> Any:
    return send(stage, path, values, as_role(stage, named.get("as"))[0])


def _apply(stage: Stage, step: dict[str, Any]) -> None:
    named = step["item"]
    reply = _speak(stage, f"{API}/items/{named['item']}/applications", _application(named), named)
    if reply.status in (200, 201):
        stage.names[f"affair {named.get('key', 'affair')}"] = reply.content["code"]


def _apply_bundle(stage: Stage, step: dict[str, Any]) -> None:
    named = step["bundle"]
    reply = _speak(stage, f"{API}/bundles/{named['bundle']}/applications", _application(named), named)
    if reply.status in (200, 201):
        stage.names[f"run {named.get('key', 'run')}"] = reply.content["code"]
        _know_parts(stage, reply.content["parts"])


def _know_parts(stage: Stage, parts: list[dict[str, Any]]) -> None:
    """The affair of a part is called by its item."""
    for part in parts:
        if part["affair"]:
            stage.names[f"affair {part['item']}"] = part["affair"]


def _follow(stage: Stage, step: dict[str, Any]) -> None:
    """Parts that have started meanwhile are known by their items from now on."""
    found = _read(stage, "bundles/runs", f"run {step['follow']['of']}")
    _know_parts(stage, found["parts"] if found else [])


def _book(stage: Stage, step: dict[str, Any]) -> None:
    named = step["book"]
    path = f"{API}/windows/{named['window']}/slots"
    free = stage.look(path).content or {}
    if len(free.get("days", ())) > 1:  # today may be nearly over
        free = stage.look(f"{path}?day={free['days'][1]}").content
    slots, number = free.get("slots", []), named.get("slot", 0)
    stage.expect(len(slots) > number, f"{len(slots)} times are free")
    if len(slots) > number:
        told = {"window": named["window"], "subject": named["subject"], "item": named.get("for", "")}
        told["starts_at"] = named.get("at") or slots[number]["starts_at"]
        reply = _speak(stage, f"{API}/appointments", told, named)
        if reply.status == 201:
            stage.names[f"appointment {named.get('key', 'appointment')}"] = reply.content["code"]


def _open_windows(stage: Stage, step: dict[str, Any]) -> None:
    """Windows of the story's town, open on every day that the city works, and at weekends."""
    name = {"zh": "测试窗口", "en": "Test window"}
    hours = [{"from": "08:00", "to": "18:00", "days": list(DAYS)}]
    declared = {
        key: {"name": name, "region": TOWN, "hours": hours, **facts} for key, facts in step["windows"].items()
    }
    declare_windows(declared, scene="story", by=stage.by)


def _give_back(stage: Stage, step: dict[str, Any]) -> None:
    named = step["give-back"]
    code = stage.names.get(f"appointment {named['of']}", "")
    _speak(stage, f"{API}/appointments/{code}/cancel", {}, named)


_MORE: dict[str, Schema] = {
    "data": mapping_of({}, FIELD),
    "answers": mapping_of({}, FIELD),
    "materials": _PAPERS,
    "key": NAME,
    "as": ROLE,
}
_ITEM = record({"item": KEY, **_WHO}, _MORE)
_BUNDLE = record({"bundle": KEY, **_WHO}, _MORE)
_PLACE = record(
    {"window": KEY, "subject": NAME},
    {
        "for": KEY,
        "slot": {"type": "integer", "minimum": 0, "maximum": 100},
        "at": {"type": "string"},
        "key": NAME,
        "as": ROLE,
    },
)
_WINDOWS = mapping_of(record({"body": KEY}, {"capacity": {"type": "integer", "minimum": 1}}))
_BACK = record({"of": NAME}, {"as": ROLE})
_RUN = record(
    {"of": NAME},
    {"good": {"type": "boolean"}, "parts": mapping_of({"enum": list(PartState.values)}, KEY)},
)
_HELD = record({"of": NAME, "state": {"enum": list(BookingState.values)}})
_WORDS: tuple[tuple[str, Clause, Schema, Any, str, str, Any], ...] = (
    ("item", Clause.WHEN, _ITEM, _apply, "申请一个事项", "an item is applied for", _check("item", "items")),
    (
        "bundle",
        Clause.WHEN,
        _BUNDLE,
        _apply_bundle,
        "申请一件事",
        "a bundle is applied for",
        _check("bundle", "bundles"),
    ),
    ("follow", Clause.WHEN, record({"of": NAME}), _follow, "查看一件事", "a run is looked at", None),
    ("windows", Clause.GIVEN, _WINDOWS, _open_windows, "小城里的办事窗口", "windows of the town", None),
    ("book", Clause.WHEN, _PLACE, _book, "预约窗口", "an appointment is booked", None),
    ("give-back", Clause.WHEN, _BACK, _give_back, "取消预约", "it is given back", None),
    ("run", Clause.THEN, _RUN, _run, "一件事进展如所述", "a bundle's run stands like this", None),
    ("appointment", Clause.THEN, _HELD, _appointment, "预约状态如所述", "the appointment stands so", None),
)


def register() -> None:
    """Enter the words."""
    for word, clause, schema, do, zh, en, checks in _WORDS:
        extra: dict[str, Any] = {"check": checks} if checks is not None else {}
        register_step(Step(word, frozenset({clause}), record({word: schema}), do, zh, en, **extra))

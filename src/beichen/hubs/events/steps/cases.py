"""``do``, ``case`` and ``deadline``: what is done to a case, and what holds of it, over `/api/events`.

A case is named by one of its reports (``of: KEY``) or by its kind; commands are those of ``commands``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from beichen.hubs.events.commands import COMMANDS
from beichen.hubs.events.steps.reports import NAME
from beichen.hubs.events.steps.voice import ROLE, check_kind, key_of, picture, send
from beichen.hubs.events.words import OPEN_STAGES
from beichen.hubs.events.words import Stage as CaseStage
from beichen.kernel.calendar.service import deadline
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.durations import DURATION, duration
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import KEY, REGION, Schema, record
from beichen.problem import Problem, nearest

CASES = "/api/events/cases"
_HELD = ("stage", "outcome", "grade", "desk", "centre", "region", "reports", "waiting")
_WORDS = {"feedback": "answer"}


def _listed(stage: Stage, named: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases that a step speaks of, the newest first."""
    query = [f"kind={named['kind']}"] if "kind" in named else []
    if "of" in named:
        code = stage.names.get(named["of"])
        stage.expect(code is not None, f"no report is called {named['of']!r}")
        query.append(f"report={code or '-'}")
    reply = stage.look(f"{CASES}?limit=500&{'&'.join(query)}")
    return list(reply.content["cases"]) if reply.status == 200 else []


def _one(stage: Stage, named: dict[str, Any]) -> dict[str, Any] | None:
    found = _listed(stage, named)
    stage.expect(bool(found), "there is no such case")
    return found[0] if found else None


def _do(stage: Stage, step: dict[str, Any]) -> None:
    named = step["do"]
    row = _one(stage, {"of": named["of"]})
    if row is None:
        return
    values = {name: value for name, value in named.items() if name not in ("command", "of", "as")}
    secret, path = key_of(stage, named.get("as")), f"{CASES}/{row['code']}"
    if named["command"] == "add-evidence":
        send(stage, f"{path}/photographs", {"media": picture(), **values}, secret=secret, form=True)
        return
    send(stage, f"{path}/{named['command']}", values, secret=secret)


def _case(stage: Stage, step: dict[str, Any]) -> None:
    named = step["case"]
    found = _listed(stage, named)
    count = named.get("count", len(found) or 1)
    stage.expect(len(found) == count, f"there are {len(found)} such cases, expected {count}")
    if not found:
        return
    for name in _HELD:
        if name in named:
            stage.expect(
                found[0][name] == named[name], f"{name} is {found[0][name]!r}, expected {named[name]!r}"
            )
    if "support" in named:
        desks = stage.look(f"{CASES}/{found[0]['code']}").content["desks"]
        held = sorted(desk["body"] for desk in desks if desk["part"] == "support")
        stage.expect(held == sorted(named["support"]), f"support is {held}, expected {named['support']}")


def _deadline(stage: Stage, step: dict[str, Any]) -> None:
    """Each stage's clock ends where the calendar says that its time ends."""
    named = step["deadline"]
    row = _one(stage, named)
    clocks = stage.look(f"{CASES}/{row['code']}").content["deadlines"] if row is not None else {}
    for word in (*OPEN_STAGES, *_WORDS):
        if word not in named:
            continue
        clock = clocks.get(_WORDS.get(word, str(word)))
        if clock is None:
            stage.expect(False, f"{word} has no clock yet")
            continue
        since, due = (datetime.fromisoformat(clock[name]) for name in ("since", "due"))
        wanted = deadline(since, duration(named[word]), working=named.get("working", False))
        stage.expect(abs((due - wanted).total_seconds()) <= 2, f"{word} is due {due}, expected {wanted}")
        is_working = named.get("working", False)
        stage.expect(clock["working"] == is_working, f"{word} counts working time: {clock['working']}")


def _check_do(_package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    name = step["do"]["command"]
    if name in COMMANDS:
        return []
    where = document.position((*path, "do", "command"))
    return [Problem(NO_REFERENCE, f"there is no command {name!r}", where, nearest(name, COMMANDS))]


def _kind_checked(word: str) -> Any:
    def check(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
        return check_kind(word, package, document, path, step[word].get("kind"))

    return check


_WHICH: dict[str, Schema] = {"kind": {"type": "string", "maxLength": 120}, "of": NAME}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_CASE = record(
    {},
    {
        **_WHICH,
        "count": _COUNT,
        "reports": _COUNT,
        "desk": {"anyOf": [KEY, {"const": ""}]},
        "support": {"type": "array", "items": KEY},
        "centre": KEY,
        "region": REGION,
        "stage": {"enum": list(CaseStage.values)},
        "outcome": {"enum": ["", "resolved", "refused", "merged"]},
        "grade": {"type": "integer", "minimum": 1, "maximum": 4},
        "waiting": {"type": "boolean"},
    },
)
_DO: Schema = {
    "type": "object",
    "required": ["command", "of"],
    "properties": {"command": KEY, "of": NAME, "as": ROLE},
}
_LIMITS: dict[str, Schema] = dict.fromkeys(("accept", "dispatch", "handle", "verify", "feedback"), DURATION)
_DEADLINE = record({}, {**_WHICH, **_LIMITS, "working": {"type": "boolean"}})
register_step(
    Step(
        "do",
        frozenset({Clause.GIVEN, Clause.WHEN}),
        record({"do": _DO}),
        _do,
        "对案件做一件事：命令及其参数，as 为角色或 {角色: 机构}",
        "something is done to a case: a command with its values, as a role or {role: body}",
        _check_do,
    )
)
register_step(
    Step(
        "case",
        frozenset({Clause.THEN}),
        record({"case": _CASE}),
        _case,
        "有此案件，且环节、承办、级别、诉求数如所述",
        "there is such a case, with this stage, desk, grade and number of reports",
        _kind_checked("case"),
    )
)
register_step(
    Step(
        "deadline",
        frozenset({Clause.THEN}),
        record({"deadline": _DEADLINE}),
        _deadline,
        "各环节的时限如所述",
        "the stages of the case end within these times",
        _kind_checked("deadline"),
    )
)

"""The room's words for stories: an application, what is done to its affair, time that lapses, how it stands.

An affair is named by the application's ``key``; a step by its key, and by its body where it waits at several.
"""

from __future__ import annotations

from typing import Any

from beichen.fronts.services import service
from beichen.fronts.services.items import steps as items_steps
from beichen.fronts.services.models import Timer
from beichen.fronts.services.naming import AFFAIR_ACTS, TASK_ACTS
from beichen.fronts.services.speaking import NAME, ROLE, as_role, send
from beichen.fronts.services.words import Status
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import FIELD, KEY, REGION, Schema, mapping_of, record
from beichen.problem import Problem, nearest

AFFAIRS = "/api/services/affairs"


def _apply(stage: Stage, step: dict[str, Any]) -> None:
    named = step["process"]
    told = {name: value for name, value in named.items() if name not in ("key", "as")}
    reply = send(stage, AFFAIRS, told, as_role(stage, named.get("as"))[0])
    if reply.status in (200, 201):
        stage.names[f"affair {named.get('key', 'affair')}"] = reply.content["code"]


def _affair_of(stage: Stage, name: str) -> dict[str, Any] | None:
    code = stage.names.get(f"affair {name}")
    stage.expect(code is not None, f"no application is called {name!r}")
    reply = stage.look(f"{AFFAIRS}/{code}") if code else None
    return reply.content if reply is not None and reply.status == 200 else None


def _waits(affair: dict[str, Any], step: str = "", body: str = "") -> list[dict[str, Any]]:
    return [
        task
        for task in affair["tasks"]
        if task["closed"] is None and step in ("", task["step"]) and body in ("", task["body"])
    ]


def _act(stage: Stage, step: dict[str, Any]) -> None:
    named = step["act"]
    affair = _affair_of(stage, named["of"])
    if affair is None:
        return
    secret, own = as_role(stage, named.get("as"))
    hidden = ("act", "of", "as", "step", "body")
    values = {name: value for name, value in named.items() if name not in hidden}
    path = f"{AFFAIRS}/{affair['code']}"
    if named["act"] in AFFAIR_ACTS:
        send(stage, f"{path}/{named['act']}", values, secret)
        return
    found = _waits(affair, named.get("step", ""), named.get("body", own))
    stage.expect(bool(found), f"no step {named.get('step', '')!r} waits there")
    if found:
        send(stage, f"{path}/tasks/{found[0]['task']}/{named['act']}", values, secret)


def _lapse(stage: Stage, step: dict[str, Any]) -> None:
    """The time limits of the affair that run are over."""
    code = stage.names.get(f"affair {step['lapse']['of']}")
    due = [row.due_at for row in Timer.objects.filter(affair__code=code or "", closed_at=None) if row.due_at]
    stage.expect(bool(due), "no time limit runs")
    if due:
        service.tick(max(due))


def _affair(stage: Stage, step: dict[str, Any]) -> None:
    named = step["affair"]
    affair = _affair_of(stage, named["of"])
    if affair is None:
        return
    for name in ("status", "outcome"):
        if name in named:
            stage.expect(affair[name] == named[name], f"{name} is {affair[name]!r}, expected {named[name]!r}")
    if "waits" in named:
        found = sorted(task["step"] for task in _waits(affair))
        stage.expect(found == sorted(named["waits"]), f"{found} wait, expected {named['waits']}")


def _task(stage: Stage, step: dict[str, Any]) -> None:
    named = step["task"]
    affair = _affair_of(stage, named["of"])
    if affair is None:
        return
    found = _waits(affair, named["step"], named.get("body", ""))
    count = named.get("count", 1)
    stage.expect(len(found) == count, f"{len(found)} such steps wait, expected {count}")


def _check_process(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    known = {key for one in (package, *package.required.values()) for key in one.value("processes.yaml")}
    key = step["process"]["process"]
    if key in known:
        return []
    where = document.position((*path, "process", "process"))
    return [Problem(NO_REFERENCE, f"no scene declares the process {key!r}", where, nearest(key, known))]


def _check_act(_package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    key, known = step["act"]["act"], (*AFFAIR_ACTS, *TASK_ACTS)
    if key in known:
        return []
    where = document.position((*path, "act", "act"))
    return [Problem(NO_REFERENCE, f"there is no act {key!r}", where, nearest(key, known))]


_OF: Schema = record({"of": NAME})
_APPLICATION = record(
    {"process": KEY, "region": REGION, "subject": NAME},
    {"data": mapping_of({}, FIELD), "key": NAME, "as": ROLE},
)
_ACT: Schema = {
    "type": "object",
    "required": ["act", "of"],
    "properties": {"act": KEY, "of": NAME, "as": ROLE, "step": FIELD, "body": KEY},
}
_AFFAIR = record(
    {"of": NAME},
    {
        "status": {"enum": list(Status.values)},
        "outcome": {"type": "string"},
        "waits": {"type": "array", "items": FIELD},
    },
)
_TASK = record({"of": NAME, "step": FIELD}, {"body": KEY, "count": {"type": "integer", "minimum": 0}})
_WORDS = (
    ("process", Clause.WHEN, _APPLICATION, _apply, "提出申请", "an application is taken in", _check_process),
    ("act", Clause.WHEN, _ACT, _act, "对办件或其环节做一件事", "something is done to an affair", _check_act),
    ("lapse", Clause.WHEN, _OF, _lapse, "办件的时限全部到期", "its time limits run out", None),
    ("affair", Clause.THEN, _AFFAIR, _affair, "办件状态如所述", "the affair stands like this", None),
    ("task", Clause.THEN, _TASK, _task, "有此环节待办", "such a step waits", None),
)
for _word, _clause, _schema, _run, _zh, _en, _checks in _WORDS:
    _more: dict[str, Any] = {"check": _checks} if _checks is not None else {}
    register_step(Step(_word, frozenset({_clause}), record({_word: _schema}), _run, _zh, _en, **_more))
items_steps.register()

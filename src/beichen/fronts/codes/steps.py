"""The room's words for stories: who holds an entitlement, a code that they show, what its reader is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from beichen.fronts.codes import service
from beichen.fronts.codes.holding import Standing, latest
from beichen.fronts.codes.models import Reader
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import register_person
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import KEY, TIME_OF_DAY, Schema, record
from beichen.problem import Problem, ProblemError, nearest

FILE, SCANS = "entitlements.yaml", "/api/codes/scans"
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 60}
_SINCE = timedelta(days=8)
"""A story's grant is older than its rides: a gate brings what it read within seven days."""
Check = Callable[[Package, Document, Path, dict[str, Any]], list[Problem]]


def _person(stage: Stage, name: str) -> Person:
    known = f"person {name}"
    if known not in stage.names:
        stage.names[known] = register_person(name, by=stage.by).code
    return Person.objects.get(code=stage.names[known])


def _hold(stage: Stage, step: dict[str, Any]) -> None:
    named = step["holds"]
    person = _person(stage, named["person"])
    try:
        row = service.find_entitlement(named["entitlement"])
        service.grant(row, person, by=stage.by, now=timezone.now() - _SINCE)
    except ProblemError as error:
        stage.refuse(error)


def _show(stage: Stage, step: dict[str, Any]) -> None:
    """A gate of the reader, which takes one from the counter, brings what it read at that hour."""
    named = step["shows"]
    person, at = _person(stage, named["person"]), latest(int(named["day"]), str(named["at"]))
    try:
        row = service.find_entitlement(named["entitlement"])
        reader = Reader.objects.select_related("body").get(key=named["reader"])
        code = service.make_codes(person, row, reader, now=at, count=1)[0].text
        secret = _gate(stage, reader.key, row.key)
    except ProblemError as error:
        return stage.refuse(error)
    own, stage.secret = stage.secret, secret
    reply = stage.send("POST", SCANS, {"scans": [{"code": code, "at": at.isoformat()}]})
    stage.secret = own
    if reply.status == 200:
        answer = reply.content["answers"][0]
        stage.names["answer"] = answer["reason"]
        stage.names["left"] = str(answer.get("left", ""))
    return None


def _gate(stage: Stage, reader: str, entitlement: str) -> str:
    known = f"gate of {reader} for {entitlement}"
    if known not in stage.names:
        facts = service.GateFacts(
            f"story-{entitlement}"[:60], entitlement, reader, "story", (entitlement,), takes=True
        )
        stage.names[known] = service.enter_gate(facts, by=stage.by)[1]
    return stage.names[known]


def _answered(stage: Stage, step: dict[str, Any]) -> None:
    named = step["answered"]
    found = stage.names.get("answer", "nothing")
    stage.expect(found == named["reason"], f"it was {found!r}, expected {named['reason']!r}")
    if "left" in named:
        left = stage.names.get("left", "")
        stage.expect(left == str(named["left"]), f"{left!r} are left, expected {named['left']}")


def _check(word: str) -> Check:
    def check(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
        packages = (package, *package.required.values())
        known = {str(key) for one in packages for key in one.value(FILE).get("entitlements", {})}
        key = str(step[word]["entitlement"])
        if key in known:
            return []
        where = document.position((*path, word, "entitlement"))
        return [Problem(NO_REFERENCE, f"no scene declares {key!r}", where, nearest(key, known))]

    return check


_SHOWN: dict[str, Schema] = {
    "person": _NAME,
    "entitlement": KEY,
    "reader": KEY,
    "day": {"type": "integer", "minimum": 1, "maximum": 7},
    "at": TIME_OF_DAY,
}
_REASONS: Schema = {"enum": [str(one) for one in Standing]}
for _step in (
    Step(
        "holds",
        frozenset({Clause.GIVEN, Clause.WHEN}),
        record({"holds": record({"person": _NAME, "entitlement": KEY})}),
        _hold,
        zh="此人被授予一项权益",
        en="somebody is granted an entitlement",
        check=_check("holds"),
    ),
    Step(
        "shows",
        frozenset({Clause.WHEN}),
        record({"shows": record(_SHOWN)}),
        _show,
        zh="在上一个星期几的几点出示居民码，闸机计一次",
        en="somebody showed a code at a gate on the last such day and hour; the gate takes one",
        check=_check("shows"),
    ),
    Step(
        "answered",
        frozenset({Clause.THEN}),
        record({"answered": record({"reason": _REASONS}, {"left": {"type": "integer", "minimum": 0}})}),
        _answered,
        zh="闸机最近一次得到的答复",
        en="what the gate was told last",
    ),
):
    register_step(_step)

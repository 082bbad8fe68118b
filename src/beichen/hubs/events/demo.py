"""What `demo-reports.yaml` of a city shows: reports at their places, and how far each case has come.

Everything is done by the room's own service at the times that the file says (before now), and is flagged
``is_demo``. A report's key makes it come in once: loading the city again adds only what is new. The steps of
a case are done by the actor that loads the city; its photographs are of one colour and show nobody.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from beichen.hubs.events.acting import act, rate
from beichen.hubs.events.case.projection import state_of
from beichen.hubs.events.commands import (
    Accept,
    Answer,
    Dispatch,
    FinishStep,
    Handle,
    Refuse,
    Verify,
)
from beichen.hubs.events.evidence import photograph
from beichen.hubs.events.intake.receive import Receipt, receive
from beichen.hubs.events.intake.report import ReportDraft
from beichen.hubs.events.kinds.declaration import read_kind
from beichen.hubs.events.models import Case, EventKind, Report
from beichen.hubs.events.words import Channel, Stage
from beichen.kernel.actor import Actor
from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.durations import DURATION, duration
from beichen.kernel.scene.vocabulary import REGION, Schema, mapping_of, record
from beichen.problem import Problem, ProblemError, shorten

_WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": 500}
_DONE = "✓"  # what a result says that the file does not
_ENDS = ("accept", "refused", "handle", "verify", "answer", "rate", "closed")
_STEP = 0.15  # of the time since the report: so far apart lie the steps of a case


def schema() -> Schema:
    """Reports by key: what, where, how long ago, and the stage that the case has come to (``until``)."""
    point = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    answer: Schema = {"type": ["string", "number"]}
    told = record(
        {"kind": _WORDS, "text": _WORDS, "ago": DURATION},
        {
            "at": point,
            "region": REGION,
            "address": _WORDS,
            "channel": {"enum": ["web", "open311", "hotline", "patrol"]},
            "answers": mapping_of(answer, keys={"type": "string"}),
            "until": {"enum": list(_ENDS)},
            "result": _WORDS,
            "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        },
    )
    return record({"reports": mapping_of(told)})


def install_demo(document: Document, *, by: Actor, now: datetime | None = None) -> list[str]:
    """Send the reports that are not there yet; returns their keys.

    Raises ProblemError SCN-305 for a kind that no scene of the city declares, and what the service refuses.
    """
    moment = now or timezone.now()
    told = document.value["reports"]
    _refuse_unknown_kinds(document)
    known = set(Report.objects.filter(key__in=[_key(name) for name in told]).values_list("key", flat=True))
    new = [name for name in told if _key(name) not in known]
    for name in new:
        _tell(name, told[name], by=by, now=moment)
    return new


def _key(name: str) -> str:
    return f"demo:{name}"


def _refuse_unknown_kinds(document: Document) -> None:
    known = set(EventKind.objects.filter(is_current=True).values_list("key", flat=True))
    found = [
        Problem(
            codes.NO_REFERENCE,
            shorten(f"no scene declares the kind {told['kind']!r}"),
            document.position(("reports", name, "kind")),
        )
        for name, told in document.value["reports"].items()
        if told["kind"] not in known
    ]
    if found:
        raise ProblemError(*found)


def _tell(name: str, told: dict[str, Any], *, by: Actor, now: datetime) -> None:
    longitude, latitude = told.get("at", (None, None))
    draft = ReportDraft(
        channel=Channel(told.get("channel", Channel.WEB)),
        text=told["text"],
        key=_key(name),
        kind=told["kind"],
        longitude=longitude,
        latitude=latitude,
        address=told.get("address", ""),
        region=told.get("region", ""),
        answers=told.get("answers", {}),
        is_demo=True,
    )
    began = now - duration(told["ago"])
    receipt = receive(draft, by=by, now=began)
    if receipt.is_new and not receipt.is_joined:
        _go_on(receipt, told, by=by, began=began, pace=(now - began) * _STEP)


def _go_on(receipt: Receipt, told: dict[str, Any], *, by: Actor, began: datetime, pace: timedelta) -> None:
    """Take the case from step to step until it stands where the file says."""
    until, code = told.get("until", "accept"), receipt.case.code
    if until == "accept":
        return
    if until == "refused":
        act(code, Refuse(reason=told.get("result", _DONE)), by=by, now=began + pace)
        return
    row = receipt.case
    if row.stage == Stage.ACCEPT:  # some kinds are accepted without an operator
        row = act(code, Accept(), by=by, now=began + pace)
    if row.stage == Stage.DISPATCH:
        act(code, Dispatch(lead=receipt.case.centre.key), by=by, now=began + pace)
    for number, stage in enumerate(_ENDS[3:], 2):
        if _ENDS.index(until) < _ENDS.index(stage):
            return
        _reach(stage, receipt, told, by=by, now=began + pace * number)


def _reach(stage: str, receipt: Receipt, told: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """The one step that brings the case to ``stage``."""
    code, result = receipt.case.code, told.get("result", _DONE)
    if stage == "verify":
        _handle(code, result, by=by, now=now)
    elif stage == "answer" and Case.objects.get(code=code).stage == Stage.VERIFY:
        act(code, Verify(is_passed=True), by=by, now=now)
    elif stage == "rate":
        act(code, Answer(text=result), by=by, now=now)
    elif stage == "closed":
        report = Report.objects.select_related("case").get(code=receipt.report.code)
        rate(report, told.get("stars", 5), is_solved=True, opinion="", by=by, now=now)


def _handle(code: str, result: str, *, by: Actor, now: datetime) -> None:
    """The result, after the evidence and the steps that the kind needs."""
    state = state_of(Case.objects.get(code=code))
    kind = read_kind(EventKind.objects.get(key=state.kind).declared)
    for need in kind.needed:
        photograph(code, _picture(), by=by, need=need, now=now)
    for step in kind.steps:
        act(code, FinishStep(step=step.key), by=by, now=now)
    asked = {name: next(iter(ask.choices), result) for name, ask in kind.result.items() if ask.required}
    act(code, Handle(result=result, answers=asked), by=by, now=now)


def _picture() -> io.BytesIO:
    from PIL import Image

    content = io.BytesIO()
    Image.new("RGB", (320, 240), "grey").save(content, "PNG")
    content.seek(0)
    return content

"""``{report: {kind: …, region: "990102", text: …}}``: a report, through Open311 or the door for takers.

``key`` names it for later steps (``of: KEY``) and is its ``Idempotency-Key``. Without a ``channel`` a
citizen's program sends it to `/open311/v2`; with ``hotline`` or ``patrol`` at `/api/events/reports`.
"""

from __future__ import annotations

from typing import Any

from beichen.hubs.events.kinds.likeness import whole
from beichen.hubs.events.steps.voice import FILE, ROLE, check_kind, key_of, send
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import FIELD, REGION, Schema, mapping_of, record
from beichen.problem import Problem

OPEN311, TAKEN = "/open311/v2/requests.json", "/api/events/reports"
TEXT: Schema = {"type": "string", "maxLength": 5000}
NAME: Schema = {"type": "string", "pattern": "^[a-z0-9-]{1,60}$", "x-form": "a name such as first"}
POINT: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}


def _report(stage: Stage, step: dict[str, Any]) -> None:
    told = step["report"]
    name = told.get("key", "")
    headers = {"Idempotency-Key": f"{stage.package.key}:{name}"} if name else {}
    secret = key_of(stage, told.get("as"))
    if "channel" in told:
        sent = {
            word: told[word]
            for word in ("channel", "text", "kind", "at", "region", "answers")
            if word in told
        }
        reply = send(stage, TAKEN, sent, secret=secret, headers=headers)
        code = reply.content.get("report", "") if reply.status < 400 else ""
    else:
        reply = send(stage, OPEN311, _parameters(told), secret=secret, form=True, headers=headers)
        code = reply.content[0]["service_request_id"] if reply.status < 400 else ""
    if name and code:
        stage.names[name] = code


def _parameters(told: dict[str, Any]) -> dict[str, Any]:
    """What a GeoReport client sends."""
    found: dict[str, Any] = {"service_code": told.get("kind", ""), "description": told["text"]}
    if "at" in told:
        found |= {"long": told["at"][0], "lat": told["at"][1]}
    if "region" in told:
        found["address_id"] = told["region"]
    return found | {f"attribute[{name}]": value for name, value in told.get("answers", {}).items()}


def _check(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    """The kind is declared, and citizens may report it where they do."""
    told = step["report"]
    wrong = check_kind("report", package, document, path, told.get("kind"))
    if wrong or "channel" in told:
        return wrong
    packages = (*package.required.values(), package)
    declared: dict[str, Any] = next(
        (whole(one.value(FILE))[told["kind"]] for one in packages if told.get("kind") in one.value(FILE)), {}
    )
    if declared and not declared.get("public"):
        where = document.position((*path, "report", "kind"))
        hint = "say channel: patrol, or hotline"
        return [Problem(NO_REFERENCE, f"citizens do not report {told['kind']}", where, hint)]
    return []


_REPORT = record(
    {"text": TEXT},
    {
        "kind": {"type": "string", "maxLength": 120},
        "at": POINT,
        "region": REGION,
        "answers": mapping_of({"type": ["string", "number", "array"]}, FIELD),
        "channel": {"enum": ["hotline", "patrol", "device"]},
        "key": NAME,
        "as": ROLE,
    },
)
register_step(
    Step(
        "report",
        frozenset({Clause.GIVEN, Clause.WHEN}),
        record({"report": _REPORT}),
        _report,
        "一条诉求：市民经 Open311 提交，或由受理员、网格员登记（channel）",
        "a report: sent by a citizen through Open311, or taken by an attendant or a patrol (channel)",
        _check,
    )
)

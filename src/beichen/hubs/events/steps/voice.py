"""How the room's words speak: HTTP with the story's key or the key of a role, forms and headers included."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import orjson
from django.test import Client

from beichen.kernel.access.service import create_client
from beichen.kernel.org.models import Body
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Reply, Stage
from beichen.kernel.scene.vocabulary import KEY, Schema
from beichen.problem import Problem, nearest, shorten
from beichen.settings import settings

FILE = "events.yaml"
_CODES = re.compile(r"\[([A-Z]{3}-\d{3})\]")
ROLE: Schema = {
    "anyOf": [
        KEY,
        {
            "type": "object",
            "propertyNames": KEY,
            "additionalProperties": KEY,
            "minProperties": 1,
            "maxProperties": 1,
        },
    ],
    "x-form": "a role, or a role and its body: {officer: east}",
}


def key_of(stage: Stage, role: Any) -> str:
    """The key of a client with this role, everywhere or at one body; without a role the story's own."""
    if not role:
        return stage.secret
    name, body_key = (role, "") if isinstance(role, str) else next(iter(role.items()))
    known = f"key of {name} at {body_key}"
    if known not in stage.names:
        body = Body.objects.select_related("region").get(key=body_key) if body_key else None
        at = f"{name}-{body_key}".rstrip("-")[:60]
        stage.names[known] = create_client(f"story-{at}", at, name, by=stage.by, body=body)
    return stage.names[known]


def send(
    stage: Stage,
    path: str,
    values: Mapping[str, Any],
    *,
    secret: str = "",
    form: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """POST ``values`` as JSON, or as a form. A refusal is noted by the codes that it names."""
    kind: dict[str, Any] = {} if form else {"content_type": "application/json"}
    response = Client(raise_request_exception=False).post(
        path,
        dict(values) if form else orjson.dumps(values),
        headers={"Authorization": f"Bearer {secret or stage.secret}", **(headers or {})},
        secure=True,
        SERVER_NAME=settings().hosts.split(",")[0].strip(),
        **kind,
    )
    stage.expect(response.status_code < 500, f"POST {path} answered {response.status_code}")
    has_json = "json" in response.headers.get("Content-Type", "") and response.content
    content = orjson.loads(response.content) if has_json else None
    if response.status_code >= 400:
        _note(stage, content, response.status_code)
    return Reply(response.status_code, content)


def _note(stage: Stage, content: Any, status: int) -> None:
    """Note a refusal. GeoReport's errors have no member for a code: it stands in their description."""
    if not isinstance(content, list):
        stage.note(content, f"HTTP-{status}")
        return
    found = [code for one in content for code in _CODES.findall(one.get("description", ""))]
    stage.refusals += list(dict.fromkeys(found)) or [f"HTTP-{status}"]


def picture() -> io.BytesIO:
    """A photograph to send: one colour, so that it shows nobody."""
    from PIL import Image

    content = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(content, "PNG")
    content.seek(0)
    content.name = "photo.png"
    return content


def check_kind(word: str, package: Package, document: Document, path: Path, key: str | None) -> list[Problem]:
    """That a scene declares the kind: this one or one that it requires."""
    packages = (*package.required.values(), package)
    known = {name for one in packages for name in one.value(FILE)}
    if key is None or key in known:
        return []
    message = shorten(f"no scene declares the kind {key!r}")
    return [Problem(NO_REFERENCE, message, document.position((*path, word, "kind")), nearest(key, known))]

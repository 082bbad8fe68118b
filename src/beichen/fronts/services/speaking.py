"""Speaking as a role in a story: a key for each role and body, and what is published is heard at once."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.service import create_client
from beichen.kernel.bus.service import heard_at_once
from beichen.kernel.org.models import Body
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.vocabulary import KEY, Schema, mapping_of

NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 60}
ROLE: Schema = {
    "anyOf": [KEY, mapping_of(KEY, minProperties=1, maxProperties=1)],
    "x-form": "a role, or a role and its body: {officer: fire-brigade}",
}


def as_role(stage: Stage, role: Any) -> tuple[str, str]:
    """The key of a client with this role, and its body; without a role the story's own key."""
    if not role:
        return stage.secret, ""
    name, body_key = (role, "") if isinstance(role, str) else next(iter(role.items()))
    known = f"key of {name} at {body_key}"
    if known not in stage.names:
        body = Body.objects.select_related("region").get(key=body_key) if body_key else None
        at = f"{name}-{body_key}".rstrip("-")[:60]
        stage.names[known] = create_client(f"story-{at}", at, name, by=stage.by, body=body)
    return stage.names[known], body_key


def send(stage: Stage, path: str, values: dict[str, Any], secret: str) -> Any:
    """Send with this key; a bundle goes on when one of its affairs has ended."""
    own, stage.secret = stage.secret, secret
    try:
        with heard_at_once():
            return stage.send("POST", path, values)
    finally:
        stage.secret = own

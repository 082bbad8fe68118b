"""What a step acts on: a program with a key of its own at the open protocols, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.test import Client

from beichen.kernel.actor import Actor
from beichen.kernel.scene import codes
from beichen.kernel.scene.section import Package
from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.settings import settings


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: its status, and its JSON (None when it has none)."""

    status: int
    content: Any


@dataclass(slots=True)
class Stage:
    """One story's stage. ``by`` acts inside; ``send`` speaks to the open protocols as a client.

    ``refusals`` are the problem codes that were answered since the story began; a story that does not
    expect them fails. ``names`` maps the story's own names to codes that rooms gave out.
    """

    package: Package
    by: Actor
    secret: str
    where: Where = field(default_factory=Where)
    refusals: list[str] = field(default_factory=list)
    failures: list[Problem] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    _client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def send(
        self, method: str, path: str, body: Any = None, *, media_type: str = "application/json"
    ) -> Reply:
        """Send a request with the story's key. A refusal (4xx) is noted by its problem codes."""
        reply = self._ask(method, path, body, media_type)
        if reply.status >= 400:
            self.note(reply.content, f"HTTP-{reply.status}")
        return reply

    def look(self, path: str) -> Reply:
        """Read something to check it: a refusal is an answer like another."""
        return self._ask("GET", path, None, "application/json")

    def _ask(self, method: str, path: str, body: Any, media_type: str) -> Reply:
        response = self._client.generic(
            method,
            path,
            orjson.dumps(body) if body is not None else b"",
            content_type=media_type,
            headers={"Authorization": f"Bearer {self.secret}", "Accept": "application/json"},
            secure=True,
            SERVER_NAME=settings().hosts.split(",")[0].strip(),
        )
        has_json = "json" in response.headers.get("Content-Type", "") and response.content
        self.expect(response.status_code < 500, f"{method} {path} answered {response.status_code}")
        return Reply(response.status_code, orjson.loads(response.content) if has_json else None)

    def note(self, document: Any, otherwise: str) -> None:
        """Note the codes of a problem document, or ``otherwise`` when it has none."""
        parts = [document, *document.get("errors", ())] if isinstance(document, dict) else []
        found = [part["code"] for part in parts if "code" in part]
        self.refusals += list(dict.fromkeys(found)) or [otherwise]

    def expect(self, holds: bool, message: str, hint: str = "") -> None:
        """Note a failure at the step that is being run, unless ``holds``."""
        if not holds:
            self.failures.append(Problem(codes.STORY_FAILED, shorten(message), self.where, hint))

    def refuse(self, error: ProblemError) -> None:
        """Note the codes of what a room refused."""
        self.refusals += [problem.code for problem in error.problems]

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
        """Send a request with the story's key. A refusal (4xx) is noted by its problem code."""
        response = self._client.generic(
            method,
            path,
            orjson.dumps(body) if body is not None else b"",
            content_type=media_type,
            headers={"Authorization": f"Bearer {self.secret}", "Accept": "application/json"},
            secure=True,
            SERVER_NAME=settings().hosts.split(",")[0].strip(),
        )
        content = (
            orjson.loads(response.content) if "json" in response.headers.get("Content-Type", "") else None
        )
        if response.status_code >= 500:
            self.expect(False, f"{method} {path} answered {response.status_code}")
        elif response.status_code >= 400:
            known = content.get("code") if isinstance(content, dict) else None
            self.refusals.append(known or f"HTTP-{response.status_code}")
        return Reply(response.status_code, content)

    def expect(self, holds: bool, message: str, hint: str = "") -> None:
        """Note a failure at the step that is being run, unless ``holds``."""
        if not holds:
            self.failures.append(Problem(codes.STORY_FAILED, shorten(message), self.where, hint))

    def refuse(self, error: ProblemError) -> None:
        """Note the codes of what a room refused."""
        self.refusals += [problem.code for problem in error.problems]

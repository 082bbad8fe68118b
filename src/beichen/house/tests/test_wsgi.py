"""Whole answers leave in one piece."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from beichen.house.wsgi import application

pytestmark = pytest.mark.django_db


def answer(path: str) -> tuple[Any, dict[str, str]]:
    """What the server gets for a GET."""
    headers: dict[str, str] = {}

    def start(_status: str, given: list[tuple[str, str]], _error: Any = None) -> None:
        headers.update(given)

    environ = RequestFactory().get(path).environ
    return application(environ, start), headers


def test_a_whole_answer_is_one_part_and_its_request_is_over() -> None:
    finished: list[Any] = []

    def note(**_about: Any) -> None:
        finished.append(1)

    request_finished.connect(note)
    # The test's transaction needs its connection beyond the request.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        content, headers = answer("/ngsi-ld/v1/types")
    finally:
        request_finished.disconnect(note)
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)
    assert isinstance(content, list)
    assert headers["Content-Length"] == str(len(b"".join(content)))
    assert len(finished) == 1

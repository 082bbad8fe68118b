"""Whole answers leave in one piece; the short way of programs begins at the door and ends as the long one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.urls import clear_script_prefix

from beichen.house import wsgi
from beichen.house.wsgi import application
from beichen.registry.express import ExpressMiddleware

pytestmark = pytest.mark.django_db
TYPES = "/ngsi-ld/v1/types"


def answer(path: str, **more: Any) -> tuple[Any, dict[str, str]]:
    """What the server gets for a GET; the status is among the headers."""
    headers: dict[str, str] = {}

    def start(status: str, given: list[tuple[str, str]], _error: Any = None) -> None:
        headers.update({"Status": status, **dict(given)})

    environ = RequestFactory().get(path).environ
    environ.pop("HTTP_COOKIE", None)  # a browser's, which programs have none of
    return application({**environ, **more}, start), headers


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Filled each time that connections are looked at; the test's own transaction keeps its connection."""
    found: list[int] = []
    monkeypatch.setattr(wsgi, "close_old_connections", lambda **_about: found.append(1))
    return found


@pytest.fixture
def finished(looked_at: list[int]) -> Any:
    """Filled at the end of each request of Django's handler."""
    found: list[Any] = []

    def note(**_about: Any) -> None:
        found.append(1)

    request_finished.connect(note)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield found
    clear_script_prefix()
    request_finished.disconnect(note)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def test_a_whole_answer_is_one_part_and_its_request_is_over(finished: list[Any]) -> None:
    content, headers = answer("/healthz")
    assert isinstance(content, list)
    assert headers["Content-Length"] == str(len(b"".join(content)))
    assert len(finished) == 1


def test_the_short_way_begins_at_the_door(finished: list[Any], looked_at: list[int]) -> None:
    """Django's handler is not asked; connections are looked at before and after."""
    content, headers = answer(TYPES)
    assert isinstance(content, list)
    assert headers["Status"] == "200 OK"
    assert headers["Content-Length"] == str(len(b"".join(content)))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (len(finished), len(looked_at)) == (0, 2)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (TYPES, {"HTTP_COOKIE": "beichen_session=x"}),
        (TYPES, {"HTTP_ACCEPT": "text/html"}),
        (TYPES, {"SCRIPT_NAME": "/below"}),
        ("/ogc/nothing", {}),
        ("/ogc?f=html", {}),
    ],
)
def test_what_may_be_a_persons_takes_the_long_way(
    path: str, more: dict[str, str], finished: list[Any], looked_at: list[int]
) -> None:
    answer(path, **more)
    assert (len(finished), len(looked_at)) == (1, 0)


def test_a_mistake_on_the_short_way_is_told(
    monkeypatch: pytest.MonkeyPatch, looked_at: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    """As on the long one: a document of the code for mistakes of ours, and a record."""

    def mistaken(*_given: Any) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(ExpressMiddleware, "answer", mistaken)
    content, headers = answer(TYPES)
    assert headers["Status"] == "500 Internal Server Error"
    assert json.loads(b"".join(content))["code"] == "WEB-500"
    assert "ours" in caplog.text
    assert len(looked_at) == 2


def test_a_query_of_too_many_fields_is_refused(looked_at: list[int]) -> None:
    _content, headers = answer(f"{TYPES}?{'&'.join(f'a{number}=1' for number in range(1_200))}")
    assert headers["Status"] == "400 Bad Request"

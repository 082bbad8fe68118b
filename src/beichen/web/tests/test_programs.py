"""What programs send: the version that they saw, and what can be kept of it; properties."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from beichen.problem import ProblemError
from beichen.web.programs import is_sound, seen_version, writer


def asked(**headers: str) -> HttpRequest:
    """A request of nobody with these headers."""
    request = RequestFactory(enforce_csrf_checks=True).post("/", headers=headers)
    request.user = AnonymousUser()
    return request


@given(st.integers(0, 999_999_999), st.sampled_from(['"{}"', 'W/"{}"', "{}", ' "{}" ']))
def test_a_version_is_read_as_it_was_given(version: int, form: str) -> None:
    """As `ETag` gave it, weak or strong, with or without its quotes."""
    assert seen_version(asked(**{"If-Match": form.format(version)}), "EVT-602") == version


@pytest.mark.parametrize("text", ["x", '"-1"', '"1', "1234567890", '"1", "2"'])
def test_what_is_no_version_is_refused(text: str) -> None:
    """With the room's own code."""
    with pytest.raises(ProblemError) as refused:
        seen_version(asked(**{"If-Match": text}), "EVT-602")
    assert refused.value.problems[0].code == "EVT-602"


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}, {"If-Match": " "}])
def test_who_names_no_version_saw_none(headers: dict[str, str]) -> None:
    """Any version is meant."""
    assert seen_version(asked(**headers), "EVT-602") is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": "字", "b": [1, None]}, True),
        ({"a": "x\x00"}, False),
        ({"a": 2**70}, False),
        ({"a": "\ud800"}, False),
    ],
)
def test_only_what_can_be_kept_is_sound(values: dict[str, Any], expected: bool) -> None:
    """No character without a form, no half of a pair, no number beyond 64 bits."""
    assert is_sound(values) is expected


def test_a_body_that_is_too_deep_is_not_sound() -> None:
    """Instead of a failure."""
    deep: Any = "x"
    for _ in range(2000):
        deep = [deep]
    assert is_sound({"a": deep}) is False


@pytest.mark.django_db
def test_nobody_writes_without_a_key_or_a_token() -> None:
    """With the room's own code, and how to do it."""
    with pytest.raises(ProblemError) as refused:
        writer(asked(), "EVT-601")
    assert refused.value.problems[0].code == "EVT-601"
    assert "Bearer" in str(refused.value.problems[0].hint)

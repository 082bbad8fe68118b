"""What tests of subscriptions stand on: a program, an endpoint, and the right to speak to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from beichen.registry.subscriptions import endpoint
from beichen.registry.tests.clients import Program
from beichen.registry.tests.endpoints import PostBox, post_box
from beichen.settings import settings


@pytest.fixture
def program() -> Program:
    """A data steward's program."""
    return Program()


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Endpoints of tests are on loopback, which has to be named."""
    allowed = replace(settings(), notification_hosts="127.0.0.1, 10.20.0.0/16")
    monkeypatch.setattr(endpoint, "settings", lambda: allowed)


@pytest.fixture
def box() -> Iterator[PostBox]:
    """An HTTP endpoint."""
    with post_box() as running:
        yield running

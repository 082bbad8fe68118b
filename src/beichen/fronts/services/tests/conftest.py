"""A gateway of the test's own, and a house that is set up to use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from beichen import settings as chosen
from beichen.fronts.services.items.payment import gateway as gateways
from beichen.fronts.services.items.payment import paying
from beichen.fronts.services.tests.till import SECRET, Till
from beichen.fronts.services.views import payments


@pytest.fixture
def till() -> Iterator[Till]:
    found = Till()
    yield found
    found.close()


@pytest.fixture
def open_till(till: Till, monkeypatch: pytest.MonkeyPatch) -> Till:
    """The house is set up to use it."""
    changed = replace(chosen.settings(), payment_url=till.url, payment_secret=SECRET)
    for module in (gateways, paying, payments):
        monkeypatch.setattr(module, "settings", lambda: changed)
    return till

"""A house that is served over HTTP, with a person and a body."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from beichen.kernel.access.openid.keys import forget_keys
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_account, load_roles
from beichen.kernel.org.service import BodyFacts, load_bodies, register_person
from beichen.settings import settings
from tests.openid.person import PASSWORD
from tests.openid.systems import BY, opened


@pytest.fixture
def house(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A served house with a person `an` and two systems."""
    monkeypatch.setenv("BEICHEN_PUBLIC_URL", live_server.url)
    for forget in (settings.cache_clear, forget_keys, forget_rates):
        forget()
    load_roles(by=BY)
    load_bodies([BodyFacts("water", "水务局")], by=BY)
    person = register_person("安", phone="+8613900000000", by=BY)
    create_account("an", PASSWORD, person, by=BY)
    yield live_server.url
    while opened:
        opened.pop().close()
    monkeypatch.undo()
    for forget in (settings.cache_clear, forget_keys, forget_rates):
        forget()

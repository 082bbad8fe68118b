"""A whole house in another process is the identity provider of this one: there and back over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import load_roles
from beichen.kernel.access.upstream import client as upstream_client
from beichen.kernel.actor import system
from beichen.settings import settings
from tests.openid.person import Person

ROOT = Path(__file__).resolve().parents[2]
BACK = "http://localhost:8000/account/upstream/callback"


@dataclass
class Other:
    """The other house: where it is, and the secret of this one there."""

    address: str
    secret: str


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Other]:
    """A house with a person `an` who may sign in to us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEICHEN_")}
    folder = tmp_path_factory.mktemp("other")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.openid.other_house", BACK],
        cwd=ROOT,
        env={**kept, "BEICHEN_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "beichen.house.django"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Other(told["address"], told["secret"])
        process.terminate()


@pytest.mark.django_db
def test_a_person_of_the_other_house_signs_in_here(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its page and its consent; they come back as the same."""
    load_roles(by=system("test"))
    chosen = {"ISSUER": f"{other.address}/o", "CLIENT_ID": "house", "CLIENT_SECRET": other.secret}
    for name, value in chosen.items():
        monkeypatch.setenv(f"BEICHEN_OIDC_{name}", value)
    monkeypatch.setattr(upstream_client, "TIMEOUT", 60)  # a busy machine is not what is looked at
    for forget in (settings.cache_clear, upstream_client._client.cache_clear, forget_rates):
        forget()
    names = set()
    try:
        for _ in range(2):
            browser = Client()
            away = browser.get("/account/upstream?next=/me")
            landed = Person(other.address, "an").go(away["Location"])
            assert landed.startswith(f"{BACK}?code=")
            back = browser.get(f"{urlsplit(landed).path}?{urlsplit(landed).query}")
            assert (back.status_code, back["Location"]) == (302, "/me")
            names.add(browser.session["_auth_user_id"])
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert names == {str(Account.objects.get().pk)}

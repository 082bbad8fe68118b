"""Whatever the descriptions of services, codes, the OpenID provider and the ledger allow, made up and sent.

`/o` and `/tlog` answer as they are described, to the letter; `/api` without a server error.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from schemathesis.checks import not_a_server_error

from beichen.fronts.codes.tests import town as codes
from beichen.fronts.services.items import booking, bundling
from beichen.fronts.services.items import service as items
from beichen.fronts.services.tests import stall
from beichen.fronts.services.tests.town import SETUP
from beichen.house.wsgi import application
from beichen.hubs.apps.tests.conftest import BACK, facts
from beichen.kernel.access.openid.keys import forget_keys
from beichen.kernel.access.openid.parties import register_party
from beichen.kernel.access.service import create_client, load_roles
from beichen.kernel.files import store as files
from beichen.kernel.org.service import BodyFacts, load_bodies
from beichen.platforms.ledger import store as tiles
from beichen.platforms.ledger.tests import ground, offices
from beichen.settings import settings
from tests.describing import DESCRIBED, call_all, one_connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys and files of the test's own, one connection."""
    for name in ("LEDGER_KEYS", "CODES_KEYS", "FILES_URL"):
        monkeypatch.setenv(f"BEICHEN_{name}", str(tmp_path / name))
    _forget()
    with one_connection():
        yield
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for forget in (settings.cache_clear, files.contents.cache_clear, tiles.forget, forget_keys):
        forget()


def _api(room: str) -> Any:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    return schema.include(path_regex=f"^/api/{room}")


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.long
def test_services() -> None:
    """For a program that may do everything that a person may."""
    stall.build()
    key = create_client("desk", "Desk", "administrator", by=SETUP)
    known: dict[str, Any] = {
        "affair_code": stall.apply(key="known").code,
        "number": 1,
        "act": "complete",
        "item_key": "permit",
        "item": "permit",
        "bundle_key": "firm",
        "run_code": bundling.apply_bundle(
            "firm", {"number": 3}, "FIRM-1", stall.place(), by=SETUP, key="run",
            materials=stall.papers(articles="uploaded"),
        ).code,
        "window_key": "hall",
        "window": "hall",
        "appointment_code": _booked(),
        "process": "permit",
        "subject": "FIRM-1",
        "region": "990100",
        "data": {"project": "x", "area_m2": 10},
        "outcome": "accept",
        "reason": "x",
    }  # fmt: skip
    assert call_all(_api("services"), known, _bearer(key), [not_a_server_error]) == 21


def _booked() -> str:
    """An appointment at the last time of the last day that can be booked."""
    row = items.window("hall")
    slot = booking.slots(row, booking.days(row)[-1])[-1]
    return booking.book("hall", slot.starts, "P-1", by=SETUP).code


@pytest.mark.parametrize("caller", ["gate", "client"])
def test_codes(caller: str) -> None:
    """For a gate, and for a program of who enters gates."""
    codes.build()
    _gate, key = codes.gate()
    if caller == "client":
        key = create_client("desk", "Desk", "administrator", by=codes.BY)
    codes_shown = codes.shown(codes.person(), now=timezone.now())
    known = {"gate_key": "door-1", "key": "door-2", "reader": codes.LIBRARY, "codes": codes_shown}
    assert call_all(_api("codes"), known, _bearer(key), [not_a_server_error]) == 9


@pytest.mark.long
@pytest.mark.parametrize("is_public", [False, True])
def test_the_openid_provider(is_public: bool) -> None:
    """For a system with a secret and for one without: statuses, types and members are as described."""
    load_roles(by=SETUP)
    load_bodies([BodyFacts("water", "水务局")], by=SETUP)
    row, secret = register_party(facts(is_public=is_public), by=SETUP)
    pair = base64.b64encode(f"{row.key}:{secret}".encode()).decode()
    known = {"client_id": row.key, "redirect_uri": BACK, "scope": "openid", "response_type": "code"}
    known |= {} if is_public else {"client_secret": secret}
    schema = schemathesis.openapi.from_wsgi("/o/openapi.json", application)
    headers = {} if is_public else {"Authorization": f"Basic {pair}"}
    assert call_all(schema, known, headers, DESCRIBED) == 13


def test_the_ledger() -> None:
    """The log, its proofs, and what an issuer shows to everybody."""
    offices.build()
    ground.seal_many(300)
    offices.issued()
    schema = schemathesis.openapi.from_wsgi("/tlog/openapi.json", application)
    known = {"index": 7, "old": 3, "size": 300, "path": "0/000", "number": 1, "key": offices.ISSUED}
    assert call_all(schema, known, {}, DESCRIBED) == 10

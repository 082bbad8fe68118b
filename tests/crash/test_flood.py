"""Readings in a flood while gateway, worker, broker and database are killed: each is in the table once.

`TEST_READINGS` makes it larger; a million is `python -m tests.crash.flood prove`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.crash.flood import DEVICES, prove
from tests.crash.place import Databases, Place
from tests.crash.server import Server, programs

pytestmark = [pytest.mark.engines, pytest.mark.xdist_group("flood")]
READINGS = int(os.environ.get("TEST_READINGS", "20000")) // DEVICES * DEVICES


def test_a_flood_survives_the_death_of_everyone(databases: Databases, tmp_path: Path) -> None:
    server = Server() if databases.is_on_server else None
    if server is not None:
        if programs() is None:
            pytest.skip("PostgreSQL's programs are not installed")
        server.start()
    own = Databases(tmp_path, server.url) if server else databases
    place = Place(tmp_path, own.fresh())
    place.nats.start()
    try:
        figures = prove(place, tmp_path, readings=READINGS, rate=5_000, seed=1, server=server)
    finally:
        place.close()
        if server is not None:
            server.close()
    assert figures["table"] == figures["acknowledged"]
    assert figures["table"]["number"] == figures["table"]["once"] == READINGS
    assert {one["reason"] for one in figures["refused"]} <= {"duplicate"}
    assert figures["kills"] > 0

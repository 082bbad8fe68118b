"""The operator's commands: doctor, verify, client, bus."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from django.db import connection
from django.db.utils import ConnectionHandler
from django.test import Client

from beichen.house import doctor as room
from beichen.house import stamp
from beichen.house.doctor import doctor
from beichen.house.verify import verify
from beichen.kernel.access.commands import client
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.audit import service as audit
from beichen.problem import ProblemError
from beichen.settings import read_settings, settings

BY = system("test")


@pytest.mark.django_db
def test_verify_says_that_nothing_was_changed() -> None:
    audit.record(BY, "test.thing.do", "test:1")
    found = CliRunner().invoke(verify, ["--json"])
    assert found.exit_code == 0
    assert orjson.loads(found.output)["problems"] == []


@pytest.mark.django_db
def test_verify_finds_what_an_anchor_no_longer_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    (tmp_path / "audit.anchors").write_text('{"sequence": 99, "hash": "0", "at": "2026-01-01"}\n')
    found = CliRunner().invoke(verify, [])
    monkeypatch.undo()
    settings.cache_clear()
    assert found.exit_code == 1
    assert "AUD-104 anchored record 99 is missing" in found.output


@pytest.mark.django_db
def test_a_new_client_acts_with_the_key_that_was_shown(client_key: str, client_of_http: Client) -> None:
    assert len(client_key) > 40
    answer = client_of_http.post("/events", headers={"Authorization": f"Bearer {client_key}"})
    assert answer.json()["code"] == "BUS-104", "it is known, and sent no event"


@pytest.fixture
def client_of_http() -> Client:
    return Client()


@pytest.fixture
def client_key() -> str:
    load_roles(by=BY)
    found = CliRunner().invoke(client, ["new", "sensor-gateway", "--role", "operator", "--json"])
    key: str = orjson.loads(found.output)["key"]
    return key


@pytest.mark.django_db
def test_a_client_needs_a_role_that_exists() -> None:
    load_roles(by=BY)
    found = CliRunner().invoke(client, ["new", "gateway", "--role", "operater"])
    assert isinstance(found.exception, ProblemError)
    assert "ACC-101 no role is called 'operater' (did you mean 'operator'?)" in str(found.exception)


@pytest.mark.django_db
def test_doctor_says_what_is_missing_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "STATIC_ROOT", str(tmp_path))
    monkeypatch.setattr(room, "SPACE_BYTES", 1 << 60)
    monkeypatch.setattr(room, "PACKAGES", ("nothing_of_this_name",))
    found = CliRunner().invoke(doctor, [])
    assert found.exit_code == 1
    assert "DOC-106 the static files were not collected (make setup, then beichen up)" in found.output
    assert "DOC-105" in found.output
    assert "DOC-108 the package nothing_of_this_name is not installed" in found.output


@pytest.mark.django_db
def test_doctor_knows_a_broker_that_is_away_and_a_folder_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BEICHEN_NATS_URL", "nats://127.0.0.1:1")
    monkeypatch.setenv("BEICHEN_FILES_URL", str(tmp_path / "file" / "folder"))
    settings.cache_clear()
    found = CliRunner().invoke(doctor, ["--json"])
    monkeypatch.undo()
    settings.cache_clear()
    report = orjson.loads(found.output)
    assert report["broker"][0]["code"] == "DOC-103"
    assert report["files"][0]["code"] == "DOC-104"
    assert report["database"] == []


@pytest.mark.django_db
def test_doctor_knows_a_database_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "nowhere" / "beichen.db")}
    monkeypatch.setattr(room, "connection", ConnectionHandler({"default": absent})["default"])
    found = CliRunner().invoke(doctor, ["--json"])
    assert found.exit_code == 1
    problem = orjson.loads(found.output)["database"][0]
    assert (problem["code"], problem["detail"]) == ("DOC-101", "no sqlite database answers")
    assert problem["hint"].startswith("check BEICHEN_DATABASE_URL: unable to open database file")


@pytest.mark.django_db
def test_doctor_warns_of_a_machine_without_chinese_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "fc-list"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(room, "CHECKS", [check for check in room.CHECKS if check.name == "fonts"])
    found = CliRunner().invoke(doctor, [])
    assert "warning: DOC-107 no font here has Chinese characters (install fonts-noto-cjk" in found.output
    assert found.exit_code == 0, "a warning does not fail"


@pytest.mark.django_db(transaction=True)
def test_doctor_knows_a_schema_that_is_behind() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'kernel_bus'")
    try:
        found = CliRunner().invoke(doctor, ["--json"])
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied)"
                " VALUES ('kernel_bus', '0001_initial', CURRENT_TIMESTAMP)"
            )
    assert orjson.loads(found.output)["database"][0]["code"] == "DOC-102"


def test_the_stamp_sees_a_database_that_was_replaced(tmp_path: Path) -> None:
    chosen = read_settings({"BEICHEN_DATA_DIR": str(tmp_path)}, tmp_path)
    assert not stamp.is_current(chosen)
    with closing(sqlite3.connect(tmp_path / "beichen.db")) as database:
        database.execute("CREATE TABLE django_migrations (id integer)")
        database.execute("INSERT INTO django_migrations VALUES (7)")
        database.commit()
        stamp.keep(chosen)
        assert stamp.is_current(chosen)
        database.execute("INSERT INTO django_migrations VALUES (8)")
        database.commit()
    assert not stamp.is_current(chosen)

"""Tables in a bucket: the same acts against a server that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from beichen.platforms.warehouse import storage
from beichen.platforms.warehouse.service import append, compact, reader, touched, upsert, verify
from beichen.platforms.warehouse.tests.conftest import BY, COLUMNS, Declare
from beichen.settings import settings

pytestmark = pytest.mark.services


@pytest.fixture
def bucket(folder: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bucket of an S3 server in this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.put(f"{address}/city")
    values = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1",
              "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": address,
              "BEICHEN_TABLES_URL": "s3://city/tables"}  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    server.stop()


@pytest.mark.usefixtures("bucket")
def test_a_bucket_holds_tables_as_a_folder_does(declare: Declare) -> None:
    declare(columns=COLUMNS[:4], time="")
    assert list(storage.look()) == []
    first = append("wells", [{"code": "a", "count": 1}, {"code": "b"}], by=BY, source="t", load="1")
    assert append("wells", [], by=BY, source="t", load="1") == first
    declare(columns=(*COLUMNS[:4], COLUMNS[6]), time="")
    moment = datetime(2025, 3, 1, tzinfo=UTC)
    upsert("wells", [{"code": "a", "count": 2, "seen_at": moment}, {"code": "b"}], by=BY, source="t")
    with reader() as ask:
        rows = ask.sql("select code, count, seen_at from wells where code < 'z' order by 1").to_pylist()
    assert rows == [
        {"code": "a", "count": 2, "seen_at": moment},
        {"code": "b", "count": None, "seen_at": None},
    ]
    with reader({"wells": first.version}) as ask:
        assert ask.sql("select sum(count) n from wells").to_pylist() == [{"n": 1}]
    assert [day.isoformat() for day in (touched("wells", since=first.version).days or {})["seen_at"]] == [
        "2025-03-01"
    ]
    assert not compact("wells", by=BY)
    assert list(verify()) == []

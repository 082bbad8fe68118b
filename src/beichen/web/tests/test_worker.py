"""The service worker: what it keeps is there, changes its version, and is rendered for nobody."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from beichen.kernel.access.models import Account
from beichen.web import offline, worker

SHELL = {"X-Beichen-Shell": "1"}


def kept(client: Client) -> Any:
    """What the script says it keeps."""
    answer = client.get("/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    return orjson.loads(answer.content.partition(b"const SHELL = ")[2].partition(b";\n")[0])


def test_everything_that_it_keeps_is_there(client: Client) -> None:
    shell = kept(client)
    assert {page["path"] for page in shell["pages"]} >= {"/report", "/console/new"}
    missing = [one for one in shell["assets"] if finders.find(one.removeprefix("/static/")) is None]
    assert missing == []
    assert shell["away"] == "/offline"


@pytest.mark.django_db
def test_what_a_kept_page_loads_is_kept(client: Client) -> None:
    """All but the map's library."""
    assets = set(kept(client)["assets"])
    for path in ("/report", "/report?kind=other", "/offline"):
        page = client.get(path, headers=SHELL).content.decode()
        loaded = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
        assert {one for one in loaded - assets if "maplibre" not in one} == set()


def test_another_file_is_another_version(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept(client)["version"]
    worker.script.cache_clear()
    assert kept(client)["version"] == before
    worker.script.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(offline, "static", lambda name: f"/static/{name}.other")
        assert kept(client)["version"] != before
    worker.script.cache_clear()


@pytest.mark.django_db
def test_a_kept_page_names_nobody_and_reads_no_message(client: Client) -> None:
    account = Account.objects.create_user("zhang-san", password="long-enough-secret")
    client.force_login(account)
    assert "zhang-san" in client.get("/report").content.decode()
    assert "zhang-san" not in client.get("/report?kind=other", headers=SHELL).content.decode()

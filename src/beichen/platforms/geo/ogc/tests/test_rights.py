"""What may not be seen does not exist, and who may not write does not write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from beichen.kernel.access import service as access
from beichen.kernel.access.models import Client as Program
from beichen.kernel.levels import Level
from beichen.platforms.geo.models import Layer
from beichen.platforms.geo.ogc.tests import ground
from beichen.platforms.geo.ogc.tiles import cache

pytestmark = pytest.mark.django_db
HIDDEN = "/ogc/collections/stations"
TILE = "tiles/WebMercatorQuad/0/0/0"


@pytest.fixture(autouse=True)
def _city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FOLDER", str(tmp_path))
    access.load_roles(by=ground.BY)
    ground.keep_layers()
    ground.close("stations", Level.L2)


def key_of(role: str) -> dict[str, str]:
    """A client's key as a header."""
    return {"Authorization": f"Bearer {access.create_client(f'ogc-{role}', role, role, by=ground.BY)}"}


def test_what_may_not_be_seen_does_not_exist(client: Client) -> None:
    listed = client.get("/ogc/collections").json()["collections"]
    assert [one["id"] for one in listed] == ["areas"]
    for path in ("", "/items", "/items/s1", "/queryables", "/schema", "/tiles", f"/{TILE}", "/styles/light"):
        hidden, missing = client.get(f"{HIDDEN}{path}"), client.get(f"/ogc/collections/nothing{path}")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "GEO-613")
        assert hidden.json()["detail"] == missing.json()["detail"].replace("nothing", "stations")
        assert "stations" not in hidden.json().get("hint", "")
    assert client.get("/ogc/tiles/WebMercatorQuad/0/0/0", {"collections": "stations"}).status_code == 404
    assert b"stations" not in client.get("/ogc/tiles/WebMercatorQuad/0/0/0").content
    assert b"stations" not in client.get("/ogc", {"f": "html"}).content


def test_a_key_opens_what_its_role_may_see(client: Client) -> None:
    headers = key_of("steward")
    assert client.get(f"{HIDDEN}/items", headers=headers).json()["numberMatched"] == 4
    tile = client.get(f"{HIDDEN}/{TILE}", headers=headers)
    assert b"stations" in tile.content
    assert tile.headers["Cache-Control"].startswith("private")
    # What was kept for one who may see it is not answered to one who may not.
    assert client.get(f"{HIDDEN}/{TILE}").status_code == 404
    assert client.get(f"{HIDDEN}/{TILE}", headers={"If-None-Match": tile.headers["ETag"]}).status_code == 404


@pytest.mark.parametrize(
    ("rows", "change", "status"),
    [
        (Program, {"role": "public"}, 404),
        (Program, {"is_active": False}, 401),
        (Layer, {"level": Level.L4}, 404),
        (Layer, {"is_shown": False}, 404),
        (Layer, {"is_current": False}, 404),
    ],
)
def test_a_right_that_is_taken_away_is_gone_at_once(
    client: Client, rows: Any, change: dict[str, Any], status: int
) -> None:
    """Whatever was kept of the address, the query and the condition: the same request is refused next."""
    headers = key_of("steward")
    query = {"filter": "storeys > 3", "limit": "2"}
    for _time in range(2):
        assert client.get(f"{HIDDEN}/items", query, headers=headers).status_code == 200
    assert client.get(f"{HIDDEN}/items", query).status_code == 404  # without the key
    rows.objects.update(**change)
    assert client.get(f"{HIDDEN}/items", query, headers=headers).status_code == status


def test_a_key_that_is_none(client: Client) -> None:
    answer = client.get("/ogc/collections", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "ACC-401")


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", "items"), ("put", "items/a1"), ("patch", "items/a1"), ("delete", "items/a1")],
)
def test_a_write_needs_a_key_and_a_right(client: Client, method: str, path: str) -> None:
    url, body = f"/ogc/collections/areas/{path}", b"{}"
    answer = getattr(client, method)(url, body, content_type="application/geo+json")
    assert (answer.status_code, answer.json()["code"]) == (401, "GEO-620")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    headers = key_of("supervisor")
    answer = getattr(client, method)(url, body, content_type="application/geo+json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "ACC-403")

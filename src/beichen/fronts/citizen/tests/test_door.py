"""The door: what people come for, one search, what is near, large type; without an account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from ruamel.yaml import YAML

from beichen.fronts.citizen.door import nearby, views
from beichen.fronts.citizen.door.nearby import spot_of
from beichen.fronts.citizen.service import NewsFacts, publish_news, save_news
from beichen.fronts.citizen.tests.people import BY, citizen, city, signed_in
from beichen.hubs.events.models import Case, Report
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import save_role
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body
from beichen.kernel.scene.service import find_package
from beichen.platforms.geo.addresses.gazetteer import PlaceFacts, keep_places
from beichen.registry import service as registry
from beichen.registry.tests.clients import Program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built() -> Iterator[None]:
    """The city, and nobody counted yet."""
    city.build()
    forget_rates()
    yield
    forget_rates()


def published(title: str, text: str = "正文") -> int:
    """News that everybody may read."""
    body = Body.objects.order_by("path")[0].key
    row = save_news(NewsFacts(title, text, body, timezone.localdate()), by=BY)
    return publish_news(row.pk, by=BY).pk


def test_every_kind_of_facility_is_called_by_a_word() -> None:
    """Whatever the scene of places may hold: a key in the list is none."""
    declared = find_package("people-places") / "objects.yaml"
    field = YAML(typ="safe").load(declared.read_text(encoding="utf-8"))["facility"]["fields"]["category"]
    assert set(field["enum"]) == set(nearby.CATEGORIES)


def test_everybody_finds_what_they_come_for(client: Client) -> None:
    """Buttons lead to what is there, and the search asks nothing of the reader."""
    page = client.get("/").content.decode()
    for address in ("/report", "/follow", "/nearby", "/search"):
        assert f'"{address}"' in page
    for signed, visitor in ((False, client), (True, signed_in(citizen()))):
        shown = dict(visitor.get("/").context["ways"])
        assert len(shown) == len([way for way in views.WAYS if views.is_open(way.path)])
        answers = {address: visitor.get(address).status_code for address in shown.values()}
        assert set(answers.values()) == {200}, (signed, answers)
    assert not views.is_open("/no/such/page")


def test_the_door_stands_in_any_house(client: Client) -> None:
    """With nothing to show, and to who may see nothing."""
    save_role("public", "公众", [], Level.L1, by=BY)
    assert client.get("/").status_code == 200
    assert client.get("/search?q=水").status_code == 200
    assert client.get("/nearby").status_code == 403


def test_the_search_finds_what_rooms_register(client: Client) -> None:
    """Kinds of reports, news, places by initials, pages by other words; nothing is found by nothing."""
    number = published("供水管网检修通知", "周六停水")
    assert reverse("citizen:one-news", args=[number]) in client.get("/search?q=停水 管网").content.decode()
    assert "kind=works.road-damaged" in client.get("/search?q=道路").content.decode()
    assert "内部事件" not in client.get("/search?q=内部").content.decode()
    assert client.get("/search").context["groups"] == []
    assert client.get("/search?q=%00%20").status_code == 200


def test_a_search_with_anything_is_answered(client: Client) -> None:
    """Quotes, wildcards, other scripts, too much of it."""
    for words in ("' OR 1=1 --", '"', "%", "_", "*" * 500, "\\", "<script>", "😀", "a" * 5_000, "水" * 70):
        answer = client.get("/search", {"q": words})
        assert answer.status_code == 200
        assert b"<script>" not in answer.content.split(b"<main")[1]


def test_the_number_of_a_report_leads_to_it(client: Client) -> None:
    """One's own opens, another's asks for its code, without saying whether it exists."""
    account = citizen()
    own = signed_in(account)
    form = {"text": "路灯不亮", "region": city.EAST, "key": "k1", "mine": "on"}
    own.post("/report?kind=works.road-damaged", form)
    code = Report.objects.get().code
    assert f"/follow/{code}" in own.get("/search", {"q": code.lower()}).content.decode()
    stranger = client.get("/search", {"q": code}).content.decode()
    assert f"/follow?code={code}" in stranger
    unknown = client.get("/search", {"q": "20200101-AAAAAA"}).content.decode()
    assert "/follow?code=20200101-AAAAAA" in unknown


def test_a_flood_of_searches_is_refused_by_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And only that address."""
    monkeypatch.setattr(views, "SEARCH_RATE", "2/minute")
    monkeypatch.setattr(nearby, "RATE", "2/minute")
    for address in ("/search?q=a", "/nearby"):
        assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
        assert client.get(address, REMOTE_ADDR="10.9.9.9").status_code == 200


def test_closed_cases_are_told_without_a_word_of_anybody(client: Client) -> None:
    """Kind, district and time; not the text, not the place."""
    client.post("/report?kind=works.road-damaged", {"text": "秘密的话", "region": city.EAST, "key": "k"})
    assert "最近办结" not in client.get("/").content.decode()
    Case.objects.update(closed_at=timezone.now(), stage="closed", outcome="resolved", is_open=False)
    page = client.get("/").content.decode()
    assert "最近办结" in page
    assert "道路破损" in page
    assert "秘密的话" not in page


@pytest.mark.parametrize("text", ["", "a,b", "1", "1,2,3", "181,0", "0,91", "nan,0", "inf,1", "1e999,0"])
def test_what_is_no_place_is_none(text: str, client: Client) -> None:
    """Whatever stands in the address."""
    assert spot_of(text) is None
    assert client.get("/nearby", {"at": text}).status_code == 200


def test_what_is_near_is_listed_the_nearest_first(client: Client) -> None:
    """Of one kind, with the distance; a kind that is none is everything, an odd distance the usual one."""
    assert "尚无设施" in client.get("/nearby?at=125.3,43.8").content.decode()
    text = {"type": "string"}
    facility = registry.TypeFacts("facility", "place", "设施", "Facility", "point", {"category": text})
    registry.declare_types([facility], scene="x", by=BY)
    program = Program()
    for name, east, kind in (("远", 0.006, "police"), ("近", 0.001, "parking"), ("外", 0.2, "police")):
        place = {"type": "Point", "coordinates": [125.3 + east, 43.8]}
        program.create(f"urn:ngsi-ld:facility:{name}", "facility", name=name, category=kind, location=place)
    answer = client.get("/nearby?at=125.3,43.8&category=nothing&within=77")
    assert answer.context["within"] == 1_000
    assert [one.name for one in answer.context["rows"]] == ["近", "远"]
    page = client.get("/nearby?at=125.3,43.8&category=police").content.decode()
    assert "远" in page.split("<main")[1]
    assert "近</span>" not in page.split("<main")[1]
    assert client.get("/nearby?at=125.3,43.8&category=' or 1=1 --").status_code == 200


def test_a_place_is_found_by_its_name_or_initials(client: Client) -> None:
    """One place is shown at once, several are asked for, none is said."""
    facts = [
        PlaceFacts("test:1", "place", "人民广场", longitude=125.32, latitude=43.88),
        PlaceFacts("test:2", "place", "人民大街", longitude=125.33, latitude=43.87),
    ]
    keep_places(facts)
    assert client.get("/nearby?place=rmgc").context["spot"].name == "人民广场"
    assert len(client.get("/nearby?place=人民").context["places"]) == 2
    assert client.get("/nearby?place=没有的地方").context["is_unknown"]
    assert "/nearby?at=125.320000,43.880000" in client.get("/search?q=rmgc").content.decode()


def test_large_type_is_kept_and_leads_back(client: Client) -> None:
    """In a cookie; never to another house."""
    answer = client.post("/reading", {"reading": "easy", "next": "/news"})
    assert (answer.status_code, answer["Location"]) == (302, "/news")
    assert 'data-reading="easy"' in client.get("/").content.decode()
    for other in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        assert client.post("/reading", {"reading": "easy", "next": other})["Location"] == "/"
    client.post("/reading", {"reading": ""})
    assert "data-reading" not in client.get("/").content.decode()


def test_the_manifest_names_the_house(client: Client) -> None:
    """So that a phone can keep it."""
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert answer.json()["start_url"] == "/"

"""Screens that people make: drafts, versions, who may, what is refused, the text they are exchanged as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.fronts.overview import making, service
from beichen.fronts.overview.models import MadeScreen, Screen, ScreenVersion
from beichen.fronts.overview.screens.paper import places, sheets
from beichen.fronts.overview.screens.shelf import names, screen, screens
from beichen.fronts.overview.screens.text import check_screen, declared, read_screens, write_screens
from beichen.fronts.overview.screens.vocabulary import CASES, SIZES
from beichen.fronts.overview.tests.test_screen import CITY
from beichen.fronts.overview.tests.test_things import VIEWS, scene
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.section import PackageKind
from beichen.problem import ProblemError
from beichen.web.wording import in_words

BY = system("test")
CARD: dict[str, Any] = {"kind": "card", "cases": "open", "title": {"zh": "在办", "en": "Open"}}
WATER: dict[str, Any] = {
    "key": "water",
    "name": {"zh": "水情", "en": "Water"},
    "widgets": [CARD, {"kind": "feed"}],
}
WORDS = {"name_zh": "水情", "name_en": "Water", "level": "L1", "theme": "auto"}


@pytest.fixture
def city(db: None) -> list[Region]:
    """The invented city; its two districts."""
    load_roles(by=BY)
    scenes.install(CITY, by=BY, kind=PackageKind.CITY)
    return list(Region.objects.filter(parent=city_region(), is_current=True)[:2])


def operator(region: Region, body: str = "water-bureau") -> Actor:
    """An operator of a body within a region."""
    path = Body.objects.get(key=body).path
    return Actor("person:x", "李", (Scope("operator", path, region.path), Scope("public")))


def made(by: Actor = BY, region: Region | None = None, **words: Any) -> MadeScreen:
    """A screen of the water bureau."""
    body = Body.objects.get(key="water-bureau")
    return service.create_screen({**WATER, **words}, body=body, region=region or city_region(), by=by)


def refused(work: Any, *given: Any, **named: Any) -> str:
    """The code of the first problem."""
    with pytest.raises(ProblemError) as error:
        work(*given, **named)
    return error.value.problems[0].code


def test_a_draft_is_seen_by_nobody_until_it_is_published(city: list[Region]) -> None:
    row = made()
    assert screen("made-water", PUBLIC) is None
    assert row.draft is not None
    assert [one["width"] for one in row.draft.widgets] == [2, 3]
    service.publish_screen("water", seen=1, by=BY)
    found = screen("made-water", PUBLIC)
    assert found is not None
    assert (found.key, found.sort, found.screen.name) == ("made-water", "made", "水情")
    assert "made-water" in [one.key for one in screens(PUBLIC)]
    service.save_draft("water", {**WATER, "widgets": [CARD]}, seen=1, by=BY)
    again = screen("made-water", PUBLIC)
    assert again is not None
    assert len(again.screen.widgets) == 2, "readers keep what was published"
    service.withdraw_screen("water", seen=2, by=BY)
    assert screen("made-water", PUBLIC) is None
    acts = list(AuditRecord.objects.filter(resource__contains="madescreen").values_list("action", flat=True))
    assert sorted(acts) == [f"overview.screen.{act}" for act in ("create", "publish", "save", "withdraw")]


def test_every_change_is_a_version_and_an_older_one_comes_back(city: list[Region]) -> None:
    made()
    service.save_draft("water", {**WATER, "widgets": [CARD]}, seen=1, by=BY)
    same = service.save_draft("water", {**WATER, "widgets": [CARD]}, seen=2, by=BY)
    assert same.number == 2, "the same again writes nothing"
    back = service.restore_version("water", 1, seen=2, by=BY)
    assert (back.number, len(back.widgets)) == (3, 2)
    assert [one.number for one in ScreenVersion.objects.all()] == [3, 2, 1]
    assert refused(service.restore_version, "water", 9, seen=3, by=BY) == making.NO_SCREEN


def test_versions_are_bounded_and_what_is_published_stays(city: list[Region], monkeypatch: Any) -> None:
    monkeypatch.setattr(making, "MOST_VERSIONS", 3)
    made()
    service.publish_screen("water", seen=1, by=BY)
    for number in range(1, 7):
        service.save_draft("water", {**WATER, "name": {"zh": f"第{number}", "en": "n"}}, seen=number, by=BY)
    assert sorted(ScreenVersion.objects.values_list("number", flat=True)) == [1, 6, 7]


def test_who_comes_second_is_told_and_overwrites_nothing(city: list[Region]) -> None:
    made()
    service.save_draft("water", {**WATER, "widgets": [CARD]}, seen=1, by=BY)
    late = {**WATER, "widgets": [{"kind": "feed"}]}
    assert refused(service.save_draft, "water", late, seen=1, by=BY) == making.CHANGED
    for work in (service.publish_screen, service.withdraw_screen, service.delete_screen):
        assert refused(work, "water", seen=1, by=BY) == making.CHANGED
    assert ScreenVersion.objects.count() == 2


def test_an_operator_makes_screens_of_the_own_body_and_region_alone(city: list[Region]) -> None:
    own, other = city
    by = operator(own)
    assert refused(made, by=by, region=other) == "ACC-403"
    assert refused(made, by=by) == "ACC-403", "the city is more than the district"
    assert refused(made, by=by, region=own, level="L3") == "ACC-403", "above the clearance"
    assert refused(made, by=Actor("person:y", "y", (Scope("officer"),))) == "ACC-403"
    made(by=by, region=own)
    assert refused(service.find_screen, "water", by=operator(other)) == making.NO_SCREEN
    assert [row.key for row in service.made_screens(by)] == ["water"]
    service.save_draft("water", {**WATER, "level": "L2"}, seen=1, by=by)
    service.publish_screen("water", seen=2, by=by)
    assert screen("made-water", PUBLIC) is None
    assert screen("made-water", operator(other)) is None
    shown = screen("made-water", by)
    assert shown is not None
    assert shown.region == own.code, "the look begins at its region"


def test_who_asks_for_names_alone_gets_those_of_the_screens_that_may_be_opened(
    city: list[Region], tmp_path: Path
) -> None:
    declared = "screens:\n  - key: water\n    name: {zh: 水情, en: Water}\n    level: L2\n"
    scenes.install(scene(tmp_path, VIEWS + declared + "    widgets: [{kind: feed}]\n"), by=BY)
    own, other = city
    made(by=operator(own), region=own)
    service.save_draft("water", {**WATER, "level": "L2"}, seen=1, by=BY)
    service.publish_screen("water", seen=2, by=BY)
    made(key="draft")
    keys = {}
    for reader, by in {"house": BY, "own": operator(own), "other": operator(other), "public": PUBLIC}.items():
        opened = [(one.key, one.screen.name, one.screen.name_en) for one in screens(by)]
        assert [(one.key, one.name, one.name_en) for one in names(by)] == opened, reader
        keys[reader] = {key for key, _name, _name_en in opened}
    assert {"body-water-bureau", "wells.water", "made-water"} <= keys["house"]
    assert keys["own"] - keys["other"] == {"made-water"}
    assert "made-draft" not in keys["house"]
    assert keys["public"].isdisjoint({"made-water", "wells.water"})
    assert names(Actor("person:y", "y", ())) == []


def test_what_cannot_be_kept_is_told(city: list[Region], monkeypatch: Any) -> None:
    made()
    assert refused(made) == making.UNKEPT
    made(key="empty", widgets=[])
    assert refused(service.publish_screen, "empty", seen=1, by=BY) == making.UNKEPT
    unfit = {**WATER, "key": "b", "widgets": [{"kind": "card", "plan": "boxes"}]}
    assert refused(made, **unfit) == "OVW-103"
    unknown = [{"kind": "card", "indicator": "nowhere"}]
    assert refused(made, key="c", widgets=unknown) == NO_REFERENCE
    copy = {**WATER, "key": "c", "widgets": unknown}
    service.create_screen(copy, body=None, region=city_region(), by=BY, copied=unknown)
    assert refused(made, key="Not A Key") == "SCN-205"
    monkeypatch.setattr(making, "MOST_SCREENS", 3)
    assert refused(made, key="d") == making.UNKEPT


def test_a_text_gives_what_was_written(city: list[Region]) -> None:
    for one in screens(BY):
        shown = declared(one.screen, one.key.rpartition(".")[2])
        read = read_screens(write_screens([shown]).encode())
        assert read == [shown], one.key
    with pytest.raises(ProblemError) as error:
        read_screens(b"screens:\n  - key: a\n    name: {zh: x, en: x}\n    widgets:\n      - {kind: card}\n")
    assert [(one.code, one.where.line) for one in error.value.problems] == [("OVW-103", 5)]
    with override("zh-hans"):
        assert in_words(error.value.problems[0]).startswith("card 没有绑定内容（可选：")
    assert refused(read_screens, b"\xff") == "SCN-101"


@given(st.lists(st.sampled_from(sorted(SIZES)), max_size=8))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_what_a_form_gives_is_checked_like_a_text(kinds: list[str]) -> None:
    fitting: dict[str, dict[str, Any]] = {
        "card": {"cases": "open"},
        "text": {"text": {"zh": "x", "en": "x"}},
        "feed": {},
    }
    widgets = [{"kind": kind, **fitting.get(kind, {})} for kind in kinds]
    value = {"key": "a", "name": {"zh": "x", "en": "x"}, "widgets": widgets}
    is_sound = set(kinds) <= set(fitting)
    if is_sound:
        check_screen(value)
    else:
        assert refused(check_screen, value) == "OVW-103"


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_sheets_hold_every_widget_once_and_cut_none(sizes: list[tuple[int, int]]) -> None:
    placed = places([{"width": width, "height": height} for width, height in sizes], 12)
    cut = sheets(placed)
    assert sorted(one.number for sheet in cut for one in sheet.places) == list(range(len(sizes)))
    for sheet in cut:
        for one in sheet.places:
            assert sheet.first <= one.top < one.bottom <= sheet.last
    cells = [
        (one.top + down, one.left + right)
        for one in placed
        for down in range(one.height)
        for right in range(one.width)
    ]
    assert len(cells) == len(set(cells)), "none lies over another"


@pytest.fixture
def maker(city: list[Region], client: Client) -> Client:
    """An operator of the water bureau for the city, signed in."""
    region, body = city_region(), Body.objects.get(key="water-bureau")
    assert region is not None
    person = register_person("李", by=BY)
    appoint(person, "operator", body, region, by=BY)
    client.force_login(Account.objects.create_user("li", password="x", person=person))
    return client


def test_a_screen_is_made_by_plain_forms(maker: Client) -> None:
    begun = {**WORDS, "key": "", "body": "water-bureau", "region": "990100"}
    sent = maker.post("/screens/new", begun)
    assert sent["Location"] == "/screens/made-water/edit"
    chosen = maker.get("/screens/made-water/edit/widgets/new").content.decode()
    assert "?kind=ranking&amp;bound=cases" in chosen
    form = "/screens/made-water/edit/widgets/new?kind=card&bound=cases"
    assert maker.post(form, {"seen": "1", "cases": "stage", "width": "2", "height": "2"}).status_code == 422
    assert maker.post(form, {"seen": "1", "cases": "open", "width": "2", "height": "2"}).status_code == 302
    lone = {"seen": "2", "cases": "new", "title_zh": "新", "width": "2", "height": "2"}
    assert maker.post(form, lone).status_code == 422, "a title in one language"
    assert maker.post(form, {**lone, "title_en": "New"}).status_code == 302
    text = "/screens/made-water/edit/widgets/new?kind=text&bound=text"
    maker.post(text, {"seen": "3", "text_zh": "甲", "text_en": "A", "width": "3", "height": "2"})
    page = maker.get("/screens/made-water/edit").content.decode()
    assert page.count("data-widget=") == 3
    assert maker.get("/screens/made-water/edit/widgets/1/preview").status_code == 200
    changed = {
        **WORDS,
        "seen": "4",
        "do": "edit:2",
        "order-2": "1",
        "order-0": "2",
        "order-1": "3",
        "width-2": "12",
    }
    assert maker.post("/screens/made-water/edit", changed)["Location"] == "/screens/made-water/edit/widgets/0"
    draft = service.find_screen("water", by=BY).draft
    assert draft is not None
    assert [one["kind"] for one in draft.widgets] == ["text", "card", "card"]
    assert draft.widgets[0]["width"] == 12
    assert maker.post("/screens/made-water/edit", {**WORDS, "seen": "5", "width-0": "99"}).status_code == 422
    assert maker.post("/screens/made-water/edit", {**WORDS, "seen": "4", "do": "remove:0"}).status_code == 409
    maker.post("/screens/made-water/edit", {**WORDS, "seen": "5", "do": "remove:0"})
    maker.post("/screens/made-water/edit", {**WORDS, "seen": "6", "do": "double:0"})
    sent = maker.post("/screens/made-water/edit", {**WORDS, "seen": "7", "do": "publish"})
    assert sent["Location"] == "/screens/made-water"
    assert Client().get("/screens/made-water").status_code == 200
    assert Client().get("/screens/made-water/edit").status_code == 403
    assert "made-water" in maker.get("/screens/made").content.decode()
    listed = maker.get("/screens/made-water/versions").content.decode()
    assert "李" in listed
    maker.post("/screens/made-water/versions/restore", {"number": "4", "seen": "7"})
    maker.post("/screens/made-water/edit/delete", {"seen": "8"})
    assert not MadeScreen.objects.exists()


def test_every_kind_has_a_form_that_gives_what_it_was_given(maker: Client) -> None:
    made(widgets=[{"kind": kind, "cases": words[0]} for kind, words in CASES.items()])
    for number in range(len(CASES)):
        page = maker.get(f"/screens/made-water/edit/widgets/{number}")
        assert page.status_code == 200
        assert "data-widget" not in page.content.decode()
    for kind, bound in (
        ("map", ""),
        ("table", "sql"),
        ("chart", "question"),
        ("gauge", "indicator"),
        ("feed", ""),
    ):
        page = maker.get(f"/screens/made-water/edit/widgets/new?kind={kind}&bound={bound}")
        assert page.status_code == 200, kind
    assert maker.get("/screens/made-water/edit/widgets/new?kind=card&bound=sql").status_code == 404
    wrong = {"seen": "1", "sql": "drop table x", "width": "4", "height": "4"}
    page = maker.post("/screens/made-water/edit/widgets/new?kind=table&bound=sql", wrong)
    assert page.status_code == 422
    assert maker.get("/screens/made-water/edit/widgets/99").status_code == 404
    assert maker.get("/screens/made-nowhere/edit").status_code == 404


def test_built_in_screens_are_copied_and_texts_read_in(maker: Client) -> None:
    assert maker.get("/screens/pulse/edit")["Location"] == "/screens/new?from=pulse"
    assert "城市脉动" in maker.get("/screens/new?from=pulse").content.decode()
    said = {**WORDS, "key": "mine", "body": "water-bureau", "region": "990100"}
    assert maker.post("/screens/new?from=pulse", said).status_code == 302
    draft = service.find_screen("mine", by=BY).draft
    assert draft is not None
    assert len(draft.widgets) == 16
    text = maker.get("/screens/made-mine/views.yaml?draft=1").content.decode()
    assert "{kind: card, cases: open" in text
    place = {"body": "water-bureau", "region": "990100"}
    taken = maker.post("/screens/new", {**place, "text": text})
    assert taken.status_code == 422
    assert "OVW-113" in taken.content.decode() or "mine" in taken.content.decode()
    second = write_screens([{**WATER, "key": "one"}, {**WATER, "key": "two"}])
    assert maker.post("/screens/new", {**place, "text": second})["Location"] == "/screens/made"
    broken = second.replace("cases: open", "cases: opn", 1).replace("key: one", "key: three")
    page = maker.post("/screens/new", {**place, "text": broken})
    assert page.status_code == 422
    assert not MadeScreen.objects.filter(key="three").exists(), "all of a text, or nothing"
    assert Screen.objects.count() == 0

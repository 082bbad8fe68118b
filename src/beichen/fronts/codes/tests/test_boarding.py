"""Boarding (乘车) as an offer at a code: declared by a scene, for who holds the entitlement now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.codes import service
from beichen.fronts.codes.declaring import load_card
from beichen.fronts.codes.models import Entitlement, Grant, Scan
from beichen.fronts.codes.section import SECTIONS
from beichen.fronts.codes.tests import town
from beichen.fronts.codes.tests.test_looking import path_of
from beichen.fronts.codes.tests.test_section import BOARD, GOOD, folder
from beichen.kernel.org.models import Person
from beichen.kernel.scene import service as packages
from beichen.registry.models import Object

pytestmark = pytest.mark.django_db
TRAMS = [{"at": "Tram", "reader": town.BUS, "where": {}}]


def declare(key: str = "bus-rides", board: list[dict[str, Any]] | None = None) -> None:
    """Let people board with an entitlement."""
    rows = {name: {**one} for name, one in town.ENTITLEMENTS.items()}
    rows[key]["board"] = TRAMS if board is None else board
    load_card(town.READERS, rows, owner="scene:town", by=town.BY)


def boards(row: Object, browser: Client) -> dict[str, str]:
    """The offers to board at a code, each with where it leads."""
    answer = browser.get(path_of(row.code))
    assert answer.status_code == 200
    return {one.key: one.href for one in answer.context["offers"] if one.key.startswith("board:")}


def rider(**more: Any) -> Person:
    """Somebody with a grant of the rides."""
    row = town.person()
    Grant.objects.create(
        person=row,
        entitlement=town.entitlement("bus-rides"),
        changed_at=timezone.now(),
        changed_by="test",
        **{"since": timezone.now() - timedelta(days=1), **more},
    )
    return row


def test_who_holds_the_entitlement_boards_and_the_offer_leads_to_the_code() -> None:
    declare()
    tram = town.thing("一路", "Tram")
    browser = town.signed_in(rider())
    found = boards(tram, browser)
    assert found == {"board:bus-rides": f"/my/codes/bus-rides/{town.BUS}"}
    page = browser.get(found["board:bus-rides"])
    assert page.status_code == 200
    assert "<svg" in page.content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"state": "suspended"},
        {"state": "revoked"},
        {"until": timezone.now() - timedelta(hours=1)},
        {"since": timezone.now() + timedelta(days=1)},
    ],
)
def test_a_grant_that_does_not_hold_boards_nothing(more: dict[str, Any]) -> None:
    declare()
    assert boards(town.thing("一路", "Tram"), town.signed_in(rider(**more))) == {}


def test_who_has_no_grant_and_the_public_board_nothing() -> None:
    declare()
    tram = town.thing("一路", "Tram")
    assert boards(tram, town.signed_in(town.person("zhao"))) == {}
    assert boards(tram, Client()) == {}


def test_the_page_says_what_is_noted_of_a_reading_and_where_it_stands() -> None:
    """A look at a thing's code is noted nowhere; a code that is shown there is, for its person."""
    declare()
    tram, row = town.thing("一路", "Tram"), rider()
    browser = town.signed_in(row)
    page = browser.get(path_of(tram.code)).content.decode()
    assert "您的读码不会被记录" in page
    assert 'href="/my/codes/scans"' in page
    assert "30 天" in page
    assert 'href="/my/codes/scans"' in browser.get(f"/my/codes/bus-rides/{town.BUS}").content.decode()
    assert not Scan.objects.exists()
    plain = Client().get(path_of(town.thing("灯", "Lamp").code)).content.decode()
    assert "您的读码不会被记录" in plain
    assert 'href="/my/codes/scans"' not in plain.split("<main")[1].split("</main>")[0]


def test_what_every_resident_has_leads_the_public_to_sign_in() -> None:
    declare("library-loan", [{"at": "Tram", "reader": town.LIBRARY, "where": {}}])
    found = boards(town.thing("一路", "Tram"), Client())
    assert list(found) == ["board:library-loan"]
    assert Client().get(found["board:library-loan"])["Location"].startswith("/account/login/")


def test_it_is_offered_where_it_is_declared_and_where_the_fields_say_so() -> None:
    declare(board=[{"at": "Tram", "reader": town.BUS, "where": {"category": "01-01"}}])
    browser = town.signed_in(rider())
    assert list(boards(town.thing("一路", "Tram"), browser)) == ["board:bus-rides"]
    assert boards(town.thing("灯", "Lamp"), browser) == {}
    declare(board=[{"at": "Tram", "reader": town.BUS, "where": {"category": "02-02"}}])
    assert boards(town.thing("二路", "Tram"), browser) == {}
    declare(board=[])
    assert boards(town.thing("三路", "Tram"), browser) == {}


def test_what_is_used_up_or_offered_no_more_is_not_offered() -> None:
    declare()
    row = rider()
    tram, browser = town.thing("一路", "Tram"), town.signed_in(row)
    assert boards(tram, browser)
    Entitlement.objects.filter(key="bus-rides").update(is_current=False)
    assert boards(tram, browser) == {}
    assert not service.held_by(row, town.entitlement("bus-rides"), timezone.now()).is_good


def test_a_scene_declares_it(tmp_path: Path) -> None:
    found = packages.check(folder(tmp_path, GOOD + BOARD))
    assert found.package is not None
    assert not [one for one in found.problems if "entitlements" in str(one.where.file)]
    SECTIONS[0].install(found.package, by=town.BY)
    kept = Entitlement.objects.get(key="swim").board
    assert kept == [{"at": "tram", "reader": "gym", "where": {"line": "first"}}]

"""What a scene declares before the city has its bodies waits, says so, and counts once they are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from beichen.fronts.codes import service
from beichen.fronts.codes.declaring import load_card
from beichen.fronts.codes.models import Entitlement, Grant, Reader
from beichen.fronts.codes.problems import KEY_TAKEN, NO_BODY_YET
from beichen.fronts.codes.tests import town
from beichen.kernel.org.service import BodyFacts, load_bodies
from beichen.problem import ProblemError

SCENE, CITY = "scene:ferries", "city:town"
READERS = {"pier": {"name": "码头", "name_en": "Pier", "body": "ferry-office"}}
FERRY: dict[str, Any] = {
    **town.ENTITLEMENTS["bus-rides"],
    "name": "渡船",
    "name_en": "Ferry",
    "grantor": "ferry-office",
    "readers": ["pier"],
}
GATE = service.GateFacts("pier-1", "码头", "pier", "东码头", ("ferry",), takes=True)


def declare(owner: str = SCENE) -> None:
    """A scene of ferries, for whose bodies nobody asks."""
    load_card(READERS, {"ferry": FERRY}, owner=owner, by=town.BY)


def found_office() -> None:
    """The city has the body now."""
    load_bodies([BodyFacts("ferry-office", "渡船处", "Ferry office", "government")], by=town.BY)


def refusal(error: pytest.ExceptionInfo[ProblemError]) -> tuple[str, str]:
    problem = error.value.problems[0]
    return problem.code, problem.hint


@pytest.mark.django_db
def test_a_scene_is_installed_without_bodies_and_grants_nothing_until_they_are_there() -> None:
    declare()
    row = town.person()
    kind = service.find_entitlement("ferry")
    assert (kind.grantor, kind.grantor_id) == (None, "ferry-office")
    for act in (
        lambda: service.grant(kind, row, by=town.BY),
        lambda: service.suspend_open(kind, row, "x", by=town.BY),
        lambda: service.enter_gate(GATE, by=town.BY),
        lambda: service.desk("pier", "ferry", by=town.BY),
        lambda: service.make_codes(row, kind, town.reader("pier"), now=town.NOW),
    ):
        with pytest.raises(ProblemError) as error:
            act()
        assert refusal(error)[0] == NO_BODY_YET == "COD-305"
    assert not Grant.objects.exists()


@pytest.mark.django_db
def test_it_counts_as_soon_as_the_body_is_there() -> None:
    declare()
    found_office()
    row = town.person()
    kind = service.find_entitlement("ferry")
    assert kind.grantor is not None
    service.grant(kind, row, by=town.BY, now=town.NOW)
    gate, _secret = service.enter_gate(GATE, by=town.BY)
    answer = town.read(town.shown(row, "ferry", "pier")[0], gate)
    assert (answer.reason, answer.left) == ("granted", 1)


@pytest.mark.django_db
def test_who_may_grant_for_another_body_is_not_let_in_when_the_body_comes() -> None:
    declare()
    found_office()
    _client, by = town.officer("certifier", "roads")
    assert service.grant(town.entitlement("bus-rides"), town.person(), by=by)
    with pytest.raises(ProblemError) as error:
        service.grant(town.entitlement("ferry"), town.person("wu"), by=by)
    assert refusal(error)[0] == "ACC-403"


@pytest.mark.django_db
def test_pages_say_what_waits_and_for_what() -> None:
    declare()
    office = town.officer("administrator")[0]
    for path in ("/codes/grants", "/codes/gates"):
        page = office.get(path)
        assert page.status_code == 200
        assert "<code>ferry-office</code>" in page.content.decode()
        fields = page.context["form"].fields
        offered = [
            key for name in ("entitlement", "reader") if name in fields for key, _ in fields[name].choices
        ]
        assert "bus-rides" in offered or town.BUS in offered
        assert not {"ferry", "pier"} & set(offered)
    person = town.signed_in(town.person())
    assert _besides(person)["渡船"] == ""
    found_office()
    assert _besides(person)["渡船"] == "渡船处"
    assert "ferry-office" not in office.get("/codes/grants").content.decode()


def _besides(browser: Client) -> dict[str, str]:
    page = browser.get("/my/codes")
    assert page.status_code == 200
    return {name: grantor for name, _about, grantor in page.context["others"]}


@pytest.mark.django_db
def test_what_every_resident_has_says_that_nobody_reads_it_yet() -> None:
    load_card(READERS, {"ferry": {**FERRY, "is_open": True}}, owner=SCENE, by=town.BY)
    browser = town.signed_in(town.person())
    ferry = next(one for one in browser.get("/my/codes").context["cards"] if one["name"] == "渡船")
    assert (ferry["readers"], ferry["is_unread"]) == ([], True)
    assert browser.get("/my/codes/ferry/pier").status_code == 409


@pytest.mark.django_db
def test_a_scene_takes_over_what_a_city_declared_and_nobody_loses_a_grant() -> None:
    """As in a house that an earlier release filled: its city's file, then the scene's, then none."""
    found_office()
    declare(CITY)
    row = town.person()
    held = service.grant(town.entitlement("ferry"), row, by=town.BY, now=town.NOW)
    gate, _secret = service.enter_gate(GATE, by=town.BY)
    town.read(town.shown(row, "ferry", "pier")[0], gate)
    declare()
    load_card({}, {}, owner=CITY, by=town.BY)
    assert {kind.owner for kind in (town.entitlement("ferry"), town.reader("pier"))} == {SCENE}
    kept = service.held_by(row, town.entitlement("ferry"), town.NOW)
    assert (kept.is_good, kept.left, kept.grant) == (True, 1, held)
    assert town.read(town.shown(row, "ferry", "pier")[0], gate).left == 0


@pytest.mark.django_db
def test_the_city_may_drop_them_first_too() -> None:
    found_office()
    declare(CITY)
    held = service.grant(town.entitlement("ferry"), town.person(), by=town.BY, now=town.NOW)
    load_card({}, {}, owner=CITY, by=town.BY)
    assert not town.entitlement("ferry").is_current
    declare()
    assert service.held_by(held.person, town.entitlement("ferry"), town.NOW).grant == held


@pytest.mark.django_db
def test_a_city_does_not_take_a_scenes_and_scenes_not_each_others() -> None:
    found_office()
    declare()
    for owner in (CITY, "scene:other"):
        with pytest.raises(ProblemError) as error:
            declare(owner)
        assert refusal(error) == (KEY_TAKEN, "leave it out of one of the two files, or give it another key")


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_a_scene_that_goes_leaves_grants() -> None:
    found_office()
    declare()
    held = service.grant(town.entitlement("ferry"), town.person(), by=town.BY, now=town.NOW)
    again = load_card(READERS, {"ferry": FERRY}, owner=SCENE, by=town.BY)
    assert (again.unchanged, bool(again)) == (2, False)
    load_card({}, {}, owner=SCENE, by=town.BY)
    assert service.held_by(held.person, town.entitlement("ferry"), town.NOW).standing == "withdrawn"
    declare()
    assert service.held_by(held.person, town.entitlement("ferry"), town.NOW).is_good


@pytest.fixture
def before() -> Iterator[Any]:
    """A database as the release before left it: the rows refer to bodies by their numbers."""
    executor = MigrationExecutor(connection)
    executor.migrate([("fronts_codes", "0002_boarding")])
    yield executor.loader.project_state([("fronts_codes", "0002_boarding")]).apps
    newest = MigrationExecutor(connection)
    newest.migrate(newest.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_the_upgrade_leads_each_row_to_its_body(before: Any) -> None:
    own, bodies = before.get_model("fronts_codes", "Reader").objects, before.get_model("kernel_org", "Body")
    assert {row.key: row.body.key for row in own.all()} == {town.LIBRARY: "gardens", town.BUS: "roads"}
    roads = bodies.objects.get(key="roads")
    own.create(key="old", owner=CITY, name="旧", name_en="Old", body=roads)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert {row.key: row.body.key for row in Reader.objects.all() if row.body} == {
        town.LIBRARY: "gardens",
        town.BUS: "roads",
        "old": "roads",
    }
    assert {row.grantor_id for row in Entitlement.objects.all()} == {"gardens", "roads"}

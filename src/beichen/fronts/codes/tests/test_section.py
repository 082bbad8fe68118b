"""`entitlements.yaml`: what is declared is installed, and every mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.fronts.codes.declaring import load_card
from beichen.fronts.codes.demonstration import show
from beichen.fronts.codes.models import Counter, Entitlement, Grant, Reader, Return, Tally
from beichen.fronts.codes.problems import KEY_TAKEN, NO_BODY
from beichen.fronts.codes.section import SECTIONS
from beichen.fronts.codes.tests import town
from beichen.kernel.access.models import Account
from beichen.kernel.scene import service as packages
from beichen.problem import ProblemError

MANIFEST = """\
scene: cards
name: {zh: 市民卡, en: Cards}
plan: "10.2.4"
owner: gardens
version: 1.0.0
"""
GOOD = """\
readers:
  gym: {name: {zh: 体育馆, en: Gym}, body: gardens}
entitlements:
  swim:
    name: {zh: 游泳, en: Swim}
    grantor: gardens
    readers: [gym]
    days: 30
    everyone: false
    times: [{days: [1, 2], from: "09:00", until: "12:00"}]
    counter: {name: {zh: 次数, en: Visits}, start: 10}
"""


BOARD = "    board: [{at: tram, reader: gym, where: {line: first}}]\n"
OBJECTS = """\
tram:
  kind: thing
  name: {zh: 电车, en: Tram}
  geometry: point
  fields:
    line: {type: string, maxLength: 20, zh: 线路, en: Line}
"""


def folder(tmp_path: Path, text: str) -> Path:
    found = tmp_path / "cards"
    found.mkdir()
    (found / "scene.yaml").write_text(MANIFEST, encoding="utf-8")
    (found / "entitlements.yaml").write_text(text, encoding="utf-8")
    (found / "objects.yaml").write_text(OBJECTS, encoding="utf-8")
    return found


@pytest.mark.parametrize(
    ("body", "hint"), [("transport-bureua", "transport-bureau"), ("gardens", ""), ("transport-bureau", "")]
)
def test_a_body_that_looks_mistyped_is_warned_of(tmp_path: Path, body: str, hint: str) -> None:
    """COD-405: no mistake, as a scene may name bodies that are not there yet, but said with the nearest."""
    found = packages.check(folder(tmp_path, GOOD.replace("grantor: gardens", f"grantor: {body}")))
    own = [one for one in found.problems if one.code.startswith("COD-")]
    assert [one for one in own if one in found.errors] == []
    told = [(one.code, one.level, one.where.line, one.hint) for one in own]
    assert told == ([("COD-405", "warning", 6, f"did you mean {hint!r}?")] if hint else [])


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (GOOD.replace("[gym]", "[gmy]"), "COD-403", 7),
        (GOOD.replace("days: 30", "days: -1"), "SCN-", 8),
        (GOOD.replace('"12:00"', '"25:00"'), "SCN-", 10),
        (GOOD.replace("start: 10", "start: 0"), "SCN-", 11),
        (GOOD.replace("    grantor: gardens\n", ""), "SCN-", 4),
        (GOOD + BOARD.replace("tram", "trams"), "COD-404", 12),
        (GOOD + BOARD.replace("reader: gym", "reader: gmy"), "COD-403", 12),
        (GOOD + BOARD.replace("reader: gym", ""), "SCN-", 12),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, code: str, line: int, tmp_path: Path) -> None:
    problems = packages.check(folder(tmp_path, text)).problems
    found = [(one.code, one.where.line) for one in problems if "entitlements" in str(one.where.file)]
    assert [number for name, number in found if name.startswith(code)][:1] == [line], problems


@pytest.mark.django_db
def test_entitlements_come_and_go_with_their_scene(tmp_path: Path) -> None:
    package = packages.check(folder(tmp_path, GOOD)).package
    assert package is not None
    section = SECTIONS[0]
    assert section.install(package, by=town.BY).added == ["gym", "swim"]
    assert section.install(package, by=town.BY).unchanged == 2
    row = Entitlement.objects.get(key="swim")
    assert (row.start, row.counter_en, row.readers, row.times[0]["days"]) == (10, "Visits", ["gym"], [1, 2])
    assert "Swim" in section.describe(package)
    held = service_grant("swim")
    assert section.remove(package, by=town.BY).removed == ["gym", "swim"]
    assert section.kept(package) == ["what was granted stays on record, at /codes/grants"]
    assert not Reader.objects.get(key="gym").is_current
    assert Grant.objects.get(pk=held).state == "valid"


def service_grant(key: str) -> int:
    from beichen.fronts.codes import service

    return service.grant(town.entitlement(key), town.person(), by=town.BY).pk


@pytest.mark.django_db
def test_keys_belong_to_one_package_and_a_city_names_bodies_that_it_has() -> None:
    with pytest.raises(ProblemError) as error:
        load_card({town.BUS: town.READERS[town.BUS]}, {}, owner="scene:other", by=town.BY)
    assert error.value.problems[0].code == KEY_TAKEN
    with pytest.raises(ProblemError) as error:
        load_card({"x": {"name": "x", "name_en": "x", "body": "garden"}}, {}, owner="city:other", by=town.BY)
    problem = error.value.problems[0]
    assert (problem.code, "gardens" in problem.hint) == (NO_BODY, True)


@pytest.mark.django_db
def test_a_demo_is_shown_once_and_says_so() -> None:
    row = town.person("zhang")
    town.person("wang")
    Account.objects.update(is_demo=True)
    gate = {
        "key": "demo-bus",
        "name": "演示",
        "place": "1 路",
        "reader": town.BUS,
        "entitlement": "bus-rides",
    }
    ride = {"holder": "zhang", "gate": "demo-bus", "at": "10:00"}
    told = {
        "grants": [
            {"entitlement": "bus-rides", "holder": "zhang"},
            {"entitlement": "bus-rides", "holder": "wang", "step": "suspend", "reason": "demo"},
            {"entitlement": "bus-rides", "holder": "nobody"},
        ],
        "gates": [gate],
        "uses": [{**ride, "day": 1, "returned": "核实"}, {**ride, "day": 2, "wish": "没上车"}],
    }
    assert show(told, by=town.BY) == ["bus-rides · zhang", "bus-rides · wang", "demo-bus"]
    assert show(told, by=town.BY) == []
    assert {(held.is_demo, held.state) for held in Grant.objects.all()} == {
        (True, "valid"),
        (True, "suspended"),
    }
    assert {one.state for one in Return.objects.all()} == {"given", "asked"}
    assert Counter.objects.get(person=row).left == 1
    assert sum(day.taken for day in Tally.objects.all()) == 2

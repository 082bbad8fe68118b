"""`messages.yaml`: what is wrong is told with its place, what is right is loaded, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.comms.models import Group, Roster, Template
from beichen.platforms.comms.service import Stock, load_stock
from beichen.platforms.comms.tests.conftest import BY
from beichen.problem import ProblemError

CITY = """city: star
name: {zh: 星河市, en: Xinghe}
version: 1.0.0
region: "990100"
timezone: Asia/Shanghai
languages: [zh, en]
centre: [125.3, 43.8]
zoom: 10
"""
BODIES = """water: {name: {zh: 水务局, en: Water Bureau}, region: "990100", kind: department}
"""
REGIONS = "code,name,name_en,level,parent_code\n990100,星河市,Xinghe,city,\n"
SOUND = """templates:
  dispatched:
    subject: {zh: "新任务 {code}", en: "New task {code}"}
    text: {zh: "{title}，请办理。", en: "{title}. Please handle it."}
    channels: [mail, sms]
    urgency: urgent
    values: [code, title]
groups:
  crew:
    name: {zh: 抢险队, en: Crew}
    members: [{body: water, role: officer, region: "990100"}]
rosters:
  hotline:
    name: {zh: 热线值班, en: Hotline}
    body: water
    cover: [{days: [mon, tue], from: "08:00", until: "20:00"}, {from: "20:00", until: "08:00"}]
    fallback: crew
"""
BROKEN = {
    "a placeholder that reaches in": ("{title}，", "{title.x}，", 4, "COM-103"),
    "a brace that is left open": ("{title}，", "{title，", 4, "COM-103"),
    "languages that differ": ('en: "New task {code}"', 'en: "New task"', 3, "COM-301"),
    "a value that is not declared": ("values: [code, title]", "values: [code]", 4, "COM-302"),
    "a channel that is none": ("[mail, sms]", "[mail, smss]", 5, "COM-107"),
    "a body that is none": ("body: water, role", "body: watr, role", 11, "COM-303"),
    "a roster of no body": ("    body: water\n", "    body: watr\n", 15, "COM-303"),
    "a group that is none": ("fallback: crew", "fallback: crow", 17, "COM-303"),
    "the same hours twice": ('{from: "20:00"', '{from: "08:00"', 16, "COM-305"),
    "an urgency that is none": ("urgency: urgent", "urgency: very", 6, "SCN-"),
    "an hour that is none": ('from: "08:00"', 'from: "8 am"', 16, "SCN-"),
    "a key too many": ("    urgency: urgent", "    colour: red", 6, "SCN-"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "star"
    place.mkdir()
    texts = {"city.yaml": CITY, "bodies.yaml": BODIES, "regions.csv": REGIONS, "messages.yaml": SOUND}
    for name, content in texts.items():
        (place / name).write_text(content, encoding="utf-8")
    return place


def test_what_is_sound_is_sound(folder: Path) -> None:
    assert packages.check(folder).problems == []


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_what_is_broken_is_told_in_its_place(folder: Path, case: str) -> None:
    found, instead, line, code = BROKEN[case]
    assert SOUND.count(found) == 1, case
    (folder / "messages.yaml").write_text(SOUND.replace(found, instead), encoding="utf-8")
    problems = packages.check(folder).problems
    places = {(problem.code[: len(code)], problem.where.line) for problem in problems}
    assert (code, line) in places
    assert all(str(problem.where.file).endswith("messages.yaml") for problem in problems)


@pytest.mark.django_db
def test_loading_twice_changes_nothing(folder: Path) -> None:
    packages.install(folder, by=BY, kind=PackageKind.CITY)
    row = Template.objects.get()
    assert (row.key, row.channels, row.urgency, row.owner) == (
        "dispatched",
        ["mail", "sms"],
        "urgent",
        "city:star",
    )
    roster = Roster.objects.select_related("fallback", "body").get()
    assert roster.body.key == "water"
    assert roster.fallback == Group.objects.get()
    assert roster.cover[0] == {"days": ["mon", "tue"], "from": "08:00", "until": "20:00"}
    Group.objects.update(chat="wecombot://secret")
    shorter = SOUND[: SOUND.index("rosters:")].replace("新任务", "任务")
    (folder / "messages.yaml").write_text(shorter, encoding="utf-8")
    packages.install(folder, by=BY, kind=PackageKind.CITY)
    packages.install(folder, by=BY, kind=PackageKind.CITY)
    assert Template.objects.get().subject_zh == "任务 {code}"
    assert not Roster.objects.get().is_current
    assert Group.objects.get().chat == "wecombot://secret"


@pytest.mark.django_db
def test_a_key_has_one_owner(folder: Path) -> None:
    packages.install(folder, by=BY, kind=PackageKind.CITY)
    group = {"name": "x", "name_en": "x", "posts": []}
    with pytest.raises(ProblemError, match="COM-304"):
        load_stock(Stock(groups={"crew": group}), owner="scene:drainage", by=BY)
    roster = {"name": "x", "name_en": "x", "body": "nothing", "fallback": "nobody", "cover": []}
    with pytest.raises(ProblemError) as refused:
        load_stock(Stock(rosters={"gate": roster}), owner="scene:drainage", by=BY)
    assert [problem.code for problem in refused.value.problems] == ["COM-303", "COM-303"]

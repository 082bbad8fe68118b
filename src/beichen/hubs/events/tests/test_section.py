"""`events.yaml` and `categories.yaml`: every mistake with its line, and what installing changes."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from beichen.hubs.events import service
from beichen.hubs.events.kinds.declaration import read_kind
from beichen.hubs.events.kinds.likeness import whole
from beichen.hubs.events.models import Category, EventKind
from beichen.hubs.events.tests import city
from beichen.kernel.scene import service as scenes
from beichen.problem import Problem, ProblemError

MANIFEST = """scene: works
name: {zh: 市政, en: Works}
why: {zh: 试验, en: A trial}
version: 1.0.0
owner: works-bureau
level: L2
requires: []
"""
CATEGORIES = """"01": {zh: 道路, en: Roads}
"01-01": {zh: 路面, en: Surface, keywords: [坑]}
"""
EVENTS = """works.hole:
  name: {zh: 坑洞, en: Hole}
  category: "01-01"
  grade: {default: 4, escalate: [{when: "reports > 3", to: 3}]}
  route:
    - {region: 990102*, to: east}
    - {to: {kind: urban-management, at: county}}
    - {to: roads}
"""


def scene(folder: Path, events: str = EVENTS, categories: str = CATEGORIES) -> Path:
    """A scene in ``folder``."""
    folder.mkdir(exist_ok=True)
    for name, text in (("scene.yaml", MANIFEST), ("events.yaml", events), ("categories.yaml", categories)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text("# Works\n", encoding="utf-8")
    return folder


LIKE = """works.crack:
  like: works.hole
  name: {zh: 裂缝, en: Crack}
  deadlines: {handle: 9d}
"""


def problems(folder: Path) -> list[Problem]:
    """What is wrong with the events and categories."""
    found = scenes.check(folder).problems
    return [
        one for one in found if one.where.file and one.where.file.endswith(("events.yaml", "categories.yaml"))
    ]


def test_a_sound_scene_has_no_mistakes(tmp_path: Path) -> None:
    assert problems(scene(tmp_path)) == []


@pytest.mark.parametrize(
    ("find", "put", "code", "line", "hint"),
    [
        ("works.hole:", "roads.hole:", "EVT-101", 1, "works.hole"),
        ('"01-01"\n  grade', '"01-10"\n  grade', "EVT-102", 3, "01-01"),
        ("reports > 3", "report > 3", "SCN-241", 4, "reports"),
        ("reports > 3", "drop table x", "SCN-240", 4, ""),
        ("    - {region: 990102*, to: east}", "    - {to: east}", "EVT-104", 7, ""),
    ],
)
def test_a_mistake_says_where(tmp_path: Path, find: str, put: str, code: str, line: int, hint: str) -> None:
    assert find in EVENTS
    found = [one for one in problems(scene(tmp_path, EVENTS.replace(find, put))) if one.code == code]
    assert [one.where.line for one in found][:1] == [line]
    assert hint in found[0].hint


def test_a_category_stands_below_one(tmp_path: Path) -> None:
    found = problems(scene(tmp_path, categories=CATEGORIES + '"02-01": {zh: 甲, en: A}\n'))
    assert [(one.code, one.where.line) for one in found] == [("EVT-103", 3)]


@pytest.mark.parametrize(
    "change",
    [
        ("default: 4", "default: 5"),
        ("name: {zh: 坑洞, en: Hole}", "name: {zh: 坑洞}"),
        ('  category: "01-01"', '  category: "01-01"\n  deadlines: {handle: soon}'),
        ('  category: "01-01"', '  category: "01-01"\n  same_as: {within: near, during: 2h}'),
        ('  category: "01-01"', '  category: "01-01"\n  colour: red'),
    ],
)
def test_the_schema_refuses(tmp_path: Path, change: tuple[str, str]) -> None:
    assert change[0] in EVENTS
    assert problems(scene(tmp_path, EVENTS.replace(*change)))


@pytest.mark.django_db
def test_declaring_compares_first() -> None:
    city.build()
    again = service.declare_kinds(city.KINDS, scene="works", by=city.SETUP)
    assert (again.added, again.changed, again.removed, again.unchanged) == ([], [], [], 3)
    gone = service.declare_kinds({}, scene="works", by=city.SETUP)
    assert sorted(gone.removed) == sorted(city.KINDS)
    assert not EventKind.objects.filter(is_current=True).exists()
    assert Category.objects.get(code="01-01").parent == Category.objects.get(code="01")


@pytest.mark.django_db
def test_a_word_has_one_owner() -> None:
    city.build()
    for declare, words in (
        (service.declare_kinds, city.KINDS),
        (service.declare_categories, city.CATEGORIES),
    ):
        with pytest.raises(ProblemError) as error:
            declare(words, scene="other", by=city.SETUP)
        assert {one.code for one in error.value.problems} == {"EVT-105"}


def test_a_kind_is_like_another() -> None:
    """It is handled like the other, but for what it says itself, and keeps its own words and grade."""
    route = [{"to": "roads"}]
    hole = {"name": {"zh": "坑洞", "en": "Hole"}, "grade": {"default": 3}, "route": route, "needs": ["photo"]}
    crack = {"name": {"zh": "裂缝", "en": "Crack"}, "like": "works.hole", "needs": []}
    found = whole({"works.crack": crack, "works.hole": hole})
    assert found["works.hole"] == hole
    assert found["works.crack"] == {"name": crack["name"], "route": route, "needs": []}


def test_a_kind_is_like_one_that_is_like_another() -> None:
    """What stands nearest counts; nothing comes from further than three steps."""
    kinds: dict[str, dict[str, Any]] = {
        "a": {"name": "A", "route": ["far"], "needs": ["photo"], "verify": False},
        "b": {"name": "B", "like": "a", "route": ["near"]},
        "c": {"name": "C", "like": "b", "needs": []},
        "d": {"name": "D", "like": "c"},
        "e": {"name": "E", "like": "d"},
    }
    found = whole(kinds)
    assert found["c"] == {"name": "C", "route": ["near"], "needs": [], "verify": False}
    assert found["d"] == {**found["c"], "name": "D"}
    assert found["e"] == {"name": "E", "route": ["near"], "needs": []}


def test_what_a_kind_cannot_be_like(tmp_path: Path) -> None:
    """One that is not there, one over a circle, one over too many steps: EVT-106, each at its line."""
    lost = LIKE.replace("works.crack:", "works.rut:").replace("works.hole", "works.hope")
    found = problems(scene(tmp_path / "lost", EVENTS + LIKE + lost))
    assert [(one.code, one.where.line, one.hint) for one in found] == [
        ("EVT-106", 14, "did you mean 'works.hole'?"),
    ]
    round_it = LIKE.replace("works.hole", "works.gap")
    back = LIKE.replace("works.crack:", "works.gap:").replace("works.hole", "works.crack")
    found = problems(scene(tmp_path / "round", EVENTS + round_it + back))
    assert [(one.code, one.where.line) for one in found] == [("EVT-106", 10), ("EVT-106", 14)]
    names = ["works.hole", "works.one", "works.two", "works.three", "works.four"]
    chain = "".join(
        LIKE.replace("works.hole", above).replace("works.crack:", f"{name}:")
        for above, name in itertools.pairwise(names)
    )
    found = problems(scene(tmp_path / "far", EVENTS + chain))
    assert [(one.code, one.hint) for one in found] == [("EVT-106", "works.one")]


def test_a_scene_names_what_it_needs_itself(tmp_path: Path) -> None:
    needs = "  needs: [photo, {key: soil_sample, name: {zh: 土样, en: Soil sample}}]\n"
    own = EVENTS.rstrip("\n") + "\n" + needs
    assert problems(scene(tmp_path / "sound", own)) == []
    kind = read_kind({"name": {"zh": "坑", "en": "Hole"}, "needs": [*SAMPLE, "odd_thing"]})
    with translation.override("zh-hans"):
        assert kind.needed == {"photo": "处置后照片", "soil_sample": "土样", "odd_thing": "odd_thing"}
    with translation.override("en"):
        assert kind.needed["soil_sample"] == "Soil sample"
    wrong = own.replace(", en: Soil sample", "")
    assert [one.where.line for one in problems(scene(tmp_path / "wrong", wrong))] == [wrong.count("\n")]


SAMPLE: list[Any] = ["photo", {"key": "soil_sample", "name": {"zh": "土样", "en": "Soil sample"}}]

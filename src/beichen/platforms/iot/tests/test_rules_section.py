"""`rules.yaml`: every mistake with its place and the nearest valid word, and what installing changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.scaffold import new_scene
from beichen.platforms.iot import service
from beichen.platforms.iot.models import Rule
from beichen.platforms.iot.tests import ground
from beichen.problem import Problem, ProblemError

BY = ground.BY
OBJECTS = """shaft:
  kind: thing
  name: {zh: 井, en: Shaft}
  fields:
    depth_m: {type: number, zh: 井深, en: Depth}
    street: {type: string, zh: 路, en: Street}
    pipes: {type: array, zh: 管, en: Pipes}
  measures:
    level_m: {unit: m, zh: 水位, en: Level}
    lid_open: {type: boolean, zh: 开盖, en: Lid open, level: L2}
    state: {type: text, zh: 状态, en: State}
"""
EVENTS = """sewers.overflow:
  name: {zh: 冒溢, en: Overflow}
  on: [sewers.overflow]
sewers.deaf:
  name: {zh: 聋, en: Deaf}
"""
RULES = """near-overflow:
  name: {zh: 接近冒溢, en: Near overflow}
  on: shaft.level_m
  when: level_m > 0.9 * depth_m and not lid_open and street like '东%'
  for: 5m
  clear: level_m < 0.7 * depth_m
  raise: sewers.overflow
rising:
  on: shaft.level_m
  windows:
    hour_m: {avg: level_m, over: 1h}
    street_m: {max: level_m, over: 10m, by: street}
    usual_m: {baseline: level_m, weeks: 4}
  when: level_m > hour_m + 1 or level_m > 2 * usual_m
  raise: elsewhere.rising
quiet:
  on: shaft.level_m
  silent: 10m
  raise: sewers.overflow
"""


def scene(folder: Path, rules: str = RULES) -> Path:
    """A scene with these rules."""
    made = new_scene("sewers", folder)
    for name, text in {"objects.yaml": OBJECTS, "events.yaml": EVENTS, "rules.yaml": rules}.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def problems(folder: Path) -> list[Problem]:
    """What is wrong with the rules."""
    return [one for one in scenes.check(folder).problems if str(one.where.file).endswith("rules.yaml")]


def test_sound_rules_have_no_mistakes(tmp_path: Path) -> None:
    assert problems(scene(tmp_path)) == []


@pytest.mark.parametrize(
    ("find", "put", "code", "line", "hint"),
    [
        ("on: shaft.level_m\n  when", "on: shift.level_m\n  when", "SCN-305", 3, "shaft"),
        ("on: shaft.level_m\n  when", "on: shaft.levl_m\n  when", "SCN-305", 3, "level_m"),
        ("on: shaft.level_m\n  when", "on: level_m\n  when", "SCN-205", 3, ""),
        ("0.9 * depth_m", "0.9 * dept_m", "SCN-241", 4, "depth_m"),
        ("0.9 * depth_m", "0.9 * pipes", "SCN-241", 4, "one of"),
        ("0.9 * depth_m", "0.9 * street", "IOT-123", 4, ""),
        ("level_m > 0.9 * depth_m and", "level_m and", "IOT-123", 4, ""),
        ("level_m > 0.9 * depth_m and not lid_open and street like '东%'", "depth_m + 1", "IOT-123", 4, ""),
        ("level_m > 0.9", "level_m > > 0.9", "SCN-240", 4, ""),
        ("level_m > 0.9", "avg(level_m) > 0.9", "SCN-240", 4, ""),
        ("for: 5m", "for: 5 min", "SCN-205", 5, ""),
        ("for: 5m", "for: 8d", "IOT-121", 5, ""),
        ("for: 5m", "silent: 5m", "IOT-121", 1, "silent"),
        ("raise: sewers.overflow\nrising", "raise: sewers.overflw\nrising", "IOT-124", 7, "sewers.overflow"),
        ("raise: sewers.overflow\nrising", "raise: sewers.deaf\nrising", "IOT-124", 7, "on: [sewers.deaf]"),
        ("{avg: level_m, over: 1h}", "{mean: level_m, over: 1h}", "SCN-201", 11, ""),
        ("{avg: level_m, over: 1h}", "{avg: levl_m, over: 1h}", "SCN-305", 11, "level_m"),
        ("{avg: level_m, over: 1h}", "{avg: state, over: 1h}", "IOT-122", 11, ""),
        ("{avg: level_m, over: 1h}", "{avg: level_m, over: 2d}", "IOT-122", 11, "over: 1h"),
        ("{avg: level_m, over: 1h}", "{over: 1h}", "IOT-122", 11, "avg"),
        ("hour_m: {avg", "depth_m: {avg", "IOT-122", 11, ""),
        ("by: street", "by: depth_m", "IOT-122", 12, "street"),
        ("weeks: 4", "over: 4d", "IOT-122", 13, ""),
        ("silent: 10m", "silent: 10m\n  for: 5m", "IOT-121", 19, ""),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place(
    tmp_path: Path, find: str, put: str, code: str, line: int, hint: str
) -> None:
    assert find in RULES
    found = problems(scene(tmp_path, RULES.replace(find, put, 1)))
    assert [(one.code, one.where.line) for one in found][:1] == [(code, line)], found
    assert hint in found[0].hint


@pytest.mark.django_db
def test_rules_are_installed_changed_and_withdrawn(tmp_path: Path) -> None:
    ground.town()
    folder = scene(tmp_path)
    scenes.install(folder, by=BY)
    rows = {row.key: row for row in Rule.objects.all()}
    assert set(rows) == {"sewers.near-overflow", "sewers.rising", "sewers.quiet"}
    assert (rows["sewers.near-overflow"].level, rows["sewers.quiet"].level) == (2, 1)
    (folder / "rules.yaml").write_text(RULES.replace("5m", "6m").partition("quiet:")[0], encoding="utf-8")
    manifest = (folder / "scene.yaml").read_text(encoding="utf-8").replace("0.1.0", "0.2.0")
    (folder / "scene.yaml").write_text(manifest, encoding="utf-8")
    scenes.install(folder, by=BY)
    rows = {row.key: row for row in Rule.objects.all()}
    assert [rows[f"sewers.{key}"].version for key in ("near-overflow", "rising")] == [2, 1]
    assert not rows["sewers.quiet"].is_current
    assert {row.key for row in service.rules(by=BY)} == {"sewers.near-overflow", "sewers.rising"}


@pytest.mark.django_db
def test_a_rule_is_switched_with_a_reason(tmp_path: Path) -> None:
    ground.town()
    scenes.install(scene(tmp_path), by=BY)
    engineer = ground.officer()
    with pytest.raises(ProblemError, match="IOT-125"):
        service.switch_rule("sewers.quiet", is_on=False, reason=" ", by=engineer)
    with pytest.raises(ProblemError, match="IOT-120"):
        service.switch_rule("sewers.loud", is_on=False, reason="x", by=engineer)
    with pytest.raises(ProblemError, match="ACC-403"):
        service.switch_rule("sewers.quiet", is_on=False, reason="x", by=ground.officer("operator"))
    row = service.switch_rule("sewers.quiet", is_on=False, reason="清淤施工", by=engineer)
    assert (row.is_on, row.reason, row.revision) == (False, "清淤施工", 2)

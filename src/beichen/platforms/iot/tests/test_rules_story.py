"""A level that stays high becomes one case, at the right desk, through the open protocols alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.kernel.access.rates import forget_rates
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.stories.runner import run_stories
from beichen.platforms.iot.tests import ground
from beichen.platforms.iot.tests.test_rules_section import EVENTS, RULES, scene

HEARD = EVENTS.replace(
    "  on: [sewers.overflow]",
    "  on: [sewers.overflow]\n  accept: automatic\n  same_as: {within: 80m, during: 2h}\n"
    "  route: [{region: 990102*, to: east}]\n  deadlines: {accept: 15m, handle: 4h}",
)
STORY = """story: {zh: 水位持续偏高成为一案, en: A level that stays high becomes one case}
given:
  - town: {east: {kind: urban-management, region: "990102"}}
  - {object: shaft, code: MH-1, at: [125.33, 43.88], depth_m: 4, street: 东大街}
  - {object: shaft, code: MH-2, at: [125.40, 43.88], depth_m: 4, street: 东大街}
  - {device: P-1, thing: MH-1, region: "990102"}
  - {device: P-2, thing: MH-2, region: "990103"}
when:
"""


def told(folder: Path, steps: str) -> list[str]:
    """What is found wrong about a story with these steps."""
    forget_rates()
    made = scene(folder, RULES)
    (made / "events.yaml").write_text(HEARD, encoding="utf-8")
    (made / "stories").mkdir()
    (made / "stories" / "one.yaml").write_text(STORY + steps, encoding="utf-8")
    package = scenes.check(made).sound()
    results = run_stories(package, by=ground.BY)
    return [problem.message for result in results for problem in result.problems]


@pytest.mark.django_db
def test_a_level_that_stays_high_becomes_one_case(tmp_path: Path) -> None:
    steps = """
  - {readings: {MH-1: &v {level_m: 3.9, lid_open: false}, MH-2: *v}, every: 60s, for: 4m}
  - readings: {MH-2: {level_m: 1}}
  - {readings: {MH-1: &v {level_m: 3.9, lid_open: false}, MH-2: *v}, every: 60s, for: 4m}
then:
  - case: {kind: sewers.overflow, count: 1, reports: 1}
"""
    assert told(tmp_path, steps) == []


@pytest.mark.django_db
def test_what_was_short_silent_or_over_becomes_what_it_is(tmp_path: Path) -> None:
    steps = """
  - {readings: {P-1: {level_m: 3.9, lid_open: false}}, every: 60s, for: 4m}
  - {readings: {P-1: {level_m: 1}}, every: 60s, for: 2m}
  - silence: 9m
then:
  - case: {kind: sewers.overflow, count: 0}
"""
    assert told(tmp_path, steps) == []


@pytest.mark.django_db
def test_silence_becomes_a_case(tmp_path: Path) -> None:
    steps = """
  - readings: {MH-1: {level_m: 1}}
  - silence: 9m
  - silence: 1m
  - silence: 9m
then:
  - case: {kind: sewers.overflow, count: 1, reports: 1}
"""
    assert told(tmp_path, steps) == []


def test_a_measure_that_no_type_has_is_a_mistake(tmp_path: Path) -> None:
    made = scene(tmp_path)
    (made / "stories").mkdir()
    story = STORY + "\n  - readings: {MH-1: {levl_m: 1}}\nthen: [{case: {count: 0}}]\n"
    (made / "stories" / "one.yaml").write_text(story, encoding="utf-8")
    found = [one for one in scenes.check(made).problems if one.code == "SCN-305"]
    assert [(one.where.line, "level_m" in one.hint) for one in found] == [(10, True)]

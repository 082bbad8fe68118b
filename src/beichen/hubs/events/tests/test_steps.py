"""The room's words for stories: checked without a database, spoken through the protocols."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.tests import city
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.kernel.scene import service
from beichen.kernel.scene.scaffold import new_scene
from beichen.kernel.scene.stories.runner import run_stories

EVENTS = """
works.pothole:
  name: {zh: 坑洼, en: Pothole}
  public: true
  grade: {default: 4, escalate: [{when: "depth_cm >= 10", to: 2}]}
  same_as: {within: 80m, during: 3d}
  route: [{to: {kind: urban-management, at: county}}]
  deadlines: {accept: 15m, handle: 2d, working: true}
  needs: [photo]
  ask: {depth_cm: {name: {zh: 深度, en: Depth}, type: number}}
works.patrol:
  name: {zh: 巡查, en: Patrol}
"""
TOWN = "given: [{town: {east: {kind: urban-management, region: '990102'}}}"
REPORT = (
    "{report: {kind: works.pothole, region: '990102', text: 路面有坑, key: one, answers: {depth_cm: 12}}}"
)


def scene(tmp_path: Path, story: str) -> Path:
    """A scene with this story."""
    folder = new_scene("works", tmp_path)
    (folder / "events.yaml").write_text(EVENTS, encoding="utf-8")
    (folder / "stories").mkdir()
    (folder / "stories" / "one.yaml").write_text(f"story: 一\n{story}\n", encoding="utf-8")
    return folder


def told(tmp_path: Path, story: str) -> list[str]:
    """What the story is found wrong about."""
    forget_rates()
    package = service.check(scene(tmp_path, story)).sound()
    results = run_stories(package, by=city.SETUP)
    return [problem.message for result in results for problem in result.problems]


def then(steps: str, when: str = "") -> str:
    """A story in the town with one report."""
    return f"{TOWN}, {REPORT}]\nwhen: [{when}]\nthen: [{steps}]"


@pytest.mark.django_db
def test_a_story_goes_through_the_loop(tmp_path: Path) -> None:
    when = ", ".join(
        [
            "{do: {command: accept, of: one, as: attendant}}",
            "{do: {command: add-evidence, of: one, need: photo, as: {officer: east}}}",
            "{do: {command: handle, of: one, result: 已修补, as: {officer: east}}}",
        ]
    )
    holds = ", ".join(
        [
            "{case: {of: one, stage: verify, desk: east, grade: 2, reports: 1, support: [], count: 1}}",
            "{case: {kind: works.patrol, count: 0}}",
            "{deadline: {of: one, accept: 15m, handle: 2d, working: true}}",
        ]
    )
    assert told(tmp_path, then(holds, when)) == []
    assert not Report.objects.exists(), "a story leaves nothing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("{case: {of: one, stage: handle}}", "stage is 'accept', expected 'handle'"),
        ("{case: {of: one, support: [west]}}", "support is [], expected ['west']"),
        ("{case: {kind: works.pothole, count: 2}}", "there are 1 such cases, expected 2"),
        ("{case: {of: nobody, count: 0}}", "no report is called 'nobody'"),
        ("{deadline: {of: one, handle: 1h}}", "handle has no clock yet"),
        ("{deadline: {of: one, accept: 15m}}", "accept counts working time: True"),
    ],
)
def test_what_does_not_hold_is_said(tmp_path: Path, steps: str, message: str) -> None:
    assert message in told(tmp_path, then(steps))


@pytest.mark.django_db
def test_refusals_have_the_codes_of_both_doors(tmp_path: Path) -> None:
    when = ", ".join(
        [
            "{report: {kind: works.pothole, region: '990102', text: ''}}",
            "{report: {kind: works.patrol, channel: patrol, region: '990109', text: 坑, as: attendant}}",
            "{do: {command: accept, of: one, as: {officer: east}}}",
        ]
    )
    assert told(tmp_path, then("{refused: EVT-401}, {refused: EVT-403}, {refused: EVT-308}", when)) == []


@pytest.mark.django_db
def test_a_given_report_comes_in_once(tmp_path: Path) -> None:
    story = f"{TOWN}, {REPORT}, {REPORT}]\nthen: [{{case: {{of: one, reports: 1}}}}]"
    assert told(tmp_path, story) == []


@pytest.mark.django_db
def test_a_town_is_not_made_where_a_city_is(tmp_path: Path) -> None:
    city.build()
    load_regions([RegionFacts("110100", "北京市", "city")], by=city.SETUP)
    assert "a town is made only where no city is loaded" in told(tmp_path, then("{case: {count: 0}}"))
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("step", "line", "message"),
    [
        ("{report: {kind: works.potholes, text: x}}", "when", "no scene declares the kind 'works.potholes'"),
        ("{report: {kind: works.patrol, text: x}}", "when", "citizens do not report works.patrol"),
        ("{do: {command: acept, of: one}}", "when", "there is no command 'acept'"),
        ("{case: {kind: works.nothing}}", "then", "no scene declares the kind 'works.nothing'"),
        ("{deadline: {kind: works.nothing}}", "then", "no scene declares the kind 'works.nothing'"),
        ("{town: {a: {kind: x, region: '1101'}}}", "given", ""),
        ("{town: {a: {kind: x, region: '110100'}}}", "given", "the town has no region 110100"),
    ],
)
def test_a_mistake_is_found_without_a_database(tmp_path: Path, step: str, line: str, message: str) -> None:
    parts: dict[str, Any] = {"given": "", "when": "", "then": "{case: {count: 0}}"}
    story = "\n".join(f"{name}: [{step if name == line else text}]" for name, text in parts.items())
    problems = [
        one
        for one in service.check(scene(tmp_path, story)).problems
        if str(one.where.file).endswith("one.yaml")
    ]
    assert len(problems) == 1
    assert message in problems[0].message

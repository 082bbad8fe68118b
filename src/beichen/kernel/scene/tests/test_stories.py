"""Stories are run step by step; what does not hold is told at its step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from beichen import settings as chosen
from beichen.kernel.access.models import Role
from beichen.kernel.access.service import save_role
from beichen.kernel.actor import system
from beichen.kernel.levels import Level
from beichen.kernel.scene import codes, installation, service
from beichen.kernel.scene.sections import stories as stories_section
from beichen.kernel.scene.stories import step as words
from beichen.kernel.scene.stories.runner import run_stories
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, register_step
from beichen.kernel.scene.tests.factories import SCENE, copy_of, step
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")


def _role(stage: Stage, value: dict[str, Any]) -> None:
    save_role(value["role"], "名", [], Level.L1, by=stage.by)


def _refuse(stage: Stage, value: dict[str, Any]) -> None:
    save_role("half-done", "名", [], Level.L1, by=stage.by)
    service.find_package(value["refuse"])


def _get(stage: Stage, value: dict[str, Any]) -> None:
    stage.send("GET", value["get"])


def _has_role(stage: Stage, value: dict[str, Any]) -> None:
    stage.expect(Role.objects.filter(key=value["has"]).exists(), f"no role {value['has']}")


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    given, when, then = {Clause.GIVEN, Clause.WHEN}, {Clause.WHEN}, {Clause.THEN}
    for one in (step("role", given, _role), step("refuse", given, _refuse), step("get", when, _get)):
        monkeypatch.setitem(words._registered, one.word, one)
    monkeypatch.setitem(words._registered, "has", step("has", then, _has_role))


def run(tmp_path: Path, *stories: str) -> list[list[str]]:
    """What each story says is wrong: ``line: message``."""
    folder = copy_of(SCENE, tmp_path)
    for number, story in enumerate(stories):
        (folder / f"stories/a{number}.yaml").write_text(story, encoding="utf-8")
    package = service.check(folder).sound()
    results = run_stories(package, by=BY)[: len(stories)]
    assert all(problem.code == codes.STORY_FAILED for result in results for problem in result.problems)
    return [[f"{problem.where.line}: {problem.message}" for problem in result.problems] for result in results]


def test_a_story_that_holds(tmp_path: Path) -> None:
    """Nothing is wrong with it."""
    assert run(
        tmp_path, "story: s\ngiven:\n  - role: a\nwhen:\n  - role: b\nthen:\n  - has: a\n  - has: b\n"
    ) == [[]]


def test_every_step_that_does_not_hold_is_told(tmp_path: Path) -> None:
    """Not only the first."""
    story = "story: s\ngiven:\n  - role: a\nthen:\n  - has: b\n  - has: a\n  - has: c\n"
    assert run(tmp_path, story) == [["5: no role b", "7: no role c"]]


def test_a_story_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    """The second does not see what the first was given."""
    first, second = "story: s\ngiven:\n  - role: a\nthen:\n  - has: a\n", "story: s\nthen:\n  - has: a\n"
    assert run(tmp_path, first, second) == [[], ["3: no role a"]]


def test_an_expected_refusal_holds(tmp_path: Path) -> None:
    """And what was half done before it is undone."""
    story = "story: s\nwhen:\n  - refuse: nobody\nthen:\n  - refused: SCN-401\n"
    assert run(tmp_path, story, f"{story}  - has: half-done\n") == [[], ["6: no role half-done"]]


def test_a_refusal_that_nobody_expected_fails(tmp_path: Path) -> None:
    """In `given` at its end, in `when` at its start."""
    given = "story: s\ngiven:\n  - refuse: nobody\nthen:\n  - refused: SCN-401\n"
    when = "story: s\nwhen:\n  - refuse: nobody\nthen:\n  - has: public\n"
    assert run(tmp_path, given, when) == [
        ["3: refused with SCN-401", "5: expected SCN-401, found nothing was refused"],
        ["3: refused with SCN-401"],
    ]


def test_another_refusal_than_expected_fails(tmp_path: Path) -> None:
    """Both codes are told."""
    story = "story: s\nwhen:\n  - refuse: nobody\nthen:\n  - refused: SCN-402\n"
    assert run(tmp_path, story) == [["5: expected SCN-402, found SCN-401"]]


def test_steps_speak_to_the_open_protocols(tmp_path: Path) -> None:
    """A request that is refused is noted by its problem code."""
    found = "story: s\nwhen:\n  - get: /healthz\nthen:\n  - has: public\n"
    missing = "story: s\nwhen:\n  - get: /api/nowhere\nthen:\n  - refused: WEB-404\n"
    assert run(tmp_path, found, missing) == [[], []]


def test_a_demo_stays_and_is_played_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only with the demo setting; again only when the demo changed."""
    folder = copy_of(SCENE, tmp_path)
    (folder / "demo.yaml").write_text("demo:\n  - role: a\n", encoding="utf-8")
    assert not service.install(folder, by=BY)[0].sections["demo"]
    with_demo = replace(chosen.settings(), demo=True)
    for module in (stories_section, installation):
        monkeypatch.setattr(module, "settings", lambda: with_demo)
    assert service.install(folder, by=BY)[0].sections["demo"].added == ["step 1"]
    assert Role.objects.filter(key="a").exists()
    assert service.install(folder, by=BY)[0].sections["demo"].unchanged == 1
    (folder / "demo.yaml").write_text("demo:\n  - role: a\n  - role: b\n", encoding="utf-8")
    assert service.install(folder, by=BY)[0].sections["demo"].added == ["step 1", "step 2"]


def test_a_demo_that_is_refused_installs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step is told, and the whole package is undone."""
    folder = copy_of(SCENE, tmp_path)
    (folder / "demo.yaml").write_text("demo:\n  - role: a\n  - refuse: nobody\n", encoding="utf-8")
    with_demo = replace(chosen.settings(), demo=True)
    monkeypatch.setattr(stories_section, "settings", lambda: with_demo)
    with pytest.raises(ProblemError) as error:
        service.install(folder, by=BY)
    assert [(problem.code, problem.where.line) for problem in error.value.problems] == [
        (codes.STORY_FAILED, 3)
    ]
    assert not Role.objects.filter(key="a").exists()


def test_a_word_belongs_to_one_room() -> None:
    """Another step under the same word is a mistake of the room."""
    with pytest.raises(ValueError, match="registered twice"):
        register_step(step("refused", {Clause.WHEN}, _get))

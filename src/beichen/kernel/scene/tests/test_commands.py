"""`beichen scene …` as people use it: exit status, places, JSON."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from beichen.kernel.scene import codes
from beichen.kernel.scene.commands import scene
from beichen.kernel.scene.tests.factories import CITY, SCENE, copy_of, replace_in
from beichen.problem import ProblemError


def call(*arguments: object) -> Result:
    """Run `beichen scene …`; what is refused is raised, as the house's own command expects."""
    return CliRunner().invoke(scene, [str(argument) for argument in arguments])


def refused(result: Result) -> list[str]:
    """The codes with which a command was refused."""
    assert isinstance(result.exception, ProblemError)
    return [problem.code for problem in result.exception.problems]


def test_a_new_scene_passes_its_check(tmp_path: Path) -> None:
    """What `new` writes has no mistake; it writes over nothing, and takes only names."""
    made = call("new", "street-lamps", "--to", tmp_path)
    assert (made.exit_code, made.output.strip()) == (0, str(tmp_path / "street-lamps"))
    checked = call("check", tmp_path / "street-lamps")
    assert (checked.exit_code, checked.output) == (0, "1 checked, no mistake\n")
    assert refused(call("new", "street-lamps", "--to", tmp_path)) == [codes.EXISTS]
    assert refused(call("new", "Street Lamps", "--to", tmp_path)) == [codes.BAD_NAME]


def test_check_prints_every_mistake_in_its_place(tmp_path: Path) -> None:
    """One line a mistake that an editor can follow; exit status 1."""
    folder = copy_of(SCENE, tmp_path)
    replace_in(folder, "scene.yaml", "level: L1", "level: L7")
    replace_in(folder, "quality.yaml", "page: done", "page: dnoe")
    result = call("check", folder)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{folder}/quality.yaml:2:7: error: SCN-204 'dnoe' is not valid here (did you mean 'done'?)",
        f"{folder}/scene.yaml:9:8: error: SCN-204 'L7' is not valid here (one of: L1, L2, L3, L4)",
        "1 checked, 2 mistakes",
    ]


def test_check_in_json(tmp_path: Path) -> None:
    """The same mistakes as problem documents."""
    folder = copy_of(SCENE, tmp_path)
    replace_in(folder, "scene.yaml", "level: L1", "level: L7")
    result = call("check", "--json", folder)
    (problem,) = orjson.loads(result.output)["problems"]
    assert result.exit_code == 1
    assert (problem["code"], problem["where"]["line"], problem["where"]["pointer"]) == (
        "SCN-204",
        9,
        "/level",
    )


def test_wrong_use_ends_with_two() -> None:
    """No scene, an unknown option, an unknown command."""
    assert [call(*words).exit_code for words in (("check",), ("check", "--yes"), ("chekc",))] == [2, 2, 2]


def test_the_language_is_described() -> None:
    """`docs` without a scene lists sections and words."""
    output = call("docs").output
    assert "| regions | `regions.csv` | 10 |" in output
    assert "- `refused` — " in output


def test_a_scene_is_described() -> None:
    """Its reference page has its names in both languages and what it declares."""
    output = call("docs", SCENE).output
    assert output.startswith("# 行道树 · Street trees\n")
    assert "- A tree without a place is refused (`stories/bad-input.yaml`)" in output
    assert "- `parks-bureau` — 园林局 · Parks bureau" in call("docs", CITY).output


def test_schemas_for_editors(tmp_path: Path) -> None:
    """One JSON Schema for each YAML file of each section."""
    written = call("docs", "--schemas", tmp_path / "schemas").output.split()
    schema = orjson.loads((tmp_path / "schemas/scene.schema.json").read_bytes())
    assert str(tmp_path / "schemas/city-bodies.schema.json") in written
    assert schema["required"] == ["scene", "name", "version", "owner"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.django_db
def test_from_diff_to_removal(tmp_path: Path) -> None:
    """Compare, install, list, compare again, remove."""
    folder = copy_of(SCENE, tmp_path)
    (compared,) = orjson.loads(call("diff", "--json", folder).output)
    assert (compared["outcome"], compared["before"]) == ("installed", None)
    assert call("list").output == ""
    assert call("install", folder).output.startswith("scene street-trees 1.2.0: installed\n")
    assert call("list").output.split() == ["scene", "street-trees", "1.2.0", "行道树", "·", "Street", "trees"]
    assert orjson.loads(call("list", "--json").output)[0]["installed_by"] == "system:command-line"
    assert call("diff", folder).output.startswith("scene street-trees 1.2.0: unchanged\n")
    assert call("remove", folder).output.startswith("scene street-trees 1.2.0: removed\n")
    assert refused(call("remove", folder)) == [codes.NOT_INSTALLED]


def test_a_scene_that_does_not_exist() -> None:
    """Refused with its code, whatever the command."""
    for command in ("check", "install", "diff", "remove", "docs", "test"):
        assert refused(call(command, "no-such-scene")) == [codes.NOT_FOUND]

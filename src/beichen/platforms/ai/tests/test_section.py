"""`models.yaml`: every mistake in its place, what installing does, and what a scene's Python may import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import beichen.sdk
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in
from beichen.platforms.ai import service
from beichen.platforms.ai.declaring import declare_models
from beichen.platforms.ai.models import Model
from beichen.platforms.ai.tests.ground import BY
from beichen.problem import Level

MANIFEST = """scene: tubs
name: {zh: 水桶, en: Tubs}
why: {zh: 试, en: Tried}
version: 1.0.0
owner: water
"""
OBJECTS = """tub:
  kind: thing
  name: {zh: 桶, en: Tub}
  measures:
    level_m: {zh: 水位, en: Level, unit: m}
    soon_m: {zh: 预报水位, en: Level to come, unit: m}
    state: {zh: 状态, en: State, type: text}
"""
MODELS = """rise:
  name: {zh: 上涨, en: Rise}
  says: {zh: 照旧, en: As before}
  function: rise
  over:
    tub: {measures: [level_m], history: 2h}
  run: "*/10 * * * *"
  horizon: 1h
  foretells: [tub.level_m]
  keeps:
    tub.soon_m: {take: max, of: level_m}
"""
UNTOLD = "{exempt: a scene of a test and of nobody else}"
QUALITY = "\n".join(
    f"{rule}: {'done' if rule in ('why', 'both-languages', 'refusals') else UNTOLD}"
    for rule in (
        "why",
        "page",
        "both-languages",
        "stories",
        "bad-input",
        "demo",
        "refusals",
        "declared",
    )
)
PYTHON = """from beichen.sdk import Answer, Inputs, model


@model
def rise(inputs: Inputs) -> Answer:
    return Answer()


def plain(inputs: Inputs) -> Answer:
    return Answer()
"""


def tubs(folder: Path, models: str = MODELS, python: str = PYTHON) -> Path:
    """A scene with a model."""
    made = folder / "tubs"
    made.mkdir()
    files = {"scene.yaml": MANIFEST, "objects.yaml": OBJECTS, "models.yaml": models, "model.py": python}
    files["quality.yaml"] = QUALITY
    for name, text in files.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def told(folder: Path) -> list[tuple[str, int | None]]:
    """Codes and lines of what is wrong with the scene's models and Python."""
    files = ("models.yaml", "model.py")
    found = scenes.check(folder).problems
    return [(one.code, one.where.line) for one in found if str(one.where.file).endswith(files)]


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("function: rise", "function: plain", ("AIM-103", 4)),
        ("    tub: {", "    bucket: {}\n    tub: {", ("SCN-305", 6)),
        ("[level_m]", "[depth_m]", ("SCN-305", 6)),
        ("[level_m]", "[level_m, state]", ("AIM-102", 6)),
        ('"*/10 * * * *"', '"every ten minutes"', ("AIM-105", 7)),
        ("horizon: 1h", "horizon: 20d", ("AIM-105", 8)),
        ("history: 2h", "history: 30s", ("AIM-105", 6)),
        ("foretells: [tub.level_m]", "foretells: [tub.level_m, tub.depth_m]", ("SCN-305", 9)),
        ("foretells: [tub.level_m]", "foretells: [tub.level_m, bucket.level_m]", ("AIM-102", 9)),
        ("of: level_m", "of: state", ("AIM-102", 11)),
        ("  horizon: 1h\n", "  horizon: 1h\n  finds: [tubs.full]\n", ("AIM-104", 9)),
        ("  horizon: 1h\n", "  horizon: 1h\n  finds: [sky.falls]\n", ("AIM-104", 9)),
    ],
)
def test_a_mistake_is_told_in_its_place(
    before: str, after: str, wrong: tuple[str, int], tmp_path: Path
) -> None:
    assert before in MODELS
    assert told(tubs(tmp_path, MODELS.replace(before, after))) == [wrong]


def test_of_the_house_python_imports_the_sdk_alone(tmp_path: Path) -> None:
    reaches = PYTHON + "\nfrom beichen.registry import service\nimport os\n"
    assert told(tubs(tmp_path, python=reaches)) == [("SCN-212", 12), ("SCN-212", 13)]


@pytest.mark.django_db
def test_a_scene_installs_its_model_and_takes_it_away(tmp_path: Path) -> None:
    folder = tubs(tmp_path)
    scenes.install(folder, by=BY)
    row = Model.objects.get(key="tubs.rise")
    assert (row.source, row.needs, row.is_current) == (PYTHON, [], True)
    assert row.next_at is not None
    scenes.remove(folder, by=BY)
    assert not Model.objects.filter(is_current=True).exists()
    assert Model.objects.get(next_at=None).key == "tubs.rise"


def test_every_scene_that_comes_with_the_house_stands_on_the_sdk_alone() -> None:
    """Of the house nothing else is imported; and the SDK knows nothing of the house."""
    files = [folder / "model.py" for folder in built_in(PackageKind.SCENE).values()]
    assert sum(file.is_file() for file in files) >= 4
    for file in files:
        if file.is_file():
            assert {name for name in imported(file) if name.startswith("beichen")} == {"beichen.sdk"}, file
    assert not [
        name for name in imported(Path(beichen.sdk.__file__)) if name.startswith(("beichen", "django"))
    ]


def imported(file: Path) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.django_db
def test_a_model_whose_engine_is_not_installed_is_told_of(tmp_path: Path) -> None:
    """AIM-106 says which model misses what, and what brings it; a house that has everything says nothing."""
    engine = PYTHON.replace("    return Answer()", "    import swmm_of_nobody\n    return Answer()", 1)
    declare_models({"rise": LISTED}, PYTHON, {}, scene="tubs", by=BY)
    assert list(service.look()) == []
    declare_models({"rise": LISTED}, engine, {}, scene="tubs", by=BY)
    (found,) = service.look()
    assert (found.code, found.level) == ("AIM-106", Level.WARNING)
    assert "tubs.rise" in found.message
    assert "swmm_of_nobody" in found.message
    assert "beichen[models]" in found.hint


LISTED = {
    "name": {"zh": "上涨", "en": "Rise"},
    "says": {"zh": "照旧", "en": "As before"},
    "function": "rise",
    "over": {"tub": {"measures": ["level_m"]}},
    "run": "*/10 * * * *",
}

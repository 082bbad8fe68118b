"""`tables.yaml`: what is wrong is told with its place, what is right is declared, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.tests.factories import SCENE, copy_of, replace_in
from beichen.platforms.warehouse.facts import Check, CheckKind
from beichen.platforms.warehouse.section import TablesSection
from beichen.platforms.warehouse.service import append, package_columns, reader, table, tables
from beichen.platforms.warehouse.tests.conftest import BY
from beichen.problem import ProblemError

SOUND = """tree_rounds:
  name: {zh: 巡树, en: Tree rounds}
  level: L2
  key: [tree, seen_at]
  time: seen_at
  keep: 730d
  owner: parks
  columns:
    tree: {type: text, zh: 树, en: Tree}
    seen_at: {type: time, zh: 时间, en: Seen}
    height_m: {type: number, zh: 树高, en: Height}
    by_phone: {type: text, zh: 电话, en: Telephone, level: L3}
    state: {type: text, zh: 状态, en: State, required: true}
  checks:
    - unique: [tree, seen_at]
    - range: {column: height_m, from: 0, to: 60}
    - accepted: {column: state, values: [good, ill]}
    - references: {column: tree, table: tree_rounds, to: tree}
    - fresh: {column: seen_at, within: 2d}
    - sql: {name: no-giants, wrong: select * from tree_rounds where height_m > 50 and state = 'ill'}
"""
BROKEN = {
    "a key that is no column": ("key: [tree, seen_at]", "key: [tree, seen]", "WHS-302", 1),
    "a time that is none": ("time: seen_at", "time: state", "WHS-303", 1),
    "a type that is none": ("type: number", "type: decimal", "SCN-204", 11),
    "a range of texts": ("column: height_m, from", "column: state, from", "WHS-306", 16),
    "a range without an end": ("height_m, from: 0, to: 60", "height_m", "WHS-306", 16),
    "a check of no column": ("column: state, values", "column: stat, values", "WHS-302", 17),
    "a reference to no table": ("table: tree_rounds", "table: tree_round", "WHS-404", 18),
    "a reference to no column": ("to: tree}", "to: trees}", "WHS-302", 18),
    "SQL over no table": ("from tree_rounds where", "from rounds where", "WHS-404", 20),
    "SQL that changes": ("wrong: select *", "wrong: copy tree_rounds to 'x' --", "WHS-202", 20),
    "SQL that cannot be read": ("height_m > 50 and", "height_m > > and", "WHS-201", 20),
    "a check of two kinds": ("- unique: [tree, seen_at]", "- {unique: [tree], range: {column: height_m}}",
                             "SCN-206", 15),
    "a time to keep that is none": ("keep: 730d", "keep: 2h", "SCN-205", 6),
}  # fmt: skip


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    folder = copy_of(SCENE, tmp_path / "shelf")
    (folder / "tables.yaml").write_text(SOUND, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_told_with_its_line(scene: Path, name: str) -> None:
    before, after, code, line = BROKEN[name]
    replace_in(scene, "tables.yaml", before, after)
    found = packages.check(scene, PackageKind.SCENE).problems
    assert [(problem.code, problem.where.line) for problem in found] == [(code, line)], found


@pytest.mark.django_db
def test_a_scene_declares_its_tables_and_takes_them_back(scene: Path) -> None:
    """Rows stay when it goes; a table that holds rows is not narrowed by a new version."""
    reading = packages.check(scene, PackageKind.SCENE)
    assert reading.package is not None
    assert package_columns(reading.package)["tree_rounds"]["height_m"] == "number"
    assert "| height_m | 树高 | Height | number |" in TablesSection().describe(reading.package)
    packages.install(scene, by=BY)
    facts = table("tree_rounds").facts
    assert (facts.keep_days, facts.owner_body, facts.level_of(facts.column("by_phone"))) == (730, "parks", 3)
    assert facts.checks[1] == Check(CheckKind.RANGE, ("height_m",), least=0.0, most=60.0)
    rows = [{"tree": "T1", "seen_at": "2025-03-01T08:00:00+08:00", "state": "good", "height_m": 61}]
    receipt = append("tree_rounds", rows, by=BY, source="test", load="1")
    failed = {result.check_key for result in receipt.results.all() if result.failed or result.problem}
    assert failed == {"range:height_m", "fresh:seen_at"}
    replace_in(scene, "tables.yaml", "    height_m: {type: number", "    height: {type: number")
    replace_in(scene, "tables.yaml", "column: height_m", "column: height")
    replace_in(scene, "tables.yaml", "height_m > 50", "height > 50")
    replace_in(scene, "scene.yaml", "version: ", "version: 9")
    with pytest.raises(ProblemError, match="WHS-305") as error:
        packages.install(scene, by=BY)
    assert error.value.problems[0].where.line == 1
    report = packages.remove(scene, by=BY)
    assert any("tree_rounds" in line for line in report.kept)
    assert not tables().filter(name="tree_rounds").exists()
    with reader() as ask, pytest.raises(ProblemError, match="WHS-404"):
        ask.sql("select * from tree_rounds")

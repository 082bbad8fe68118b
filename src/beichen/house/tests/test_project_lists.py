"""`beichen plan projects` as people type it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from beichen.house.cli import main
from beichen.plan.investment.tests.books import BRIDGE, PARK, book
from beichen.plan.investment.tests.city import load_plan, project

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(["plan", "projects", *arguments])
    return int(done.value.code or 0)


def test_a_list_is_imported_and_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_plan()
    file = tmp_path / "list.xlsx"
    file.write_bytes(book([PARK, BRIDGE]))
    assert run("import", str(file), "--dry-run", "--json") == 0
    assert orjson.loads(capsys.readouterr().out)["counts"] == {"added": 0, "changed": 2, "unchanged": 0}
    assert project().total is None
    assert run("import", str(file)) == 0
    assert "stored: 0 added, 2 changed" in capsys.readouterr().out
    assert project().total == 12000
    assert run("export", str(tmp_path / "out.xlsx")) == 0
    assert run("import", str(tmp_path / "out.xlsx")) == 0
    assert "0 changed, 2 unchanged" in capsys.readouterr().out


def test_what_is_wrong_is_told_by_row_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_plan()
    file = tmp_path / "list.xlsx"
    file.write_bytes(book([(*PARK[:5], "many", *PARK[6:])]))
    assert run("import", str(file)) == 1
    assert "row 4, F 总投资(万元)" in capsys.readouterr().err


def test_without_a_plan_there_is_nothing_to_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(book([PARK]))
    assert run("import", str(file)) == 1
    assert "PLN-632" in capsys.readouterr().err

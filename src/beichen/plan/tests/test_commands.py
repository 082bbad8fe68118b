"""`beichen plan import`: exit status, report, files, and what it stores."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from beichen.plan.commands import plan
from beichen.plan.importer.output import LISTS
from beichen.plan.models import Plan, PlanIndicator
from beichen.problem import ProblemError

PLANS = Path(__file__).parents[1] / "importer" / "tests" / "plans"
LINJIANG = str(PLANS / "linjiang.txt")


def test_reports_without_storing(tmp_path: Path) -> None:
    result = CliRunner().invoke(plan, ["import", LINJIANG, "--dry-run", "--json", "--out", str(tmp_path)])
    assert result.exit_code == 0
    report = orjson.loads(result.stdout)
    assert report["counts"]["indicators"] == 9
    assert len(report["written"]) == 2 * len(LISTS)
    assert "changes" not in report


@pytest.mark.django_db
def test_stores_the_facts_and_finds_the_plan_again() -> None:
    first = CliRunner().invoke(plan, ["import", LINJIANG, "--key", "linjiang", "--json"])
    assert first.exit_code == 0
    assert orjson.loads(first.stdout)["changes"]["added"] > 0
    again = orjson.loads(CliRunner().invoke(plan, ["import", LINJIANG, "--json"]).stdout)
    assert again["plan"] == "linjiang"
    assert again["changes"]["added"] == again["changes"]["changed"] == 0
    assert PlanIndicator.objects.filter(plan__key="linjiang").count() == 9


def test_says_in_words_what_was_read() -> None:
    result = CliRunner().invoke(plan, ["import", LINJIANG, "--dry-run"])
    assert "临江县国民经济和社会发展第十五个五年规划纲要 (2026–2030)" in result.stdout
    assert "targets          16" in result.stdout


@pytest.mark.django_db
def test_refuses_a_text_that_breaks_off(tmp_path: Path) -> None:
    text = (PLANS / "linjiang.txt").read_text(encoding="utf-8")
    cut = tmp_path / "cut.txt"
    cut.write_text(text[: text.index("新增床位")], encoding="utf-8")
    result = CliRunner().invoke(plan, ["import", str(cut), "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, ProblemError)
    assert "PLN-108" in result.stderr
    assert not (tmp_path / "out").exists()
    assert not Plan.objects.exists()


@pytest.mark.django_db
def test_files_need_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beichen.plan.commands._has_tables", lambda: False)
    result = CliRunner().invoke(plan, ["import", LINJIANG, "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert "not stored: files only" in result.stdout
    assert (tmp_path / "targets.json").exists()
    assert not Plan.objects.exists()


@pytest.mark.django_db
def test_nothing_is_stored_when_the_files_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    result = CliRunner().invoke(plan, ["import", LINJIANG, "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, ProblemError)
    assert "PLN-109" in str(result.exception.problems[0])
    assert not Plan.objects.exists()

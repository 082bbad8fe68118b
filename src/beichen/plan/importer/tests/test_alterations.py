"""The real plan altered: other widths, pages, tables, spellings, encodings and numbers, the same facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from beichen.plan.importer import PlanFacts, read_plan
from beichen.plan.importer.tests import alterations as alter
from beichen.plan.importer.tests.alterations import Row

SOURCE = Path(__file__).resolve().parents[3] / "cities/changchun/plan/source.txt"
FOUND, WRONG = 0.95, 0.05
ONE_LINE = 10**6


def _text(rows: Sequence[Row], style: str, width: int, page: Callable[[int], str] | None = None) -> str:
    return alter.reset(SOURCE.read_text(encoding="utf-8"), rows, style, width, page)


def _cases() -> dict[str, tuple[list[Row], bytes]]:
    rows = alter.real_rows()
    numbers, turned, more = alter.other_numbers(rows), alter.reversed_rows(rows), [*rows, *alter.ADDED]
    bare = alter.without_base(rows)
    tabs = _text(turned, "tabs", 20, lambda n: f"— {n} —").replace("\n", "\r\n")
    return {
        "a paragraph a line, other numbers": (numbers, _text(numbers, "bars", ONE_LINE).encode()),
        "20 wide, dashes, turned, CRLF, BOM": (turned, tabs.encode("utf-8-sig")),
        "34 wide, bare pages, more rows, GB 18030": (more, _text(more, "split", 34, str).encode("gb18030")),
        "60 wide, named pages, no base, full width": (
            bare, alter.full_width(_text(bare, "cells", 60, lambda n: f"第{n}页")).encode(),
        ),
        "28 wide, running headers, spaces": (
            rows, alter.spaced(_text(rows, "spaces", 28, alter.running)).encode(),
        ),
        "34 wide, other headings, no groups, UTF-16": (
            rows, alter.renamed(_text(rows, "no groups", 34, lambda n: f"— {n} —")).encode("utf-16"),
        ),
    }  # fmt: skip


CASES = _cases()


@pytest.fixture(scope="module", params=list(CASES))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, PlanFacts]:
    path = tmp_path_factory.mktemp("altered") / "plan.txt"
    path.write_bytes(CASES[request.param][1])
    return request.param, read_plan(path)


@pytest.fixture(scope="module")
def real() -> PlanFacts:
    return read_plan(SOURCE)


def _plain(words: str) -> str:
    return re.sub(r"\s", "", words).translate(str.maketrans("０１２３４５６７８９．％", "0123456789.%"))


def test_every_heading(case: tuple[str, PlanFacts], real: PlanFacts) -> None:
    wanted, found = (
        [(node.level, node.location, _plain(node.title)) for node in facts.outline if node.level != "task"]
        for facts in (real, case[1])
    )
    assert found == wanted


def _number(cell: str) -> float | None:
    match = re.fullmatch(r"[＞≤≥]?(\d+(?:\.\d+)?)\*?(?:左右)?", cell)
    return float(match.group(1)) if match else None


def test_every_indicator(case: tuple[str, PlanFacts]) -> None:
    grouped = "no groups" not in case[0] and "more rows" not in case[0]  # these two print no group
    wanted = [
        (
            int(row[0]), row[1] if grouped else "", re.sub(r"（[^（）]*）\Z", "", row[2]), _number(row[3]),
            _number(row[5] if row[4] == "-" else row[4]), "binding" if row[6] == "约束性" else "expected",
        )
        for row in CASES[case[0]][0]
    ]  # fmt: skip
    found = [
        (item.number, item.group, _plain(item.name), item.base_value, item.target_value, item.attribute)
        for item in case[1].indicators
    ]
    assert found == wanted


def test_every_target(case: tuple[str, PlanFacts], real: PlanFacts) -> None:
    wanted, found = (
        Counter(
            (_plain(item.metric), item.value, item.upper, item.unit, item.comparator, item.target_year)
            for item in facts.targets
        )
        for facts in (real, case[1])
    )
    assert found == wanted


def test_nearly_every_project(case: tuple[str, PlanFacts], real: PlanFacts) -> None:
    wanted, found = (Counter(_plain(item.name) for item in facts.projects) for facts in (real, case[1]))
    assert (wanted & found).total() >= FOUND * wanted.total(), wanted - found
    assert (found - wanted).total() <= WRONG * found.total(), found - wanted


def test_other_numbers_in_the_prose(real: PlanFacts) -> None:
    """Each number of two to four digits before a unit becomes another one, and so does its target."""
    text = SOURCE.read_text(encoding="utf-8")
    pattern = re.compile(r"(?<![\d.])(?!20\d\d)(\d{2,4})(?= ?[亿万个家户%公座处颗辆])")

    def changed(match: re.Match[str]) -> str:
        return "".join(str(int(digit) % 9 + 1) for digit in match.group())

    from beichen.plan.importer.reading import read_plan_text

    altered = read_plan_text(pattern.sub(changed, text), "altered").targets
    different = 0
    kept = {target.start: target for target in altered}
    for target in real.targets:
        other = kept.get(target.start)
        whole = re.fullmatch(r"\d{2,4}", f"{target.value:g}")
        span = text[target.start : target.end]
        if whole is None or other is None or not pattern.search(span):
            continue
        if other.value != target.value:
            assert f"{other.value:g}" == changed(whole)
            different += 1
    assert different > 60
    assert len(altered) >= FOUND * len(real.targets)

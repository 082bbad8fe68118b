"""Boxes in the ways that plans set them: every one gives its projects by name.

``gold/boxes.txt`` holds the boxes: a line ``=== style``, a line of the names between bars, the box.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from beichen.plan.importer import read_plan_text

PLAN = """海州市国民经济和社会发展第十四个五年规划纲要
第一章 总论
总体安排如下。
第二章 任务
第一节 建设
推动发展。
{}
第三章 规划实施
完。
"""


def _boxes() -> dict[str, tuple[list[str], str]]:
    text = (Path(__file__).parent / "gold" / "boxes.txt").read_text(encoding="utf-8")
    parts = [part.split("\n", 2) for part in text.split("=== ")[1:]]
    return {style: (names.split("|"), box.strip("\n")) for style, names, box in parts}


BOXES = _boxes()


@pytest.mark.parametrize("style", BOXES)
def test_reads_the_projects_of_a_box(style: str) -> None:
    names, box = BOXES[style]
    assert [project.name for project in read_plan_text(PLAN.format(box), "box").projects] == names


def test_keeps_the_groups_of_a_box() -> None:
    groups = [project.group for project in read_plan_text(PLAN.format(BOXES["labels"][1]), "box").projects]
    assert groups == ["续建项目", "续建项目", "新建项目", "新建项目", "谋划项目"]

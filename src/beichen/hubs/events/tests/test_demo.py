"""A city's demo reports: where each case stands, marked, and sent once."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from beichen.hubs.events import demo
from beichen.hubs.events.models import Case, Report
from beichen.hubs.events.service import differences
from beichen.hubs.events.tests import city
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.yaml_text import parse_yaml
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
TEXT = """
reports:
  a: {kind: works.road-damaged, text: 甲, region: "990102", ago: 10h}
  b: {kind: works.road-damaged, text: 乙, region: "990102", ago: 10h, until: refused}
  c: {kind: works.road-damaged, text: 丙, region: "990102", ago: 10h, until: handle}
  d: {kind: works.road-damaged, text: 丁, region: "990102", ago: 10h, until: verify}
  e: {kind: works.road-damaged, text: 戊, region: "990102", ago: 10h, until: answer}
  f: {kind: works.road-damaged, text: 己, region: "990102", ago: 10h, until: rate}
  g: {kind: works.road-damaged, text: 庚, region: "990102", ago: 10h, until: closed, stars: 4}
  h: {kind: works.tree-fallen, text: 辛, region: "990102", ago: 2d, until: rate, answers: {blocks: road}}
"""


def document(text: str = TEXT) -> Document:
    """The file, read."""
    found, problems = parse_yaml(text.encode(), name="demo-reports.yaml", file="demo-reports.yaml")
    assert found is not None
    assert problems == []
    return found


def test_each_case_stands_where_the_file_says() -> None:
    city.build()
    assert demo.install_demo(document(), by=city.SETUP, now=city.MONDAY) == list("abcdefgh")
    stages = dict(Case.objects.values_list("state__text", "stage"))
    assert stages == {
        "甲": "accept",
        "乙": "closed",
        "丙": "handle",
        "丁": "verify",
        "戊": "answer",
        "己": "rate",
        "庚": "closed",
        "辛": "rate",
    }
    assert all(Case.objects.values_list("is_demo", flat=True))
    assert all(Report.objects.values_list("is_demo", flat=True))
    assert Report.objects.get(text="庚").rating == 4
    assert [differences(row) for row in Case.objects.all()] == [[]] * 8
    assert demo.install_demo(document(), by=city.SETUP, now=city.MONDAY) == []


def test_a_kind_that_is_not_declared_is_said_at_its_place() -> None:
    city.build()
    with pytest.raises(ProblemError) as error:
        demo.install_demo(document(TEXT.replace("tree-fallen", "tree")), by=city.SETUP)
    assert [(one.code, one.where.line) for one in error.value.problems] == [("SCN-305", 10)]
    assert not Report.objects.exists()


def test_the_schema_is_one() -> None:
    schema: dict[str, Any] = demo.schema()
    assert jsonschema_rs.is_valid(schema, document().value)
    assert not jsonschema_rs.is_valid(schema, {"reports": {"x": {"kind": "a.b", "text": "x"}}})

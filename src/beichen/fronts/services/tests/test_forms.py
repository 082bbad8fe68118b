"""Forms: what a declaration may say, how answers are read and judged, versions."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from beichen.fronts.services.forms.checks import check_form
from beichen.fronts.services.forms.facts import check_facts
from beichen.fronts.services.forms.models import FormVersion
from beichen.fronts.services.forms.schema import FORM
from beichen.fronts.services.forms.service import Form, declare_forms, flat, form_of, validate
from beichen.fronts.services.forms.showing import shown_answers
from beichen.fronts.services.tests.town import SETUP, build
from beichen.kernel.scene.validation import _validator
from beichen.problem import ProblemError, Where

PERMIT: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parents[3] / "scenes/construction-permit/forms/construction-permit.yaml").read_text(
        "utf-8"
    )
)
FULL: dict[str, list[str]] = {
    "builder.name": ["示例建设有限公司"],
    "builder.credit_code": ["91110000600037341L"],
    "builder.contact": ["王工"],
    "builder.telephone": ["13800138000"],
    "project": ["文化馆"],
    "site": ["东大街1号"],
    "use": ["public"],
    "area_m2": ["1500"],
    "height_m": ["24"],
    "buildings.count": ["1"],
    "buildings.0.name": ["主楼"],
    "buildings.0.floors": ["5"],
}


def problems(schema: dict[str, Any]) -> list[str]:
    """What the check of a scene says of a form."""
    found = list(check_form(schema, lambda path: Where(pointer=str(path))))
    assert {problem.code for problem in found} <= {"SRV-116"}
    return [str(problem.message) for problem in found]


def wrong(given: dict[str, list[str]]) -> dict[str, str]:
    """What is wrong with what was sent for a permit, by field."""
    form = Form(PERMIT)
    try:
        validate(form, form.read({**FULL, **given}))
    except ProblemError as error:
        return {one.where.field or "": one.message for one in error.problems}
    return {}


def test_a_whole_application_is_read_into_typed_answers() -> None:
    form = Form(PERMIT)
    answers = validate(form, form.read(FULL))
    assert answers["area_m2"] == 1500
    assert answers["buildings"] == [{"name": "主楼", "floors": 5}]
    assert form.read(flat(form.schema, answers)) == answers


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"project": [""]}, {"project"}),
        ({"area_m2": ["many"]}, {"area_m2"}),
        ({"area_m2": ["0"]}, {"area_m2"}),
        ({"use": ["castle"]}, {"use"}),
        ({"use": ["industry"]}, {"hazard"}),
        ({"use": ["industry"], "hazard": ["a"]}, set()),
        ({"height_m": ["50"]}, {"lift"}),
        ({"buildings.count": ["0"]}, {"buildings"}),
        ({"buildings.0.basement": ["true"]}, {"buildings.0.basement_m2"}),
        ({"buildings.0.floors": ["2.5"]}, {"buildings.0.floors"}),
        ({"builder.credit_code": ["91110000600037341M"]}, {"builder.credit_code"}),
        ({"builder.telephone": ["12"]}, {"builder.telephone"}),
        ({"start_on": ["2026-02-30"]}, {"start_on"}),
    ],
)
def test_each_fault_stands_at_its_field(given: dict[str, list[str]], fields: set[str]) -> None:
    assert set(wrong(given)) == fields


def test_what_a_rule_hides_does_not_count() -> None:
    form = Form(PERMIT)
    answers = form.read({**FULL, "hazard": ["a"], "lift": ["true"], "buildings.0.basement_m2": ["9"]})
    assert "hazard" not in answers
    assert "lift" not in answers
    assert "basement_m2" not in answers["buildings"][0]


def test_everything_beyond_the_declaration_is_refused() -> None:
    with pytest.raises(ProblemError) as caught:
        validate(Form(PERMIT), {**Form(PERMIT).read(FULL), "is_approved": True})
    assert [one.where.field for one in caught.value.problems] == ["is_approved"]
    assert caught.value.problems[0].code == "SRV-305"


def test_answers_are_shown_in_words() -> None:
    form = Form(PERMIT)
    told = {one.name: one for one in shown_answers(form.schema, form.read(FULL), {"project": "你的账户"})}
    assert told["use"].text == "公共建筑"
    assert told["area_m2"].text == "1,500 m²"
    assert told["project"].source == "你的账户"
    assert told["buildings.0.name"].title == "单体建筑 1 · 名称"


def test_forms_of_scenes_fit_the_language() -> None:
    import json

    for file in (Path(__file__).parents[3] / "scenes").glob("*/forms/*.yaml"):
        form = YAML(typ="safe").load(file.read_text("utf-8"))
        errors = [error.message for error in _validator(json.dumps(FORM, sort_keys=True)).iter_errors(form)]
        assert errors == [], file
        assert problems(form) == [], file


def changed(**named: Any) -> dict[str, Any]:
    """A small form with something changed."""
    small: dict[str, Any] = {
        "type": "object",
        "title": "甲",
        "x-title-en": "A",
        "properties": {
            "a": {"type": "string", "title": "甲", "x-title-en": "A"},
            "b": {"type": "number", "title": "乙", "x-title-en": "B"},
        },
    }
    return {**deepcopy(small), **named}


RULE = {"if": {"required": ["a"], "properties": {"a": {"const": "x"}}}, "then": {"required": ["b"]}}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (changed(required=["c"]), "there is no field 'c' here"),
        (changed(allOf=[{**RULE, "then": {"required": ["z"]}}]), "there is no field 'z' here"),
        (changed(allOf=[{"if": RULE["if"]}]), "the rule says nothing"),
        (
            changed(allOf=[{**RULE, "if": {"properties": {"a": {"const": "x"}}}}]),
            "the condition also holds while a is not answered",
        ),
        (
            changed(required=["b"], allOf=[{"if": RULE["if"], "else": {"properties": {"b": False}}}]),
            "b is required and hidden",
        ),
    ],
)
def test_what_a_form_cannot_say_is_told(form: dict[str, Any], message: str) -> None:
    assert message in problems(form)


@pytest.mark.parametrize("pattern", [r"\d+", r"(?<=a)b", r"(a)\1", r"\bx", r"(?i)x"])
def test_patterns_that_are_read_differently_are_refused(pattern: str) -> None:
    form = changed()
    form["properties"]["a"]["pattern"] = pattern
    assert problems(form) == ["browsers and the server read this differently"]


def test_a_broken_pattern_is_refused() -> None:
    form = changed()
    form["properties"]["a"]["pattern"] = "[0-9"
    assert problems(form) == ["this is no regular expression"]


@pytest.mark.django_db
def test_a_changed_form_is_a_new_version() -> None:
    first = changed()
    assert declare_forms({"small": first}, scene="permits", by=SETUP).added == ["small"]
    assert declare_forms({"small": first}, scene="permits", by=SETUP).unchanged == 1
    assert declare_forms({"small": changed(required=["a"])}, scene="permits", by=SETUP).changed == ["small"]
    assert [row.number for row in FormVersion.objects.filter(key="small")] == [2, 1]
    found = form_of("permits", "small")
    assert found is not None
    assert found.schema["required"] == ["a"]
    with pytest.raises(ProblemError) as caught:
        declare_forms({"small": first}, scene="others", by=SETUP)
    assert caught.value.problems[0].code == "SRV-117"
    assert declare_forms({}, scene="permits", by=SETUP).removed == ["small"]
    assert form_of("permits", "small") is None


@pytest.mark.django_db
def test_fields_stand_in_the_order_in_which_they_were_written() -> None:
    """On each database: PostgreSQL's jsonb puts short names first."""
    names = ["project_name", "b", "applicant", "a"]
    field = {"type": "string", "title": "甲", "x-title-en": "A", "maxLength": 5}
    declare_forms({"small": changed(properties=dict.fromkeys(names, field))}, scene="permits", by=SETUP)
    found = form_of("permits", "small")
    assert found is not None
    assert list(found.schema["properties"]) == names
    shuffled = {**found.schema, "properties": dict.fromkeys(sorted(names), field)}
    FormVersion.objects.update(declared=shuffled)  # as it was kept before
    changes = declare_forms(
        {"small": changed(properties=dict.fromkeys(names, field))}, scene="permits", by=SETUP
    )
    assert changes.unchanged == 1
    found = form_of("permits", "small")
    assert found is not None
    assert list(found.schema["properties"]) == names


@pytest.mark.django_db
def test_what_answers_name_must_be_there() -> None:
    build()
    form = changed()
    form["properties"] = {
        "where": {"type": "string", "title": "甲", "x-title-en": "A", "x-kind": "region"},
        "well": {"type": "string", "title": "甲", "x-title-en": "A", "x-kind": "object", "x-type": "well"},
        "scan": {"type": "string", "title": "甲", "x-title-en": "A", "x-kind": "file"},
        "number": {"type": "string", "title": "甲", "x-title-en": "A", "format": "identity-number"},
    }
    check_facts(Form(form), {"where": "990102", "scan": "F1"}, {"scan": "F1"})
    told = {"where": "123456", "well": "W-1", "scan": "F2", "number": "999999199101010079"}
    with pytest.raises(ProblemError) as caught:
        check_facts(Form(form), told, {"scan": "F1"})
    assert {one.where.field for one in caught.value.problems} == {"where", "well", "scan", "number"}

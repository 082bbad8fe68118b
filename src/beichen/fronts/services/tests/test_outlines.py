"""What the visual editor shows of a form comes back as it was; what is changed there alone changes."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.fronts.services.forms.checks import check_form
from beichen.fronts.services.forms.editing import as_text, read_form
from beichen.fronts.services.forms.outline.drawing import kept, outline_of
from beichen.fronts.services.forms.outline.folding import folded
from beichen.fronts.services.forms.outline.kinds import KINDS, kind_of, made_into
from beichen.fronts.services.forms.outline.schema import check_outline
from beichen.problem import ProblemError, Where

FORMS = sorted((Path(__file__).parents[3] / "scenes").glob("*/forms/*.yaml"))
SETTLE = next(file for file in FORMS if file.stem == "settle-in")


def read(file: Path = SETTLE) -> dict[str, Any]:
    return read_form(file.read_text(encoding="utf-8"), file.name)


def field(outline: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in outline["fields"] if one["key"] == key)
    return found


def well(form: dict[str, Any]) -> dict[str, Any]:
    """The form as its text says it again, which is refused unless it is a good one."""
    return read_form(as_text(form), "forms/edited.yaml")


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_every_form_of_a_scene_comes_back_as_it_was(file: Path) -> None:
    form = read(file)
    outline = outline_of(form)
    check_outline(outline)
    back = folded(form, outline)
    assert back == form
    assert as_text(back) == as_text(form), "in the same order too"


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
@given(data=st.data())
def test_whatever_the_order_only_the_order_changes(file: Path, data: st.DataObject) -> None:
    form = read(file)
    outline = outline_of(form)
    outline["fields"] = data.draw(st.permutations(outline["fields"]))
    back = folded(form, outline)
    assert list(back["properties"]) == [one["key"] for one in outline["fields"]]
    assert back == form, "members in another order are the same form"


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
@given(data=st.data())
def test_what_is_taken_away_leaves_a_good_form(file: Path, data: st.DataObject) -> None:
    form = read(file)
    outline = outline_of(form)
    left = data.draw(
        st.lists(st.sampled_from(outline["fields"]), min_size=1, unique_by=lambda one: one["key"])
    )
    outline["fields"] = left
    back = folded(form, outline)
    assert list(back["properties"]) == [one["key"] for one in left]
    assert list(check_form(back, lambda _path: Where())) == []


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
@given(data=st.data())
def test_a_field_that_is_renamed_is_renamed_in_every_rule(file: Path, data: st.DataObject) -> None:
    form = read(file)
    outline = outline_of(form)
    one = data.draw(st.sampled_from(outline["fields"]))
    was, one["key"] = one["key"], "renamed_here"
    back = folded(form, outline)
    assert f"{was}:" not in as_text({"rules": back.get("allOf", []), "required": back["required"]})
    assert was not in back["required"]
    again = outline_of(back)
    field(again, "renamed_here")["key"] = was
    assert folded(back, again) == form


def test_words_are_said_anew_and_taken_away() -> None:
    form = read()
    outline = outline_of(form)
    field(outline, "employer").update(title="现工作单位", hint="全称", most="80", least="")
    outline["hint"] = ""
    back = well(folded(form, outline))
    assert back["properties"]["employer"] == {
        "type": "string",
        "title": "现工作单位",
        "x-title-en": "Employer",
        "maxLength": 80,
        "description": "全称",
    }
    assert "description" not in back
    expected = deepcopy(form)
    expected["properties"]["employer"] = back["properties"]["employer"]
    del expected["description"]
    assert back == expected, "and nothing else"


def test_a_required_choice_is_added_and_stands_where_it_was_put() -> None:
    form = read()
    outline = outline_of(form)
    choices = [
        {"value": "", "zh": "快递", "en": "By courier"},
        {"value": "hall", "zh": "大厅", "en": "At the hall"},
    ]
    new = {
        "was": "+1",
        "title": "领取",
        "title_en": "Delivery",
        "kind": "choice",
        "required": True,
        "choices": choices,
    }
    outline["fields"].insert(1, new)
    check_outline(outline)
    back = well(folded(form, outline))
    assert list(back["properties"])[:2] == ["identity_card", "field_2"]
    assert back["properties"]["field_2"] == {
        "type": "string",
        "enum": ["choice_1", "hall"],
        "x-choices": {
            "choice_1": {"zh": "快递", "en": "By courier"},
            "hall": {"zh": "大厅", "en": "At the hall"},
        },
        "title": "领取",
        "x-title-en": "Delivery",
    }
    assert back["required"] == [*form["required"], "field_2"]


def test_a_condition_is_shown_changed_and_taken_away() -> None:
    form = read()
    outline = outline_of(form)
    shown = {name: field(outline, "employer")[name] for name in ("when", "how", "value", "required")}
    assert shown == {"when": "reason", "how": "is", "value": "work", "required": True}
    assert field(outline, "members")["how"] == "least"
    field(outline, "employer").update(value="study", required=False)
    back = well(folded(form, outline))
    assert len(back["allOf"]) == len(form["allOf"]) - 1, "it joined the rule that asks the same"
    assert back["allOf"][0]["else"] == {"properties": {"degree": False, "employer": False}}
    assert back["allOf"][0]["then"] == {"required": ["degree"]}
    field(outline, "employer").update(when="", value="", required=True)
    back = well(folded(form, outline))
    assert "employer" in back["required"]
    assert "employer" not in str(back["allOf"])


@pytest.mark.parametrize(
    ("asked", "how", "value", "test"),
    [
        ("family", "is", "2", {"const": 2}),
        ("family", "most", "2", {"maximum": 2}),
        ("agreed", "is", "true", {"const": True}),
        ("several", "is", "b", {"contains": {"const": "b"}}),
        ("reason", "is", "work", {"const": "work"}),
    ],
)
def test_a_condition_is_of_the_type_of_what_it_asks(
    asked: str, how: str, value: str, test: dict[str, Any]
) -> None:
    form = read()
    form["properties"]["agreed"] = {"type": "boolean", "title": "同意", "x-title-en": "Agreed"}
    several = {"type": "string", "enum": ["a", "b"]}
    form["properties"]["several"] = {"type": "array", "title": "多", "x-title-en": "Many", "items": several}
    outline = outline_of(form)
    field(outline, "new_address").update(when=asked, how=how, value=value)
    back = well(folded(form, outline))
    assert any(rule["if"] == {"required": [asked], "properties": {asked: test}} for rule in back["allOf"])
    assert "new_address" not in back["required"]
    assert field(outline_of(back), "new_address")["required"] is True


def test_rows_become_a_group_with_the_same_fields_inside() -> None:
    form = read()
    outline = outline_of(form)
    field(outline, "members")["kind"] = "group"
    back = well(folded(form, outline))
    items = form["properties"]["members"]["items"]
    members = back["properties"]["members"]
    assert (members["properties"], members["required"]) == (items["properties"], items["required"])
    assert "minItems" not in members


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in {"group", "rows", "choice", "several"}]
)
def test_a_field_of_any_kind_is_of_that_kind_in_the_declaration(kind: str) -> None:
    form = read()
    outline = outline_of(form)
    field(outline, "employer")["kind"] = kind
    if kind == "object":
        field(outline, "employer")["of_type"] = "enterprise"
    back = well(folded(form, outline))
    assert kind_of(back["properties"]["employer"]) == kind
    assert kind_of(made_into(kind, {})) == kind


def test_what_is_not_shown_is_named() -> None:
    form = read()
    form["allOf"].append(
        {
            "if": {"required": ["family"], "properties": {"family": {"minimum": 3}}},
            "then": {"required": ["employer"]},
        }
    )
    told = list(kept(form))
    assert ("", ("if", "随迁人数", "用人单位")) in told
    assert ("申请人 › 姓名", ("x-level", "x-from", "x-suggest")) in told
    assert ("身份证照片", ("x-read",)) in told
    assert ("用人单位", ()) not in told
    assert folded(form, outline_of(form)) == form


def test_two_fields_of_one_name_are_both_kept() -> None:
    form = read()
    outline = outline_of(form)
    outline["fields"].append({"was": "+1", "title": "一", "title_en": "One", "key": "employer"})
    assert list(well(folded(form, outline))["properties"])[-1] == "employer_2"


@pytest.mark.parametrize(
    "outline", [[], "x", {"fields": [{"kind": "what"}]}, {"fields": [{"tilte": "x"}]}, {"title": 5}, None]
)
def test_what_is_no_outline_is_refused(outline: Any) -> None:
    with pytest.raises(ProblemError) as caught:
        check_outline(json.loads(json.dumps(outline)))
    assert {problem.code for problem in caught.value.problems} == {"SRV-116"}

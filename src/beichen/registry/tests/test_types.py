"""Types of scenes: declared, widened for free, narrowed only when no object breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from beichen.kernel.actor import PUBLIC, system
from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Expander
from beichen.registry.models import Object, ObjectType, ObjectValue

pytestmark = pytest.mark.django_db
BY = system("test")
MANHOLE = service.TypeFacts(
    "manhole",
    name="检查井",
    name_en="Manhole",
    geometry="point",
    fields={"depth_m": {"type": "number", "exclusiveMinimum": 0, "maximum": 30}, "maker": {"type": "string"}},
    required=("depth_m",),
    indexed=("depth_m",),
    relations={"drains_to": {"to": "manhole", "many": False}},
)


def draft(number: int, **attributes: Any) -> service.Draft:
    """A manhole."""
    expander = Expander(CORE_ONLY)
    entity = expander.entity({"id": f"urn:ngsi-ld:manhole:{number}", "type": "manhole", **attributes})
    expander.finish()
    return service.Draft(entity)


def test_an_object_must_match_its_type_and_every_mistake_is_named() -> None:
    service.declare_types([MANHOLE], scene="drainage", by=BY)
    wrong = draft(
        1,
        depth_m=99,
        maker=5,
        location={"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        drains_to="x",
    )
    with pytest.raises(ProblemError) as caught:
        service.write_object(wrong, by=BY)
    places = sorted(str(problem.where) for problem in caught.value.problems)
    assert places == ["/depth_m/value", "/drains_to", "/location/value/type", "/maker/value"]
    assert {problem.code for problem in caught.value.problems} == {"REG-201"}
    with pytest.raises(ProblemError, match="required"):
        service.write_object(draft(2), by=BY)
    assert not Object.objects.exists()


def test_only_indexed_fields_are_indexed() -> None:
    service.declare_types([MANHOLE], scene="drainage", by=BY)
    service.write_object(draft(1, depth_m=4, maker="A"), by=BY)
    assert list(ObjectValue.objects.values_list("attribute", flat=True)) == ["depth_m"]
    service.declare_types([replace(MANHOLE, indexed=("depth_m", "maker"))], scene="drainage", by=BY)
    assert sorted(ObjectValue.objects.values_list("attribute", flat=True)) == ["depth_m", "maker"]


def test_widening_is_free_and_narrowing_names_the_objects() -> None:
    service.declare_types([MANHOLE], scene="drainage", by=BY)
    service.write_objects([draft(number, depth_m=number) for number in range(1, 15)], by=BY)
    wider = replace(MANHOLE, fields={**MANHOLE.fields, "depth_m": {"type": "number", "maximum": 90}})
    assert service.declare_types([wider], scene="drainage", by=BY).changed == ["manhole"]
    assert service.declare_types([wider], scene="drainage", by=BY).unchanged == 1
    narrow = replace(MANHOLE, fields={**MANHOLE.fields, "depth_m": {"type": "number", "maximum": 2}})
    with pytest.raises(ProblemError) as caught:
        service.declare_types([narrow], scene="drainage", by=BY)
    messages = [problem.message for problem in caught.value.problems]
    assert messages[0].startswith("urn:ngsi-ld:manhole:3:")
    assert messages[-1] == "12 objects of manhole would break"
    assert ObjectType.objects.get(key="manhole").fields == wider.fields


def test_a_type_belongs_to_one_scene_until_it_lets_go() -> None:
    service.declare_types([MANHOLE], scene="drainage", by=BY)
    with pytest.raises(ProblemError, match="REG-302"):
        service.declare_types([MANHOLE], scene="roads", by=BY)
    assert service.declare_types([], scene="drainage", by=BY).removed == ["manhole"]
    assert service.declare_types([MANHOLE], scene="roads", by=BY).changed == ["manhole"]


def test_only_who_may_declares_types() -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        service.declare_types([MANHOLE], scene="drainage", by=PUBLIC)


def test_a_type_that_was_rolled_back_leaves_no_rule_behind() -> None:
    shallow = replace(MANHOLE, fields={"depth_m": {"type": "number", "maximum": 1}}, relations={})
    with transaction.atomic():
        service.declare_types([shallow], scene="drainage", by=BY)
        with pytest.raises(ProblemError):
            service.write_object(draft(1, depth_m=4), by=BY)
        transaction.set_rollback(True)
    service.declare_types([MANHOLE], scene="drainage", by=BY)
    service.write_object(draft(1, depth_m=4), by=BY)
    assert Object.objects.count() == 1


def test_what_a_type_says_keeps_its_order() -> None:
    """A page shows fields as they were written, on both databases; jsonb puts short names first."""
    fields = {name: {"type": "string"} for name in ("maker", "depth_of_it", "a")}
    written = replace(
        MANHOLE, fields=fields, required=(), indexed=(), labels={name: {"zh": name} for name in fields}
    )
    service.declare_types([written], scene="drainage", by=BY)
    assert list(ObjectType.objects.get(key="manhole").fields) == ["maker", "depth_of_it", "a"]
    ObjectType.objects.filter(key="manhole").update(fields=dict(sorted(fields.items())))
    changes = service.declare_types([written], scene="drainage", by=BY)
    kind = ObjectType.objects.get(key="manhole")
    assert (list(kind.fields), changes.changed) == (["maker", "depth_of_it", "a"], ["manhole"])
    assert not service.declare_types([written], scene="drainage", by=BY), "the same, in the same order"

"""Objects are written whole: document, indexes, versions, audit record and events together."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.document import changes
from beichen.registry.document.context import CORE_ONLY
from beichen.registry.document.expansion import Entity, Expander
from beichen.registry.document.values import Nulls
from beichen.registry.models import AttributeUse, Object, ObjectShape, ObjectValue, ObjectVersion, Relation

pytestmark = pytest.mark.django_db
BY = system("test")


def entity(urn: str = "urn:ngsi-ld:Well:1", **attributes: Any) -> Entity:
    """An expanded entity of the open type Well."""
    expander = Expander(CORE_ONLY)
    found = expander.entity({"id": urn, "type": "Well", **attributes})
    expander.finish()
    return found


def fragment(nulls: Nulls = Nulls.ATTRIBUTE, *, is_patch: bool = False, **attributes: Any) -> Entity:
    """An expanded fragment for Well 1."""
    expander = Expander(CORE_ONLY, nulls, is_patch=is_patch)
    found = expander.entity(attributes, "urn:ngsi-ld:Well:1", needs_type=False)
    expander.finish()
    return found


def test_a_new_object_has_its_indexes_its_record_and_its_event() -> None:
    payload = entity(
        depth=4, location={"type": "Point", "coordinates": [125.3, 43.9]}, of={"object": "urn:a:b"}
    )
    outcome, _ = service.write_object(service.Draft(payload), by=BY)

    row = Object.objects.get()
    assert outcome is service.Outcome.CREATED
    assert (row.urn, row.version, row.type.key) == ("urn:ngsi-ld:Well:1", 1, "Well")
    assert orjson.loads(row.document)["depth"] == {"type": "Property", "value": 4}
    assert list(ObjectValue.objects.values_list("attribute", "number", "text")) == [
        ("depth", 4.0, None),
        ("of", None, "urn:a:b"),
    ]
    assert ObjectShape.objects.get().west == 125.3
    assert Relation.objects.get().target == "urn:a:b"
    assert AttributeUse.objects.get(attribute="depth").count == 1
    assert AuditRecord.objects.get().action == "registry.object.write"
    assert OutboxEvent.objects.get().type == "registry.object.created"


def test_a_change_keeps_the_version_before_it() -> None:
    service.write_object(service.Draft(entity(depth=4)), by=BY)
    patch = fragment(depth=5)
    draft = service.Draft(patch, lambda document: changes.append(document, patch), may_create=False)
    service.write_object(draft, by=BY)

    row = Object.objects.get()
    earlier = ObjectVersion.objects.get()
    assert row.version == 2
    assert orjson.loads(earlier.document)["depth"]["value"] == 4
    assert (earlier.valid_from, earlier.valid_to) == (row.created_at, row.modified_at)
    assert list(ObjectValue.objects.values_list("number", flat=True)) == [5.0]
    assert AttributeUse.objects.get(attribute="depth").count == 1


def test_a_removed_object_leaves_the_indexes_and_can_come_again() -> None:
    draft = service.Draft(
        entity(depth=4, location={"type": "Point", "coordinates": [1, 2]}), may_change=False
    )
    service.write_object(draft, by=BY)
    assert service.remove_objects(["urn:ngsi-ld:Well:1", "urn:ngsi-ld:Well:2"], by=BY).keys() == {
        "urn:ngsi-ld:Well:2"
    }
    assert not ObjectValue.objects.exists()
    assert not ObjectShape.objects.exists()
    assert AttributeUse.objects.get(attribute="").count == 0
    service.write_object(draft, by=BY)
    assert Object.objects.count() == 2
    assert Object.objects.filter(removed_at=None).count() == 1


def test_a_batch_reports_what_it_could_not_do_and_does_the_rest() -> None:
    service.write_object(service.Draft(entity()), by=BY)
    drafts = [service.Draft(entity(f"urn:ngsi-ld:Well:{n}"), may_change=False) for n in (1, 2, 2)]
    written = service.write_objects(drafts, by=BY)
    assert written.outcomes == {1: service.Outcome.CREATED}
    assert [error.problems[0].code for error in written.errors.values()] == ["REG-103", "REG-103"]
    assert AuditRecord.objects.count() == 2


def test_a_code_is_given_once() -> None:
    service.write_object(service.Draft(entity(), code="MH-1"), by=BY)
    others = [
        service.Draft(entity(f"urn:ngsi-ld:Well:{n}"), code=code) for n, code in ((2, "MH-2"), (3, "MH-1"))
    ]
    with pytest.raises(ProblemError, match="/code: error: REG-203 the code MH-1 is taken"):
        service.write_objects(others, by=BY)
    twice = [service.Draft(entity(f"urn:ngsi-ld:Well:{n}"), code="MH-2") for n in (2, 3)]
    with pytest.raises(ProblemError, match="REG-203 the code MH-2 is taken"):
        service.write_objects(twice, by=BY)
    assert list(Object.objects.values_list("code", flat=True)) == ["MH-1"]


def test_the_public_may_not_write() -> None:
    with pytest.raises(ProblemError, match="ACC-403"):
        service.write_object(service.Draft(entity()), by=PUBLIC)
    assert not Object.objects.exists()

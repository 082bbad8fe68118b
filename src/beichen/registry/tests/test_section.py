"""`objects.yaml`: what a scene may say of types, and where its mistakes are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from beichen.kernel.actor import system
from beichen.kernel.scene import service as scenes
from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.models import ObjectType
from beichen.registry.section import ObjectsSection
from beichen.registry.tests.clients import Program

GOOD = """
manhole:
  kind: thing
  name: {zh: 检查井, en: Manhole}
  geometry: point
  fields:
    depth_m: {type: number, exclusiveMinimum: 0, maximum: 30, index: true, required: true, zh: 井深}
    owner_phone: {type: string, level: L3, zh: 电话, en: Telephone}
  relations:
    drains_to: {to: manhole, many: false, zh: 排入, en: Drains to}
  measures:
    level_m: {unit: m, every: 60s, range: [0, 30], zh: 水位, en: Level}
    lid_open: {type: boolean, zh: 井盖开启, level: L2}
  commands:
    calibrate: {zh: 校准, en: Calibrate, timeout: 30s, parameters: {zero_m: {type: number, zh: 零点}}}
"""


def scene(parent: Path, objects: str) -> Path:
    """A scene with this objects.yaml; its other papers are none of the registry's business."""
    folder = parent / "drainage"
    folder.mkdir()
    manifest = [
        "scene: drainage",
        "name: {zh: 排水, en: Drainage}",
        "why: {zh: 试, en: A test}",
        "version: 1.0.0",
        "owner: water",
    ]
    (folder / "scene.yaml").write_text("\n".join(manifest), encoding="utf-8")
    (folder / "objects.yaml").write_text(objects, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[tuple[str, int | None]]:
    """The code and line of every problem of objects.yaml."""
    problems = scenes.check(folder).problems
    return [
        (item.code, item.where.line) for item in problems if str(item.where.file).endswith("objects.yaml")
    ]


def test_sound_types_have_no_problems(tmp_path: Path) -> None:
    assert faults(scene(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("to: manhole", "to: manhol", "REG-311", 10),
        ("depth_m:", "value:", "REG-312", 7),
        ("type: string, level", 'type: string, pattern: "(", level', "REG-313", 8),
        ("range: [0, 30]", "range: [30, 0]", "REG-314", 12),
        ("{unit: m, every", "{every", "REG-314", 12),
        ("type: boolean, zh", "type: boolean, range: [0, 1], zh", "REG-314", 13),
        ("lid_open:", "depth_m:", "REG-314", 13),
        ("{zero_m: {type: number", '{zero_m: {type: string, pattern: "("', "REG-313", 15),
    ],
)
def test_a_mistake_has_its_line(tmp_path: Path, before: str, after: str, code: str, line: int) -> None:
    assert faults(scene(tmp_path, GOOD.replace(before, after, 1))) == [(code, line)]


@pytest.mark.django_db
def test_installing_declares_and_removing_lets_go(tmp_path: Path) -> None:
    by, section = system("test"), ObjectsSection()
    package = scenes.check(scene(tmp_path, GOOD)).package
    assert package is not None
    assert section.install(package, by=by).added == ["manhole"]
    kind = ObjectType.objects.get(key="manhole")
    assert (kind.indexed, kind.required, kind.levels) == (
        ["depth_m"],
        ["depth_m"],
        {"owner_phone": 3, "lid_open": 2},
    )
    assert kind.commands["calibrate"]["timeout"] == "30s"
    assert kind.fields["depth_m"] == {"type": "number", "exclusiveMinimum": 0, "maximum": 30}
    assert section.install(package, by=by).unchanged == 1
    assert section.remove(package, by=by).removed == ["manhole"]
    assert ObjectType.objects.get(key="manhole").scene == ""
    assert "manhole" in section.kept(package)[0]
    assert "| depth_m | 井深 |" in section.describe(package)
    assert "| level_m | 水位 | number | m | 60s | 0–30 |" in section.describe(package)


@pytest.mark.django_db
def test_a_type_moves_between_scenes_with_its_objects() -> None:
    """Only the scene that it names gives it up; who had it installs again without it, and nothing is lost."""
    well = service.TypeFacts(
        key="Well", name="井", fields={"depth_m": {"type": "number"}}, required=("depth_m",)
    )
    by = system("test")
    service.declare_types([well], scene="drainage", by=by)
    program = Program()
    program.create("urn:ngsi-ld:Well:1", "Well", depth_m=4)
    with pytest.raises(ProblemError, match="belongs to drainage"):
        service.declare_types([replace(well, taken_from="roads")], scene="street-assets", by=by)
    moved = replace(well, taken_from="drainage")
    assert service.declare_types([moved], scene="street-assets", by=by).changed == ["Well"]
    assert not service.declare_types([], scene="drainage", by=by).removed
    assert not service.declare_types([moved], scene="street-assets", by=by)
    assert ObjectType.objects.get(key="Well").scene == "street-assets"
    assert program.get("entities/urn:ngsi-ld:Well:1").json()["depth_m"]["value"] == 4
    refused = program.send("POST", "entities", {"id": "urn:ngsi-ld:Well:2", "type": "Well"})
    assert refused.status_code == 400, "the type is declared still"
    with pytest.raises(ProblemError, match="belongs to street-assets"):
        service.declare_types([well], scene="drainage", by=by)

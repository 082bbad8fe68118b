"""Every scene that comes with Beichen is sound, installs, and its stories hold; so does the scaffold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from beichen import settings as chosen
from beichen.fronts.services.bpmn.text import read_xml
from beichen.kernel.actor import system
from beichen.kernel.scene import installation, service
from beichen.kernel.scene.report import Outcome
from beichen.kernel.scene.scaffold import new_scene
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.sections import stories
from beichen.kernel.scene.shelves import built_in
from beichen.kernel.scene.stories.runner import run_stories
from beichen.kernel.tables import Column, read_table
from beichen.problem import ProblemError
from beichen.registry.models import Object, ObjectType

BY = system("test")
SCENES = built_in(PackageKind.SCENE)
CITIES = built_in(PackageKind.CITY)
DIAGRAMS = [file for folder in SCENES.values() for file in folder.glob("processes/*.bpmn")]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DRAWN, MEASURED = "{http://www.omg.org/spec/BPMN/20100524/DI}", "{http://www.omg.org/spec/DD/20100524/DC}"


@pytest.mark.parametrize("folder", [*SCENES.values(), *CITIES.values()], ids=lambda folder: str(folder.name))
def test_a_package_is_sound(folder: Path) -> None:
    """No mistake and no warning, without a database."""
    assert service.check(folder).problems == []


@pytest.mark.django_db
@pytest.mark.parametrize("folder", SCENES.values(), ids=lambda folder: str(folder.name))
def test_the_stories_of_a_scene_hold(folder: Path) -> None:
    """Each of them, through the open protocols; a scene without one has said why."""
    package = service.check(folder).sound()
    results = run_stories(package, by=BY)
    assert [problem for result in results for problem in result.problems] == []
    assert results or package.value("quality.yaml")["stories"] != "done"


@pytest.mark.django_db
@pytest.mark.parametrize("folder", SCENES.values(), ids=lambda folder: str(folder.name))
def test_a_scene_installs_again_for_free(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its demo; the second time nothing is written."""
    with_demo = replace(chosen.settings(), demo=True)
    for module in (stories, installation):
        monkeypatch.setattr(module, "settings", lambda: with_demo)
    assert service.install(folder, by=BY)[-1].outcome is Outcome.INSTALLED
    assert not service.install(folder, by=BY)[-1]


@pytest.mark.django_db
def test_removing_the_vocabulary_keeps_the_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """The types are let go of; what was recorded stays, and the report says where."""
    with_demo = replace(chosen.settings(), demo=True)
    monkeypatch.setattr(stories, "settings", lambda: with_demo)
    service.install(SCENES["people-places"], by=BY)
    report = service.remove(SCENES["people-places"], by=BY)
    assert report.kept == [
        "objects of the types person, organisation, address, facility stay, at /ngsi-ld/v1/entities"
    ]
    assert set(Object.objects.values_list("urn", flat=True)) == {
        "urn:ngsi-ld:address:DEMO-A1",
        "urn:ngsi-ld:organisation:DEMO-O1",
        "urn:ngsi-ld:person:DEMO-P1",
    }
    assert ObjectType.objects.get(key="person").scene == ""


def test_the_categories_of_facilities_agree_with_every_city() -> None:
    """A city lists no category that the vocabulary does not know."""
    types = service.check(SCENES["people-places"]).sound().value("objects.yaml")
    known = set(types["facility"]["fields"]["category"]["enum"])
    for folder in CITIES.values():
        content = (folder / "objects/categories.csv").read_bytes()
        columns = [Column(name) for name in ("key", "name", "name_en")]
        rows = read_table(content, file="categories.csv", columns=columns).rows
        assert {row["key"] for row in rows} <= known


def test_personal_fields_have_their_level() -> None:
    """Everything about a person needs clearance; nothing about a place does without a reason."""
    types = service.check(SCENES["people-places"]).sound().value("objects.yaml")
    assert all(field["level"] in ("L3", "L4") for field in types["person"]["fields"].values())
    assert types["person"]["fields"]["id_number"]["level"] == "L4"


def test_a_new_scene_is_sound(tmp_path: Path) -> None:
    """What authors start from has no mistake."""
    assert service.check(new_scene("street-lamps", tmp_path)).problems == []


@pytest.mark.django_db
def test_narrowing_a_type_is_refused_with_the_objects_that_would_break(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the upgrade is written, not even the version; widening is free."""
    with_demo = replace(chosen.settings(), demo=True)
    monkeypatch.setattr(stories, "settings", lambda: with_demo)
    folder = Path(shutil.copytree(SCENES["people-places"], tmp_path / "people-places"))
    service.install(folder, by=BY)
    manifest, objects = folder / "scene.yaml", folder / "objects.yaml"
    before = objects.read_text(encoding="utf-8")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("1.0.0", "2.0.0"), encoding="utf-8")
    objects.write_text(before.replace("[enterprise, ", "["), encoding="utf-8")
    with pytest.raises(ProblemError) as error:
        service.install(folder, by=BY)
    assert [problem.code for problem in error.value.problems] == ["REG-301"]
    assert "urn:ngsi-ld:organisation:DEMO-O1" in error.value.problems[0].message
    assert service.installed_packages(PackageKind.SCENE).get().version == "1.0.0"
    objects.write_text(before.replace("[enterprise, ", "[enterprise, bank, "), encoding="utf-8")
    assert service.install(folder, by=BY)[0].sections["objects"].changed == ["organisation"]


@pytest.mark.parametrize("file", sorted(DIAGRAMS), ids=lambda file: str(file.stem))
def test_nothing_in_a_diagram_lies_over_another(file: Path) -> None:
    """The steps, forks and ends of a process, as they are drawn."""
    boxes = list(_boxes(read_xml(file.read_bytes(), file.name)))
    assert boxes
    for (one, first), (other, second) in combinations(boxes, 2):
        apart = [
            first[n] + first[n + 2] <= second[n] or second[n] + second[n + 2] <= first[n] for n in (0, 1)
        ]
        assert any(apart), f"{one} and {other}"


def _boxes(tree: Any) -> Iterator[tuple[str, tuple[float, ...]]]:
    around = {
        one.get("id")
        for kind in ("lane", "participant", "subProcess", "boundaryEvent")
        for one in tree.iter(BPMN + kind)
    }
    for shape in tree.iter(f"{DRAWN}BPMNShape"):
        bounds = shape.find(f"{MEASURED}Bounds")
        name = shape.get("bpmnElement", "")
        if bounds is not None and name not in around:
            yield name, tuple(float(bounds.attrib[one]) for one in ("x", "y", "width", "height"))

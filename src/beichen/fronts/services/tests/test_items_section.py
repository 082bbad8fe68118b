"""`services.yaml`: each mistake with its code and line; installing, changing and removing a scene."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from beichen.fronts.services.items.models import ServiceBundle, ServiceItem
from beichen.kernel.actor import system
from beichen.kernel.scene import service
from beichen.kernel.scene.section import PackageKind
from beichen.kernel.scene.shelves import built_in

BY = system("test")
SCENE = built_in(PackageKind.SCENE)["enterprise-start"]
CITY = built_in(PackageKind.CITY)["changchun"]


def broken(tmp_path: Path, old: str, new: str, name: str = "services.yaml") -> list[str]:
    """What the check of a scene says in which one thing is changed: ``line:code``."""
    folder = tmp_path / SCENE.name
    shutil.copytree(SCENE, folder)
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")
    return [f"{one.where.line}:{one.code}" for one in service.check(folder).problems]


def line_of(words: str) -> int:
    """The first line of `services.yaml` that holds these words."""
    lines = (SCENE / "services.yaml").read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_objects_and_fields_at_which_an_item_is_offered_are_known(tmp_path: Path) -> None:
    good = "    good: [registered]\n"
    line = line_of("good: [registered]") + 1
    found = broken(tmp_path, good, f"{good}    at: {{lamp: capital_wan}}\n")
    assert found == [f"{line}:SRV-129", f"{line}:SRV-129"], "no such type, and no text"


def test_a_bundle_is_not_called_as_an_item_is(tmp_path: Path) -> None:
    assert broken(tmp_path, "  open-a-firm:", "  seal-record:") == [f"{line_of('  open-a-firm:')}:SRV-128"]


@pytest.mark.parametrize(
    ("old", "new", "words", "code"),
    [
        ("process: firm-registration", "process: firm-registratoin", "process: firm-registration", "SRV-121"),
        ("good: [registered]", "good: [registred]", "good: [registered]", "SRV-122"),
        ("    good: [registered]\n", "", "  firm-registration:", "SRV-122"),
        ("when: has_name", "when: has_nam", "when: has_name", "SRV-105"),
        ("when: has_name", "when: has_name &&", "when: has_name", "SRV-105"),
        ("when: has_name", "when: __import__('os')", "when: has_name", "SRV-105"),
        ("      seal-record: {after", "      seal-recrod: {after", "      seal-record: {after", "SRV-123"),
        (
            "seal-record: {after: [firm-registration]}",
            "seal-record: {after: [firm]}",
            "seal-record: {after",
            "SRV-123",
        ),
        ("firm-registration: {}", "firm-registration: {after: [seal-record]}", "    items:", "SRV-124"),
        ("when: staff > 0", "when: staf > 0", "when: staff > 0", "SRV-105"),
        ("legal: 3d", "legal: 2h", "promised: 4h", "SRV-127"),
        ("promised: 4h", "promised: 40000d", "promised: 4h", "SRV-127"),
        ("visits: 0\n", "visits: 0\n    marks: {yellow: 1, red: 0.5}\n", "visits: 0", "SRV-127"),
        ("audience: [person]", "audience: [people]", "audience: [person]", "SCN-204"),
        ("assurance: substantial", "assurence: substantial", "assurance: substantial", "SCN-201"),
        ('from: "certificate:business-licence"', "from: business licence", 'from: "certificate', "SCN-205"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, words: str, code: str
) -> None:
    found = broken(tmp_path, old, new)
    shift = 1 if "marks" in new else 0
    assert f"{line_of(words) + shift}:{code}" in found, found


def test_items_of_a_bundle_ask_in_one_way(tmp_path: Path) -> None:
    whole, text = "type: integer, required: true, minimum: 0, maximum: 100000", "required: true"
    found = broken(tmp_path, whole, text, "processes.yaml")
    assert {one.partition(":")[2] for one in found} == {"SRV-126"}


def test_windows_have_hours_that_can_be(tmp_path: Path) -> None:
    folder = tmp_path / SCENE.name
    shutil.copytree(SCENE, folder)
    window = (
        "windows:\n"
        "  hall:\n"
        "    name: {zh: 厅, en: Hall}\n"
        "    body: digital-office\n"
        '    region: "220100"\n'
        "    slot: 2m\n"
        "    at: [225.0, 43.0]\n"
        "    hours:\n"
        '      - {from: "11:00", to: "09:00"}\n'
        '      - {from: "09:00", to: "12:00"}\n'
        '      - {from: "10:00", to: "13:00", days: [wed]}\n'
    )
    text = (folder / "services.yaml").read_text("utf-8")
    (folder / "services.yaml").write_text(text + window, "utf-8")
    start = text.count("\n")
    found = [(one.where.line or 0) - start for one in service.check(folder).problems if one.code == "SRV-125"]
    assert found == [6, 7, 9, 11]


@pytest.mark.django_db
def test_a_scene_is_installed_and_removed_again() -> None:
    service.install(SCENE, by=BY)
    row = ServiceItem.objects.get(key="firm-registration")
    assert (row.letter, row.is_for_people, row.is_offered) == ("Q", True, True)
    assert ["营业执照", "yingyezhizhao", "yyzz"] in row.spellings
    assert ServiceBundle.objects.get().key == "open-a-firm"
    assert not service.install(SCENE, by=BY)[-1]
    service.remove(SCENE, by=BY)
    assert not ServiceItem.objects.filter(is_offered=True).exists()
    service.install(SCENE, by=BY)
    assert ServiceItem.objects.filter(is_offered=True).count() == 5


def test_the_citys_windows_are_sound() -> None:
    assert service.check(CITY).problems == []

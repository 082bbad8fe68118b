"""`beichen city load`: any folder becomes a city, all or nothing, and loading again changes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from beichen.house.cli import main
from beichen.hubs.data.models import IndicatorValue
from beichen.hubs.data.service import series, targets
from beichen.kernel.access.roles import BUILTIN
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body, Region
from beichen.kernel.scene import service
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.geo.service import features, layers
from beichen.registry.service import find_objects, object_by_urn

pytestmark = pytest.mark.django_db

BY = system("tests")
HERE = Path(__file__).parent
INVENTED = HERE / "invented"
BROKEN = HERE / "broken"


def beichen(*arguments: str) -> int:
    """Run the command line and return its exit status."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code))


def load(folder: Path | str, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert beichen("city", "load", str(folder), "--json", *options) == 0
    *_required, report = json.loads(capsys.readouterr().out)["packages"]
    return dict(report)


def changed(report: dict[str, Any]) -> dict[str, tuple[int, int, int, int]]:
    """(added, changed, removed, unchanged) of each section that has any."""
    counts = {key: tuple(section["counts"].values()) for key, section in report["sections"].items()}
    return {key: numbers for key, numbers in counts.items() if any(numbers)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INVENTED, tmp_path / "invented"))


def test_an_invented_city_is_loaded_whole(capsys: pytest.CaptureFixture[str]) -> None:
    report = load(INVENTED, capsys)
    assert report["outcome"] == "installed"
    assert changed(report) == {
        "regions": (6, 0, 0, 0),
        "bodies": (2, 0, 0, 0),
        "roles": (len(BUILTIN), 0, 0, 0),
        "layers": (2, 0, 0, 0),
        "indicators": (2, 0, 0, 0),
        "statistics": (3, 0, 0, 0),
        "annual-targets": (1, 0, 0, 0),
        "facilities": (3, 0, 0, 0),
    }
    assert Region.objects.get(code="990102001001").path == "/990000/990100/990102/990102001/990102001001/"
    assert Body.objects.get(key="water-bureau").parent == Body.objects.get(key="city-government")
    assert [layer.key for layer in layers()] == ["districts", "wells"]
    assert features("districts")[1]["properties"]["name"] == "西区"
    assert [float(row.value) for row in series("people")] == [12.5, 7.1]
    assert [float(row.value) for row in targets("growth")] == [5.0]
    school = object_by_urn("urn:ngsi-ld:facility:invented:school-1", by=BY)
    assert school.region == Region.objects.get(code="990102")
    assert json.loads(school.document)["location"]["value"]["coordinates"] == [100.6, 30.4]


def test_loading_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    load(INVENTED, capsys)
    report = load(INVENTED, capsys)
    assert report["outcome"] == "unchanged"
    assert all(numbers[:3] == (0, 0, 0) for numbers in changed(report).values())


def test_an_edited_package_reports_what_differs(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(copy, capsys)
    statistics = copy / "statistics.csv"
    lines = statistics.read_text(encoding="utf-8").replace("4.5,%", "4.6,%").splitlines()[:-1]
    statistics.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (copy / "layers" / "wells.geojson").write_text(
        '{"type":"FeatureCollection","features":[]}', encoding="utf-8"
    )
    report = load(copy, capsys)
    assert report["outcome"] == "upgraded"
    assert report["sections"]["statistics"]["changed"] == ["growth 990100 2023"]
    assert report["sections"]["statistics"]["removed"] == ["people 990102 2023"]
    assert report["sections"]["layers"]["changed"] == ["wells"]
    assert changed(report)["regions"] == (0, 0, 0, 6)


def test_facilities_change_and_go_with_their_rows(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(copy, capsys)
    table = copy / "objects" / "facility.csv"
    lines = table.read_text(encoding="utf-8").replace("第一小学", "实验小学").splitlines()[:-1]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    facilities = load(copy, capsys)["sections"]["facilities"]
    assert (facilities["changed"], facilities["removed"]) == (["school-1"], ["school-2"])
    assert facilities["counts"]["unchanged"] == 1
    page = find_objects(by=BY, type_key="facility")
    assert [row.name for row in page.objects] == ["实验小学", "河岸公园"]


def test_the_pilot_city_is_loaded_and_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    counts = changed(load("changchun", capsys))
    assert counts["regions"] == (3046, 0, 0, 0)
    assert counts["facilities"] == (716, 0, 0, 0)
    assert counts["statistics"] == (112, 0, 0, 0)
    assert counts["layers"] == (17, 0, 0, 0)
    again = load("changchun", capsys)
    assert again["outcome"] == "unchanged"
    assert again["warnings"] == []


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    report = load(INVENTED, capsys, "--dry-run")
    assert changed(report)["statistics"] == (3, 0, 0, 0)
    assert not Region.objects.exists()
    assert not IndicatorValue.objects.exists()


def test_the_report_for_people_names_each_section(capsys: pytest.CaptureFixture[str]) -> None:
    assert beichen("city", "load", str(INVENTED)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "city invented 1.0.0: installed"
    assert "  regions                  6         0         0          0" in lines


@pytest.mark.parametrize("name", ["brokentown", "brokenmap", "brokenfigures"])
def test_a_broken_city_is_refused_with_every_mistake(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert beichen("city", "load", str(BROKEN / name)) == 1
    lines = capsys.readouterr().err.splitlines()
    found = [line.partition(f"{name}/")[2].split(" (")[0] for line in lines]
    expected = (BROKEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert found == expected
    assert not Region.objects.exists()


def test_an_unknown_city_names_those_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert beichen("city", "load", "changchung") == 1
    assert "did you mean 'changchun'?" in capsys.readouterr().err


def test_a_check_needs_no_loading(capsys: pytest.CaptureFixture[str]) -> None:
    assert beichen("city", "check", str(INVENTED)) == 0
    assert capsys.readouterr().out == "no mistakes\n"
    assert beichen("city", "check", str(BROKEN / "brokentown")) == 1


def test_a_scene_is_no_city(tmp_path: Path) -> None:
    reading = service.check(tmp_path, PackageKind.CITY)
    assert [problem.code for problem in reading.problems] == ["SCN-210"]

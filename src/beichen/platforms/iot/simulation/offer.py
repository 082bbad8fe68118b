"""What `/api/devices/simulation` answers: the declarations of the installed packages, formulas as trees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from beichen.kernel.org.models import Body
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.durations import duration
from beichen.kernel.scene.section import Package, PackageKind
from beichen.platforms.iot import codes
from beichen.platforms.iot.models import DeviceGroup
from beichen.platforms.iot.simulation.formulas import formula
from beichen.platforms.iot.simulation.sections import CLIMATE, SIMULATION, read_climate, trees, types_of
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings

EVERY = "5m"  # where neither the scene nor its type says


def _seconds(text: str) -> float:
    return float(text[:-2]) / 1_000 if text.endswith("ms") else duration(text).total_seconds()


def _device(package: Package, key: str, told: dict[str, Any]) -> dict[str, Any]:
    kind = types_of(package)[key]
    declared, owner = kind["measures"], package.manifest.value.get("owner", "")
    usual = [_seconds(declared[name]["every"]) for name in told["measures"] if "every" in declared[name]]
    every = _seconds(told["every"]) if "every" in told else min(usual, default=_seconds(EVERY))
    return {
        "scene": package.key,
        "owner": owner if Body.objects.filter(key=owner).exists() else "",
        "group": told["group"] if DeviceGroup.objects.filter(key=told.get("group", "")).exists() else "",
        "every": every,
        "faults": {name: _seconds(between) for name, between in told.get("faults", {}).items()},
        "measures": {
            name: {
                "form": declared[name].get("type", "number"),
                "range": declared[name].get("range"),
                "value": tree,
                "noise": told["measures"][name].get("noise", 0.0),
                "decimals": told["measures"][name].get("decimals", 2),
            }
            for name, tree in trees(told, kind).items()
        },
    }


def _of_scene(package: Package) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    told = package.value(SIMULATION)
    devices = {key: _device(package, key, one) for key, one in told.get("devices", {}).items()}
    people = [{**one, "per_day": formula(str(one["per_day"])).tree} for one in told.get("people", [])]
    return devices, people


def simulated() -> dict[str, Any]:
    """Everything that a program needs to play the city. Raises ProblemError IOT-141 for a city without
    climate."""
    folder = packages.find_package(settings().city, PackageKind.CITY)
    if not (folder / CLIMATE).is_file():
        hint = said("add {file} to the city's folder", file=CLIMATE)
        raise ProblemError(Problem(codes.NO_CLIMATE, said("the city says nothing of its climate"), hint=hint))
    climate, problems = read_climate((folder / CLIMATE).read_bytes(), CLIMATE)
    if problems:
        raise ProblemError(*problems)
    # The manifest alone: to read the whole package takes seconds, and it was checked when it was installed.
    manifest = YAML(typ="safe").load(folder / PackageKind.CITY.manifest)
    devices: dict[str, Any] = {}
    people: list[dict[str, Any]] = []
    for row in packages.installed_packages(PackageKind.SCENE):
        if SIMULATION in row.files:
            found, told = _of_scene(packages.check(Path(row.folder), PackageKind.SCENE).sound())
            devices |= found
            people += told
    return {
        "city": {
            "key": manifest["city"],
            "longitude": manifest["centre"][0],
            "latitude": manifest["centre"][1],
            "timezone": manifest["timezone"],
        },
        "climate": climate,
        "mqtt_port": settings().mqtt_port,
        "devices": devices,
        "people": people,
    }

"""A city package of the invented plan, for the sections that bring something to a plan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from beichen.kernel.actor import Actor
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.plan.importer.output import write_facts
from beichen.plan.tests.facts import TEXT, plan_facts
from beichen.settings import settings

CITY = """city: star
name: {zh: 星河市, en: Xinghe}
version: 1.0.0
region: "990100"
timezone: Asia/Shanghai
languages: [zh, en]
centre: [125.3, 43.8]
zoom: 10
"""
PLAN = """plan: star-14
title: {zh: 星河市规划, en: The plan of Xinghe}
start_year: 2021
end_year: 2025
"""
BODIES = """gardens: {name: {zh: 星河市园林局, en: Gardens Bureau}, region: "990100", kind: department}
"""
REGIONS = "code,name,name_en,level,parent_code\n990100,星河市,Xinghe,city,\n"


def write_city(folder: Path, **files: str) -> Path:
    """The package in ``folder``, with ``files`` beside it (``demo_duties`` is `demo-duties.yaml`)."""
    write_facts(plan_facts(), folder / "plan")
    texts = {"city.yaml": CITY, "bodies.yaml": BODIES, "plan/source.txt": TEXT, "plan/plan.yaml": PLAN}
    texts["regions.csv"] = REGIONS
    texts |= {f"{name.replace('_', '-')}.yaml": text for name, text in files.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, *, by: Actor) -> None:
    """Install the package."""
    packages.install(folder, by=by, kind=PackageKind.CITY)


@contextmanager
def demonstration() -> Iterator[None]:
    """The setting `demo`, on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEICHEN_DEMO", "true")
        settings.cache_clear()
        yield
    settings.cache_clear()

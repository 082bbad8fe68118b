"""The facts in the pilot city's package are what the importer gives for the plan's text."""

from __future__ import annotations

import pytest

from beichen.plan.importer import PlanFacts
from beichen.plan.importer.output import LISTS, as_json
from beichen.plan.importer.tests.conftest import PLAN


@pytest.mark.parametrize("name", LISTS)
def test_package_holds_what_the_importer_gives(name: str, changchun: PlanFacts) -> None:
    written = (PLAN / f"{name}.json").read_bytes()
    assert written == as_json(getattr(changchun, name)), (
        "beichen plan import … --dry-run --out writes it anew"
    )

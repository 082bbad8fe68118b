from __future__ import annotations

from pathlib import Path

import pytest

import beichen
from beichen.plan.importer import PlanFacts, read_plan

PLAN = Path(beichen.__file__).parent / "cities" / "changchun" / "plan"


@pytest.fixture(scope="session")
def changchun() -> PlanFacts:
    """The facts of the real plan, read once."""
    return read_plan(PLAN / "source.txt")

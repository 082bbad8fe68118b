"""A house of its own with the pilot city's outline and many plans of its size under it, for benchmarks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/beichen/cities/changchun/plan/source.txt"


@contextmanager
def house() -> Iterator[None]:
    """An empty database with the pilot city in it, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"BEICHEN_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "beichen.house.django"}
        import django

        django.setup()
        from django.core.management import call_command

        from beichen.kernel.access.service import load_roles
        from beichen.kernel.actor import system
        from beichen.kernel.scene import service as packages
        from beichen.kernel.scene.section import PackageKind

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        by = system("bench")
        load_roles(by=by)
        packages.install(packages.find_package("changchun", PackageKind.CITY), by=by, kind=PackageKind.CITY)
        yield


def add_plans(number: int, facts: Any) -> None:
    """File plans until there are ``number``, each of the outline's size, a tenth of its numbers changed."""
    from beichen.kernel.actor import system
    from beichen.kernel.files.service import store
    from beichen.kernel.org.models import Body, Region
    from beichen.plan.catalogue.models import Entry, Filing, FilingState
    from beichen.plan.catalogue.service import EntryFacts, save_entry
    from beichen.plan.models import Plan, PlanKind, PlanState
    from beichen.plan.service import PlanPlace, current_plan, import_facts

    by = system("bench")
    region, body = Region.objects.get(code="220102"), Body.objects.order_by("path").first()
    outline = current_plan()
    assert body is not None
    for at in range(Entry.objects.count() + 1, number + 1):
        changed = tuple(
            replace(item, value=item.value * 0.9) if place % 10 == at % 10 else item
            for place, item in enumerate(facts.targets)
        )
        key = f"plan-{at}"
        place = PlanPlace(PlanKind.SPECIAL, outline, PlanState.IN_FORCE)
        import_facts(replace(facts, targets=changed), key, by=by, region=region, place=place)
        entry = save_entry(EntryFacts(key, f"规划 {at}", PlanKind.SPECIAL, region, body, covers="7"), by=by)
        file = store(BytesIO(f"plan {at}".encode()), f"{key}.txt", by=by)
        plan = Plan.objects.get(key=key)
        Filing.objects.create(entry=entry, number=1, plan=plan, file=file, state=FilingState.FILED)

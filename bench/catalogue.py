"""The consistency check of 1, 10 and 100 plans of the pilot city's size (limit: 30 s for 100).

Each plan states 20 indicators, 164 targets, 309 projects and 228 bodies; every tenth number of each differs
from the outline's. Timed is everything: reading from the database, matching, comparing, writing the worked
list. The peer is reading the same facts of the same plans by the same queries and nothing else.
"""

from __future__ import annotations

from functools import partial

from bench._plans import SOURCE, add_plans, house
from bench.measure import Row, seconds

SIZES = (1, 10, 100)


def run() -> list[Row]:
    """1, 10 and 100 plans."""
    with house():
        from beichen.kernel.actor import system
        from beichen.plan.catalogue.models import Filing, FindingRecord
        from beichen.plan.catalogue.service import check_filings, checkable
        from beichen.plan.models import NamedBody, PlanIndicator, Project, Target
        from beichen.plan.service import read_plan

        facts = read_plan(SOURCE)

        def bare(number: int) -> None:
            for plan in list(Filing.objects.values_list("plan_id", flat=True)[:number]):
                for model in (PlanIndicator, Target, Project, NamedBody):
                    len(model.objects.filter(plan_id=plan).values_list())

        rows = []
        for size in SIZES:
            add_plans(size, facts)
            FindingRecord.objects.all().delete()
            ours = seconds(partial(check_filings, checkable(), by=system("bench")))
            peer = seconds(partial(bare, size))
            found = {"findings": float(FindingRecord.objects.count())}
            rows.append(
                Row("check plans against the outline", size, ours, "reading their facts", peer, figures=found)
            )
        return rows

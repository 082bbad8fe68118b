"""Server time of the plan's pages with 1, 10 and 100 plans of the pilot city's size (limit: 300 ms each).

A request through Django's whole stack, as the public, the median of seven after one to warm up. The peer is
the smallest page of the same house in the same run, the sign-in page: what the shell alone costs.
"""

from __future__ import annotations

from functools import partial

from bench._plans import SOURCE, add_plans, house
from bench.measure import Row, seconds

SIZES = (1, 10, 100)
PATHS = (
    "/plan",
    "/plan?q=轨道交通",
    "/plan/indicators",
    "/plan/targets",
    "/plan/projects",
    "/plan/text/1.3.2",
    "/plans",
    "/plans/plan-1",
    "/plan/adjustments",
    "/plan/versions/1",
)
EMPTY = "/account/login/"


def run() -> list[Row]:
    """Every page at every size."""
    with house():
        from django.test import Client

        from beichen.plan.service import read_plan

        facts = read_plan(SOURCE)
        rows = []
        for size in SIZES:
            add_plans(size, facts)
            client = Client(headers={"host": "localhost"})

            def ask(path: str, client: Client = client) -> None:
                answer = client.get(path)
                assert answer.status_code == 200, (path, answer.status_code)

            ask(EMPTY)
            peer = seconds(partial(ask, EMPTY), times=7)
            for path in PATHS:
                ask(path)
                rows.append(Row(path, size, seconds(partial(ask, path), times=7), "the sign-in page", peer))
        return rows

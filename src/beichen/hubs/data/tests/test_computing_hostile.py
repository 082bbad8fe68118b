"""Bad days of computed indicators: rows forgotten, workers killed or side by side, values beyond all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from beichen.hubs.data.computing import feeds, running
from beichen.hubs.data.models import Computation, ComputationRun
from beichen.hubs.data.tests.counting import (
    BY,
    CITY,
    COUNT,
    JOB,
    OWNER,
    SHARE,
    TABLE,
    WEST,
    at,
    define,
    put,
    run,
    town,
    values,
)
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Problem, ProblemError

__all__ = ["town"]

pytestmark = pytest.mark.usefixtures("town")
LENGTHS = "every: day, week, month, year"


def of_city(key: str = "share", **narrowed: Any) -> dict[str, float]:
    """The whole city's values by period."""
    found = values(key, dimension="", region__code=CITY, **narrowed)
    return {period: value for (period, *_rest), value in found.items()}


def keep(days: int) -> None:
    """Have the table forget rows after so many days."""
    warehouse.declare_tables([replace(TABLE, keep_days=days)], owner=OWNER, by=BY)


def test_figures_outlive_the_rows_behind_them() -> None:
    """Neither a change of the SQL nor a late row counts what is left of a period whose rows have gone."""
    keep(400)
    define(share=SHARE)
    put(
        {**JOB, "done_at": at(10, month=1)},
        {**JOB, "code": "2", "done_at": at(20, month=1), "in_time": False},
        {**JOB, "code": "3", "done_at": at(5, month=3)},
    )
    run()
    before = of_city()
    assert before["2025-01"] == 50.0
    warehouse.maintain(by=BY, now=datetime(2026, 2, 19, 12, tzinfo=UTC))  # to the 15th of January
    run()
    assert of_city() == before
    define(share=SHARE.replace("100.0 *", "50.0 *"))
    (outcome,) = run()
    assert outcome.is_whole
    after = of_city()
    assert {period: after[period] for period in ("2025-01-10", "2025-01", "2025")} == {
        "2025-01-10": 100.0, "2025-01": 50.0, "2025": before["2025"],
    }  # fmt: skip
    assert (after["2025-01-20"], after["2025-03"]) == (0.0, 50.0), "what is all there is computed"
    put({**JOB, "code": "4", "done_at": at(12, month=1), "in_time": False})
    run()
    assert "2025-01-12" not in of_city()
    assert of_city()["2025-01"] == 50.0
    put({**JOB, "code": "5", "done_at": at(6, month=3), "in_time": False})
    run()
    assert (of_city()["2025-03"], of_city()["2025-01"]) == (25.0, 50.0)


def test_no_period_is_longer_than_its_rows_are_kept() -> None:
    keep(30)
    define(
        share=SHARE,
        week=SHARE.replace(LENGTHS, "every: day, week").replace(
            "region+event (month)", "region+event (week)"
        ),
    )
    put(JOB)
    found = {one.key: one.problems for one in run()}
    assert [problem.code for problem in found["share"]] == ["DAT-206"]
    assert "rows are kept 30 days, too few to count by year" in str(found["share"][0])
    assert found["week"] == ()
    assert of_city("week") == {"2025-03-03": 100.0, "2025-W10": 100.0}


@contextmanager
def killed_at(number: int) -> Iterator[None]:
    """As if the process ended before the ``number``-th statement that writes."""
    seen = 0

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            seen += 1
            if seen == number:
                raise SystemExit
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


def facts() -> tuple[Any, ...]:
    """Everything that a run writes."""
    return (
        values("share"),
        values("count"),
        ComputationRun.objects.count(),
        AuditRecord.objects.count(),
        OutboxEvent.objects.count(),
        list(Computation.objects.values_list("basis", "versions", "problem")),
    )


def test_who_is_killed_in_the_middle_has_written_nothing_or_all() -> None:
    """Before each statement in turn; the next run does what is left, once."""
    define(share=SHARE, count=COUNT)
    put({**JOB, "day": at(3).date()})
    seen: list[tuple[Any, ...]] = [facts()]
    for number in range(1, 100):
        try:
            with killed_at(number):
                run()
        except SystemExit:
            if facts() != seen[-1]:
                seen.append(facts())
                assert len(seen) <= 3, "an indicator is written at once"
            continue
        break
    else:
        pytest.fail("it never ends")
    assert number > 4
    assert all(one.is_current for one in run())
    assert ComputationRun.objects.count() == 2
    told = OutboxEvent.objects.filter(type="data.value.recorded")
    assert told.count() == 2


def test_two_side_by_side_write_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker is quicker; and between its run and ours another row comes in."""
    define(share=SHARE)
    put(JOB)
    asked = running._asked
    is_first = True

    def slowly(*arguments: Any) -> Any:
        nonlocal is_first
        found = list(asked(*arguments))
        if is_first:
            is_first = False
            put({**JOB, "code": "2", "in_time": False})
            assert run()[0].written
        return found

    monkeypatch.setattr(running, "_asked", slowly)
    (ours,) = run()
    assert (ours.is_current, ours.written) == (True, 0)
    assert ComputationRun.objects.count() == 1
    assert of_city()["2025-03"] == 50.0
    assert run()[0].is_current


def test_one_that_came_late_does_not_write_what_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that read the tables before a change, and writes after another has written the change."""
    define(share=SHARE)
    put(JOB)
    run()
    put({**JOB, "code": "2", "in_time": False})
    keep_ = running._keep

    def held(row: Computation, *rest: Any) -> Any:
        monkeypatch.setattr(running, "_keep", keep_)
        put({**JOB, "code": "3", "in_time": False})
        run()
        return keep_(row, *rest)

    monkeypatch.setattr(running, "_keep", held)
    (ours,) = run()
    assert ours.is_current
    assert of_city()["2025-03"] == 33.33


def test_two_indicators_of_one_table_go_their_own_ways() -> None:
    define(share=SHARE, count=COUNT)
    put({**JOB, "day": at(3).date()})
    run("share")
    put({**JOB, "code": "2", "done_at": at(9, month=5), "day": at(9, month=5).date()})
    found = {one.key: one for one in run()}
    assert (found["share"].is_whole, found["count"].is_whole) == (False, True)
    assert of_city("count") == {"2025-03": 1.0, "2025-05": 1.0}
    assert {"2025-03", "2025-05"} <= of_city().keys()


@pytest.mark.parametrize("moment", [datetime(9999, 12, 31, 20, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_a_moment_at_the_end_of_all_time_stops_nothing(moment: datetime) -> None:
    define(share=SHARE, count=COUNT)
    put(JOB)
    told = warehouse.upsert("jobs", [{**JOB, "code": "2", "done_at": moment}], by=BY, source="test")
    assert (told.accepted, told.refused) == (0, 1), "it has no day in the city"
    found = run()
    assert [one.problems for one in found] == [(), ()]
    assert of_city()["2025-03"] == 100.0


def test_a_value_beyond_what_is_kept_is_told_and_stops_no_other() -> None:
    large = COUNT.replace("count(*)", "1e30 * count(*)")
    define(large=large, count=COUNT)
    put({**JOB, "day": at(3).date()})
    broken, counted = sorted(run(), key=lambda one: one.key != "large")
    assert [str(problem) for problem in broken.problems] == ["error: DAT-206 a value is too large: 1e+30"]
    assert counted.written


def test_a_part_with_a_name_too_long_is_told() -> None:
    define(share=SHARE)
    put({**JOB, "event": "x" * 300})
    (outcome,) = run()
    assert [problem.code for problem in outcome.problems] == ["DAT-206"]
    assert "too long" in str(outcome.problems[0])
    put({**JOB, "event": "x" * 100})
    assert run()[0].problems == ()


def test_a_table_that_cannot_be_fed_stops_only_what_counts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(TABLE, name="works")
    warehouse.declare_tables([TABLE, other], owner=OWNER, by=BY)

    def feed() -> None:
        raise ProblemError(Problem("WHS-105", "others write the table"))

    monkeypatch.setitem(feeds._feeds, "jobs", feed)
    define_over_both = {"share": SHARE, "works": SHARE.replace("from jobs", "from works")}
    from beichen.hubs.data.computing.declaration import declare
    from beichen.hubs.data.computing.declaring import declare_computations
    from beichen.problem import Where

    known = {"jobs": TABLE.types, "works": TABLE.types}
    declared = [declare(text, key, known) for key, text in define_over_both.items()]
    declare_computations(declared, owner=OWNER, package="x", where=Where(), by=BY)
    warehouse.upsert("works", [JOB], by=BY, source="test")
    put(JOB)
    found = {one.key: one for one in run()}
    assert [problem.code for problem in found["share"].problems] == ["WHS-105"]
    assert found["works"].written
    monkeypatch.delitem(feeds._feeds, "jobs")
    assert {one.key: one.problems for one in run()} == {"share": (), "works": ()}


def test_rows_of_another_district_are_seen_with_its_figures_alone() -> None:
    """A figure is of a region: who sees the west sees its figure and the city's, not the street's."""
    from beichen.hubs.data import service
    from beichen.kernel.actor import PUBLIC

    define(share=SHARE.replace("-- every", "-- level: L2\n-- every"))
    put(JOB, {**JOB, "code": "2", "region": WEST})
    run()
    assert not service.figures("share", by=PUBLIC, region=WEST).exists()
    assert not service.figures("share", by=PUBLIC, region=WEST, dimension="event").exists()

"""Indicators after late rows, corrections, splits of districts and changes beside them: as plain Python says.

So too when a writer dies before its receipt, when a run breaks off, is overtaken, or finds files joined. Each
example has a database and a folder of tables of its own: what one leaves behind is never another's. A hunt
looks at more examples than a run of all tests has time for: ``HUNT=3000 pytest …/test_computing_plain.py``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, note
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from beichen.hubs.data.computing import recording, running
from beichen.hubs.data.computing.declaration import declare
from beichen.hubs.data.computing.declaring import declare_computations
from beichen.hubs.data.tests.counting import (
    BY,
    CITY,
    EAST,
    KNOWN,
    OWNER,
    REGIONS,
    STREET,
    WEST,
    put,
    run,
    town,
    values,
)
from beichen.hubs.data.tests.plain import DESKS, EXPECTED, NORTH, TEXTS, TREES, Town
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import Where
from beichen.settings import settings

__all__ = ["town"]
EXAMPLES = int(os.environ.get("HUNT", "6"))

# midnights and ends of months here: 16:00 UTC, and a microsecond on either side
edges = st.sampled_from(
    [
        datetime(2025, month, day, 16, tzinfo=UTC) + timedelta(microseconds=shift)
        for month, day in ((1, 31), (2, 28), (3, 31), (12, 31), (1, 5))
        for shift in (-1, 0, 1)
    ]
)
rows = st.fixed_dictionaries(
    {
        "code": st.sampled_from("ABCDE"),
        "region": st.sampled_from([STREET, EAST, WEST, NORTH, "123456", None]),
        "body": st.sampled_from(["desk", "bureau", "gone", None]),
        "event": st.sampled_from(["light", "water", None]),
        "done_at": st.none() | edges,
        "day": st.sampled_from([None, date(2024, 12, 31), date(2025, 1, 1), date(2025, 2, 28)]),
        "in_time": st.sampled_from([True, False, None]),
        "is_demo": st.sampled_from([True, False, None]),
    }
)
batches = st.lists(rows, min_size=1, max_size=4)
steps = st.one_of(
    batches.map(lambda found: ("put", found)),
    batches.map(lambda found: ("put, and lose the receipt", found)),
    batches.map(lambda found: ("put, and break off", found)),
    st.tuples(batches, batches).map(lambda found: ("put, and be overtaken", found)),
    st.just(("join files", ())),
    st.dictionaries(st.sampled_from(["desk", "bureau"]), st.integers(-3, 3), min_size=1).map(
        lambda found: ("weigh", found)
    ),
    st.sampled_from(TREES).map(lambda tree: ("split", tree)),
)


def carried_out(here: Town, step: tuple[str, Any]) -> None:
    """A step, in the tables and in plain Python."""
    word, what = step
    if word == "weigh":
        told = [{"desk": desk, "weight": weight} for desk, weight in what.items()]
        warehouse.upsert("desks", told, by=BY, source="test")
        here.desks |= what
    elif word == "split":
        names = {facts.code: facts for facts in REGIONS}
        facts = [RegionFacts(CITY, "虚城", "city")]
        for code, parent in what.items():
            kind = names[code].kind if code in names else "county"
            facts.append(RegionFacts(code, code, kind, parent))
        load_regions(facts, by=BY)
        here.tree = {**here.tree, **what}  # a district that ended stays where it lay: its rows are its own
    else:
        PUTTING[word](*what)
        both = what if word == "put, and be overtaken" else (what,)
        here.rows |= {row["code"]: row for batch in both for row in batch}


def lost(*found: dict[str, Any]) -> None:
    """Rows whose writer dies between the table and the receipt."""

    def die(*_args: Any, **_named: Any) -> None:
        raise BrokenPipeError("the process died")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("beichen.platforms.warehouse.writing.record", die)
        with pytest.raises(BrokenPipeError):
            put(*found)


def broken_off(*found: dict[str, Any]) -> None:
    """Rows, and a run that dies when the values are written and its place is not."""
    write = recording.write

    def die(*args: Any) -> None:
        write(*args)
        raise BrokenPipeError("the process died")

    put(*found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "write", die)
        run()


def overtaken(first: list[dict[str, Any]], later: list[dict[str, Any]]) -> None:
    """Rows, and a run during which others come and another run is quicker."""
    put(*first)
    keep, came = running._keep, list[bool]()

    def keep_late(*args: Any) -> Any:
        if not came:
            came.append(True)
            put(*later)
            run()
        return keep(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_keep", keep_late)
        run()
    if not came:  # nothing was to compute
        put(*later)


def joined() -> None:
    """The table's files become one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("beichen.platforms.warehouse.maintenance.FEW", 2)
        warehouse.compact("jobs", by=BY)


PUTTING: Mapping[str, Callable[..., None]] = {
    "put": put,
    "put, and lose the receipt": lost,
    "put, and break off": broken_off,
    "put, and be overtaken": overtaken,
    "join files": joined,
}


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Tables in a folder that nobody else has, and a database that is taken back at the end."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setenv("BEICHEN_DATA_DIR", tempfile.mkdtemp(dir=folder))
        settings.cache_clear()
        try:
            yield
        finally:
            transaction.set_rollback(True)
    settings.cache_clear()


def begun() -> Town:
    """The town with its indicators, declared and never computed; five jobs and two desks of which nothing is
    known."""
    warehouse.declare_tables([DESKS], owner="scene:desks", by=BY)
    known = {**KNOWN, "desks": DESKS.types}
    declared = [declare(text, key, known) for key, text in TEXTS.items()]
    declare_computations(declared, owner=OWNER, package="事项（jobs 1.0.0）", where=Where(), by=BY)
    here = Town()
    nothing = dict.fromkeys(KNOWN["jobs"])
    carried_out(here, ("split", TREES[0]))
    carried_out(here, ("put", [{**nothing, "code": code} for code in "ABCDE"]))
    carried_out(here, ("weigh", {"desk": 0, "bureau": 0}))
    return here


NIGHT = datetime(2025, 1, 31, 16, tzinfo=UTC)  # midnight: the first of February in the city alone
DONE = {
    "code": "A", "region": NORTH, "body": "desk", "event": "light", "done_at": NIGHT, "day": None,
    "in_time": True, "is_demo": True,
}  # fmt: skip


@example(plan=[("put", [DONE]), ("put", [{**DONE, "done_at": None}])])
@example(plan=[("split", TREES[2]), ("put", [DONE]), ("split", TREES[0]), ("put", [{**DONE, "code": "B"}])])
@given_settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=st.lists(steps, min_size=2, max_size=6))
def test_whatever_happens_the_figures_are_those_of_plain_counting(
    town: None, tmp_path: Path, plan: list[tuple[str, Any]]
) -> None:
    note(f"the plan: {plan!r}")
    with alone(tmp_path):
        here = begun()
        for number, step in enumerate(plan):
            carried_out(here, step)
            outcomes = run()
            assert [one.problems for one in outcomes] == [()] * len(TEXTS), plan[: number + 1]
            for key, expected in EXPECTED.items():
                assert values(key) == expected(here), (key, plan[: number + 1])

"""Tables that are kept open: they answer as tables that are opened anew, whatever happened meanwhile."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from beichen.platforms.warehouse import storage
from beichen.platforms.warehouse.service import append, touched
from beichen.platforms.warehouse.tests.conftest import BY, Declare

NAME = "visits"


@pytest.fixture
def place(folder: Path) -> Iterator[Path]:
    """Where the table of the name lies."""
    yield folder / NAME
    storage.let_go(NAME)


def rows(*numbers: int) -> pa.Table:
    return pa.table({"number": pa.array(numbers, pa.int64())})


def write(place: Path, *numbers: int, load: str = "", **options: Any) -> None:
    own = [Transaction(load, 1)] if load else None
    if mode := options.get("mode"):
        options["schema_mode"] = "merge" if mode == "append" else mode
    write_deltalake(
        str(place), rows(*numbers), commit_properties=CommitProperties(app_transactions=own), **options
    )


def seen(delta: Any) -> tuple[int, list[str], list[int]]:
    """What a table says: its version, files and rows."""
    return delta.version(), sorted(delta.file_uris()), sorted(delta.to_pyarrow_table()["number"].to_pylist())


def test_a_table_that_was_never_written_is_none_until_it_is(place: Path) -> None:
    assert storage.current(NAME) is None
    write(place, 1)
    found = storage.current(NAME)
    assert found is not None
    assert seen(found) == seen(DeltaTable(str(place)))


def test_what_others_wrote_is_seen_and_their_loads_are_known(place: Path) -> None:
    write(place, 1)
    first = storage.current(NAME)
    write(place, 2, mode="append", load="second")
    found = storage.current(NAME)
    assert found is first, "it was opened once"
    assert found is not None
    assert (found.transaction_version("second"), found.transaction_version("third")) == (1, None)


ACTS = st.lists(st.sampled_from(["append", "keep", "compact", "overwrite", "columns", "checkpoint", "look"]))


@given(ACTS, st.sampled_from([0, 17]))
@example(["append", "columns", "keep", "compact", "append", "overwrite", "checkpoint", "keep", "append"], 15)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_that_is_kept_says_what_one_that_is_opened_says(
    place: Path, acts: list[str], before: int
) -> None:
    shutil.rmtree(place, ignore_errors=True)
    write(place, 0)
    storage.current(NAME)
    for number, act in enumerate(["append"] * before + acts, 1):
        load = f"load-{number}"
        if act == "append":
            write(place, number, mode="append", load=load)
        elif act == "keep":  # upon what is kept open itself
            own = CommitProperties(app_transactions=[Transaction(load, 1)], max_commit_retries=0)
            kept = storage.current(NAME)
            assert kept is not None
            write_deltalake(kept, rows(number), mode="append", schema_mode="merge", commit_properties=own)
        elif act == "compact":
            DeltaTable(str(place)).optimize.compact()
        elif act == "overwrite":
            write(place, number, mode="overwrite", load=load)
        elif act == "checkpoint":
            DeltaTable(str(place)).create_checkpoint()
        elif act == "columns":
            more = rows(number).append_column(f"more{number}", pa.array([number], pa.int64()))
            write_deltalake(str(place), more, mode="append", schema_mode="merge")
        found = storage.current(NAME)
        if number <= before:
            continue
        anew = DeltaTable(str(place))
        assert found is not None
        assert seen(found) == seen(anew)
        assert found.schema() == anew.schema()
        assert found.transaction_version(load) == anew.transaction_version(load)


def test_another_table_of_its_name_is_opened_anew(place: Path) -> None:
    """As one that was brought back from a backup: with as many versions, of other rows."""
    for number in range(3):
        write(place, number, mode="append")
    storage.current(NAME)
    shutil.rmtree(place)
    assert storage.current(NAME) is None
    for number in range(10, 13):
        write(place, number, mode="append")
    before = storage.current(NAME)
    assert before is not None
    assert seen(before)[2] == [10, 11, 12]
    shutil.rmtree(place)
    for number in range(20, 25):
        write(place, number, mode="append")
    found = storage.current(NAME)
    assert found is not None
    assert seen(found)[2] == [20, 21, 22, 23, 24]


def test_a_table_that_cannot_be_moved_on_is_opened_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(place, 1)
    first = storage.current(NAME)
    write(place, 2, mode="append")

    def fails(_self: Any) -> None:
        raise OSError("the log is torn")

    monkeypatch.setattr(DeltaTable, "update_incremental", fails)
    found = storage.current(NAME)
    assert found is not None
    assert found is not first
    assert seen(found)[2] == [1, 2]


def test_a_table_is_opened_anew_after_each_checkpoint(place: Path) -> None:
    """What is written upon for long grows slow: 250 commits tripled the time of one."""
    write(place, 0)
    opened = {id(kept := storage.current(NAME)): kept}
    for number in range(storage.CHECKPOINT * 2):
        write(place, number, mode="append")
        kept = storage.current(NAME)
        opened[id(kept)] = kept
    assert len(opened) == 3


def test_threads_keep_tables_of_their_own(place: Path) -> None:
    write(place, 1)
    mine = storage.current(NAME)
    others: list[Any] = []
    thread = threading.Thread(target=lambda: others.append(storage.current(NAME)))
    thread.start()
    thread.join()
    assert others[0] is not mine
    assert seen(others[0]) == seen(mine)


def test_few_tables_are_kept_open(place: Path) -> None:
    for number in range(storage.MOST_OPEN + 3):
        write(place.parent / f"t{number}", number)
        storage.current(f"t{number}")
    assert len(storage._holding.tables) == storage.MOST_OPEN
    assert storage.place_of("t0") not in storage._holding.tables
    storage._holding.tables.clear()


def test_a_table_of_an_earlier_release_keeps_its_log_as_tables_do_now(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a receipt, so that what was touched since is known; once, and what others chose for it stays."""
    declare()
    chosen = {"delta.checkpointPolicy": "classic"}
    with monkeypatch.context() as patch:
        patch.setattr(storage, "CONFIGURATION", {"delta.logRetentionDuration": "interval 7 days", **chosen})
        first = append("wells", [{"code": "a"}], by=BY, source="test", load="1")
    for load in "234":
        append("wells", [{"code": load}], by=BY, source="test", load=load)
    found = storage.opened("wells")
    assert found is not None
    assert found.metadata().configuration == {**storage.CONFIGURATION, **chosen}
    assert found.version() == first.version + 4
    assert touched("wells", since=first.version).days is not None


def test_a_log_is_summed_up_often(declare: Declare, folder: Path) -> None:
    """Whoever opens a table reads what was written since the last summary."""
    declare()
    for number in range(storage.CHECKPOINT + 1):
        append("wells", [{"code": str(number)}], by=BY, source="test", load=str(number))
    log = folder / "wells" / "_delta_log"
    assert list(log.glob("*.checkpoint.parquet"))

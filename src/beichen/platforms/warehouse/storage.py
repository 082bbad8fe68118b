"""Where rows lie: one Delta table each under `BEICHEN_TABLES_URL`, a folder or an S3 prefix.

A version is written by exactly one commit, made upon the version before it and upon no other: whoever was
overtaken reads again and tries again (:func:`attempt`), so that every commit is serial. Writers on one
machine queue at a lock of the system, which ends with its holder. Who writes or asks often keeps tables open
(:func:`current`): of a log only what is new is read.
"""

from __future__ import annotations

import fcntl
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.facts import TableFacts
from beichen.platforms.warehouse.schema import MONTH, stored_schema
from beichen.problem import Problem, ProblemError, said, shorten
from beichen.settings import settings

T = TypeVar("T")

ATTEMPTS = 12
FIRST_PAUSE = 0.02  # seconds; doubled with each attempt, and somewhat random
PATIENCE = 60.0  # seconds that a writer waits for those before it on this machine
CHECKPOINT = 20  # versions from one summary of a log to the next; by itself Delta has 100
MOST_OPEN = 16  # tables that a thread keeps open
CONFIGURATION = {
    "delta.setTransactionRetentionDuration": "interval 30 days",
    "delta.logRetentionDuration": "interval 30 days",
    "delta.checkpointInterval": str(CHECKPOINT),
}


def is_remote() -> bool:
    """Whether the tables lie in a bucket."""
    return "://" in settings().tables


def place_of(name: str) -> str:
    """Where the table of this name lies."""
    return f"{settings().tables.rstrip('/')}/{name}"


def options() -> dict[str, str] | None:
    """What the store needs to be reached: the environment's AWS settings, as the file store takes them."""
    if not is_remote():
        return None
    known = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    if known.get("AWS_ENDPOINT_URL", "").startswith("http:"):
        known.setdefault("AWS_ALLOW_HTTP", "true")
    return known


def opened(name: str, version: int | None = None) -> Any | None:
    """The Delta table as it is now, or as it was at ``version``; None when it was never written.

    Raises ProblemError WHS-106 when the tables or that version cannot be reached.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(place_of(name), version=version, storage_options=options())
    except TableNotFoundError:
        return None
    except Exception as error:
        raise ProblemError(away(error)) from error


class _Held(NamedTuple):
    """A table that is kept open: the version at which it was opened, the file of the log that says its newest
    version, and what distinguishes that file from another of its name."""

    table: Any
    begun: int
    log: Path
    mark: tuple[int, int, int]


class _Holding(threading.local):
    """The tables that a thread keeps open, by their places: nobody else moves them on meanwhile."""

    def __init__(self) -> None:
        self.tables: dict[str, _Held] = {}


_holding = _Holding()
logger = logging.getLogger(__name__)


def _mark(log: Path) -> tuple[int, int, int] | None:
    try:
        found = log.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _hold(place: str, table: Any, begun: int) -> None:
    log = Path(place) / "_delta_log" / f"{table.version():020}.json"
    if (mark := _mark(log)) is not None:
        _holding.tables[place] = _Held(table, begun, log, mark)
    while len(_holding.tables) > MOST_OPEN:
        del _holding.tables[next(iter(_holding.tables))]


def _is_moved_on(held: _Held) -> bool:
    """Whether the table is brought to its newest version; False where it is better opened anew."""
    from deltalake.exceptions import DeltaError

    try:
        held.table.update_incremental()
    except (DeltaError, OSError) as error:  # what this cannot do opening can, or says why not
        logger.warning("%s is opened anew: %s", held.log, error)
        return False
    return bool(held.table.version() // CHECKPOINT == held.begun // CHECKPOINT)


def current(name: str) -> Any | None:
    """As :func:`opened` without a version, and kept open in this thread, so that it is asked for new versions
    alone. What this returns moves on when the thread asks again.

    A table is opened anew when it is another one of its name (one that was brought back from a backup), and
    after every checkpoint: what is kept of a table that grows by many versions is slow to write upon.
    """
    if is_remote():
        return opened(name)
    place = place_of(name)
    held = _holding.tables.pop(place, None)
    if held is not None and _mark(held.log) == held.mark and _is_moved_on(held):
        _hold(place, held.table, held.begun)
        return held.table
    found = opened(name)
    if found is not None:
        _hold(place, found, found.version())
    return found


def let_go(name: str) -> None:
    """Keep the table open no longer in this thread."""
    _holding.tables.pop(place_of(name), None)


def away(error: Exception) -> Problem:
    """The storage's error as a problem."""
    reason = " ".join(str(error).split())[:60]
    return Problem(
        codes.NO_STORAGE,
        shorten(said("the storage answers: {reason}", reason=reason)),
        hint=said("try again later; operators: beichen doctor"),
    )


def made(facts: TableFacts) -> Any:
    """The Delta table, created where there is none."""
    from deltalake import DeltaTable

    found = opened(facts.name)
    if found is not None:
        return found
    try:
        return DeltaTable.create(
            place_of(facts.name),
            stored_schema(facts),
            mode="ignore",
            partition_by=[MONTH] if facts.time else None,
            configuration=CONFIGURATION,
            storage_options=options(),
        )
    except Exception as error:
        raise ProblemError(away(error)) from error


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Alone with the table, as far as this machine goes. Raises ProblemError WHS-105."""
    folder = settings().data_dir / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + PATIENCE
    with (folder / f"table-{name}.lock").open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ProblemError(busy(name)) from None
                pause(FIRST_PAUSE)
        yield  # closing the file gives the lock back


def busy(name: str) -> Problem:
    """That others were always quicker."""
    return Problem(codes.BUSY, shorten(said("others write {table}", table=name)), hint=said("try again"))


def pause(seconds: float) -> None:
    """Wait a little, each time another little."""
    time.sleep(seconds * (0.5 + random.random()))  # noqa: S311 - no secret


def attempt(name: str, act: Callable[[], T]) -> T:
    """Do ``act``, and again when another commit came first: it reads the table anew each time.

    Raises ProblemError WHS-105 when others were quicker :data:`ATTEMPTS` times, WHS-106.
    """
    from deltalake.exceptions import CommitFailedError, DeltaError

    for number in range(ATTEMPTS):
        try:
            return act()
        except CommitFailedError:
            let_go(name)
            pause(FIRST_PAUSE * 2**number)
        except (DeltaError, OSError) as error:
            let_go(name)
            raise ProblemError(away(error)) from error
    raise ProblemError(busy(name))


def commit(metadata: dict[str, str], load: str = "", version: int = 0) -> Any:
    """The properties of a commit upon exactly the version that was read.

    ``load`` makes it known to Delta itself: :func:`written_by` finds ``version`` under it later.
    """
    from deltalake import CommitProperties, Transaction

    own = [Transaction(load, version, int(time.time() * 1000))] if load else None
    return CommitProperties(custom_metadata=metadata, max_commit_retries=0, app_transactions=own)


def metadata_of(delta: Any, version: int) -> dict[str, Any]:
    """What the commit of ``version`` said of itself; empty when the log has forgotten it."""
    past = delta.history(delta.version() - version + 1)
    return next((entry for entry in past if entry.get("version") == version), {})


def writer() -> Any:
    """How Parquet files are written."""
    from deltalake import WriterProperties

    return WriterProperties(compression="ZSTD", compression_level=3)


def look() -> Iterator[Problem]:
    """What keeps tables from being written or asked, for `beichen doctor`: WHS-106, WHS-205."""
    from beichen.platforms.warehouse.engines import engine

    probe = Path(settings().tables) / ".writable"
    try:
        if not is_remote():
            probe.parent.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
        engine().connect().close()
    except OSError as error:
        yield away(error)
    except ProblemError as error:
        yield from error.problems

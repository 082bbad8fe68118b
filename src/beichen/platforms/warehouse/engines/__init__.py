"""Engines that answer SQL over the files of snapshots: `BEICHEN_WAREHOUSE_URL` chooses one.

Every engine reads a snapshot's Parquet files by their list, never the folder and never through an
extension of its own for Delta: what it reads is exactly one version, and any engine can do it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from beichen.platforms.warehouse import codes
from beichen.platforms.warehouse.facts import ColumnType
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a table: its columns as they are declared, and its files by their list.

    A file may lack a column, which is then empty, or hold it in a narrower type, which is widened: ``stored``
    are the types of the files, where they are known.
    """

    columns: Mapping[str, ColumnType]
    files: Sequence[str]
    stored: Mapping[str, ColumnType] = field(default_factory=dict)


class Session(Protocol):
    """An engine's connection for one reader: read-only, without files and network beyond the snapshots'."""

    def show(self, name: str, snapshot: Snapshot) -> None:
        """Answer questions about ``name`` from the snapshot."""

    def register(self, name: str, rows: Any) -> None:
        """Answer questions about ``name`` from an Arrow table."""

    def sql(self, text: str) -> Any:
        """The Arrow table that answers ``text``, DuckDB's SQL. Raises ProblemError WHS-202 to WHS-204."""

    def stream(self, text: str, most: int | None = None) -> Any:
        """The same as an Arrow reader of batches; whoever asks reads ``most`` rows and no more."""

    def stop(self) -> None:
        """End the question that is being answered, from another thread."""

    def close(self) -> None:
        """Give everything back."""


class Engine(Protocol):
    """A kind of engine at an address."""

    def connect(self) -> Session:
        """A session. Raises ProblemError WHS-205."""


def engine() -> Engine:
    """The engine that the settings choose. Raises ProblemError WHS-205."""
    url = settings().warehouse_url
    scheme = urlsplit(url).scheme
    if scheme == "duckdb":
        from beichen.platforms.warehouse.engines.embedded import Embedded

        return Embedded(url)
    if scheme == "spark":
        from beichen.platforms.warehouse.engines.cluster import Cluster

        return Cluster(url)
    message = said("no engine here answers to {scheme}://", scheme=scheme)
    hint = said("duckdb:// is built in, spark:// a cluster")
    raise ProblemError(Problem(codes.NO_ENGINE, message, hint=hint))


def writing_engine() -> Engine:
    """What compares rows while they are written: the engine in this process, as Delta's writer is in it."""
    from beichen.platforms.warehouse.engines.embedded import Embedded

    url = settings().warehouse_url
    return Embedded(url if urlsplit(url).scheme == "duckdb" else "duckdb://")

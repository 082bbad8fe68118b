"""DuckDB in this process, asked directly: see `docs/decisions/0013`."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings as django_settings

from beichen.platforms.warehouse import codes, storage
from beichen.platforms.warehouse.engines import Snapshot, calls
from beichen.platforms.warehouse.schema import DUCKDB
from beichen.problem import Problem, ProblemError, said, shorten
from beichen.settings import settings

STREAMED = 100_000  # rows of a batch
LIMITS = {"memory": "1GB", "threads": "2"}


def limits_of(url: str) -> dict[str, str]:
    """The memory and threads of one reader: ``duckdb://?memory=4GB&threads=8``.

    Raises ProblemError WHS-205 for anything else.
    """
    given = dict(parse_qsl(urlsplit(url).query))
    for name in given:
        if name not in LIMITS:
            message = shorten(said("{url} names {name}", url=url, name=name))
            raise ProblemError(Problem(codes.NO_ENGINE, message, hint="duckdb://?memory=1GB&threads=2"))
    return LIMITS | given


class Embedded:
    """The engine."""

    def __init__(self, url: str) -> None:
        self._limits = limits_of(url)

    def connect(self) -> EmbeddedSession:
        """A database in memory that sees the folder of tables and nothing else."""
        return EmbeddedSession(self._limits)


class EmbeddedSession:
    """A DuckDB of its own, in the city's zone: ``date_trunc('day', …)`` of a time gives the city's days."""

    def __init__(self, limits: dict[str, str]) -> None:
        import duckdb

        spill = settings().data_dir / "duckdb"
        spill.mkdir(parents=True, exist_ok=True)
        try:
            self._database = duckdb.connect(
                config={
                    "memory_limit": limits["memory"],
                    "threads": int(limits["threads"]),
                    "temp_directory": str(spill),
                    "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False,
                    "python_enable_replacements": False,
                }
            )
        except (duckdb.Error, ValueError) as error:
            message = shorten(said("DuckDB answers: {reason}", reason=_said_by(error)))
            raise ProblemError(Problem(codes.NO_ENGINE, message)) from None
        if storage.is_remote():
            self._database.register_filesystem(_bucket())
        folder = _quoted(f"{settings().tables.rstrip('/')}/")
        self._database.execute(f"SET TimeZone = {_quoted(django_settings.TIME_ZONE)}")
        self._database.execute(f"SET allowed_directories = [{folder}]")
        self._database.execute("SET enable_external_access = false")
        self._database.execute("SET lock_configuration = true")

    def show(self, name: str, snapshot: Snapshot) -> None:
        """A view over the snapshot's files; over none, where there are none."""
        if not snapshot.files:
            self._run(f"CREATE OR REPLACE VIEW {_named(name)} AS SELECT {_nothing(snapshot)} WHERE false")
        else:
            files, schema = ", ".join(map(_quoted, snapshot.files)), _schema(snapshot)
            source = f"read_parquet([{files}], hive_partitioning = false, schema = {schema})"
            self._run(f"CREATE OR REPLACE VIEW {_named(name)} AS FROM {source}")

    def register(self, name: str, rows: Any) -> None:
        """The rows under a name."""
        self._database.register(name, rows)

    def sql(self, text: str) -> Any:
        """What DuckDB answers."""
        return self._asked(text).to_arrow_table()

    def stream(self, text: str, most: int | None = None) -> Any:
        """The answer batch by batch, which memory need not hold: nothing is made that nobody reads."""
        return self._asked(text).to_arrow_reader(STREAMED)

    def _asked(self, text: str) -> Any:
        """The text is looked at as the engine itself reads it. Raises ProblemError WHS-202, WHS-203."""
        ((read,),) = self._database.execute(calls.READ, [text]).fetchall()
        calls.check(read)
        return self._run(text)

    def _run(self, text: str) -> Any:
        import duckdb

        try:
            return self._database.execute(text)
        except (duckdb.Error, OSError) as error:
            message = shorten(said("DuckDB answers: {reason}", reason=_said_by(error)))
            raise ProblemError(Problem(codes.FAILED_SQL, message)) from None

    def stop(self) -> None:
        """The question raises WHS-204 where it is waited for."""
        self._database.interrupt()

    def close(self) -> None:
        """End the database."""
        self._database.close()


def _bucket() -> Any:
    """The bucket of tables as DuckDB reads it: through obstore, so that no extension must be fetched."""
    from obstore.fsspec import FsspecStore

    is_plain = (storage.options() or {}).get("AWS_ALLOW_HTTP") == "true"
    return FsspecStore("s3", client_options={"allow_http": is_plain})


def _nothing(snapshot: Snapshot) -> str:
    """The columns of no row."""
    columns = snapshot.columns.items()
    return ", ".join(f"CAST(NULL AS {DUCKDB[kind]}) AS {_named(name)}" for name, kind in columns)


def _schema(snapshot: Snapshot) -> str:
    """DuckDB's way of saying what each file should hold: absent columns are empty, narrow ones widened."""
    items = (
        f"{_quoted(name)}: {{name: {_quoted(name)}, type: '{DUCKDB[kind]}', default_value: NULL}}"
        for name, kind in snapshot.columns.items()
    )
    return f"MAP {{{', '.join(items)}}}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _said_by(error: Exception) -> str:
    return str(error).splitlines()[0][:60]

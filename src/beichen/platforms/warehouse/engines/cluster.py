"""A Spark cluster, `spark://host:port`: for tables that outgrow one machine. See `docs/decisions/0018`.

One driver in this process serves every reader; each reader has a session of its own, with its own views. The
machines of the cluster see the folder of tables under the same path. Needs `beichen[spark]` and Java 17.
"""

from __future__ import annotations

import logging
import secrets
import socket
import threading
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings as django_settings

from beichen.platforms.warehouse import codes, storage
from beichen.platforms.warehouse.engines import Snapshot
from beichen.platforms.warehouse.engines.dialect import translated
from beichen.platforms.warehouse.facts import ColumnType
from beichen.problem import Problem, ProblemError, said, shorten
from beichen.settings import settings

STREAMED = 100_000  # rows of a batch
PATIENCE = 5.0  # seconds for the master to answer
PORT = 7077
_SETTINGS = {"memory": "spark.executor.memory", "cores": "spark.cores.max"}
_TYPES = {
    ColumnType.TEXT: "STRING",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIMESTAMP",
    ColumnType.JSON: "STRING",
}
_starting = threading.Lock()
_running: list[Any] = []  # the driver's session; none before it is needed


class Cluster:
    """The engine: ``spark://host:7077?memory=4g&cores=16`` says what each process of it may take."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._master = f"spark://{parts.netloc}"
        self._settings = {}
        for name, value in parse_qsl(parts.query):
            if name not in _SETTINGS:
                message = shorten(said("{url} names {name}", url=url, name=name))
                raise ProblemError(
                    Problem(codes.NO_ENGINE, message, hint="spark://host:7077?memory=4g&cores=16")
                )
            self._settings[_SETTINGS[name]] = value

    def connect(self) -> ClusterSession:
        """A session of the one driver, which is started when it is first needed or has ended."""
        if storage.is_remote():
            raise ProblemError(
                Problem(
                    codes.NO_ENGINE,
                    said("Spark reads tables in a folder alone"),
                    hint=said("a folder that all machines share, or duckdb://"),
                )
            )
        _reached(self._master)
        with _starting:
            return ClusterSession(_driver(self._master, self._settings).newSession())


class ClusterSession:
    """A session of the driver, in the city's zone."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark
        self._kinds: dict[str, set[ColumnType]] = {}
        self._names: set[str] = set()
        self._group = f"beichen-{secrets.token_hex(8)}"
        self._is_stopped = False

    def show(self, name: str, snapshot: Snapshot) -> None:
        """A view over the snapshot's files; over none, where there are none."""
        for column, kind in snapshot.columns.items():
            self._kinds.setdefault(column.lower(), set()).add(kind)
        stored = {column: snapshot.stored.get(column, kind) for column, kind in snapshot.columns.items()}
        schema = ", ".join(f"{_named(column)} {_TYPES[kind]}" for column, kind in stored.items())
        if snapshot.files:
            rows = self._spark.read.schema(schema).parquet(*snapshot.files)
        else:
            rows = self._spark.createDataFrame([], schema)
        wanted = snapshot.columns.items()
        # Spark reads a file in the types that it was written in; the wider ones follow
        rows = rows.selectExpr(
            *(f"CAST({_named(column)} AS {_TYPES[kind]}) AS {_named(column)}" for column, kind in wanted)
        )
        self._view(name, rows)

    def register(self, name: str, rows: Any) -> None:
        """The rows under a name."""
        self._view(name, self._spark.createDataFrame(rows))

    def _view(self, name: str, rows: Any) -> None:
        rows.createOrReplaceTempView(_named(name))
        self._names.add(name)

    def sql(self, text: str) -> Any:
        """What Spark answers to the same question in its own dialect."""
        return self._asked(text, None)

    def stream(self, text: str, most: int | None = None) -> Any:
        """The answer batch by batch; it is whole on this machine before the first."""
        return self._asked(text, most).to_reader(STREAMED)

    def _asked(self, text: str, most: int | None) -> Any:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        statement = translated(text, self._kinds)
        # threads of the driver's own run a question: the group is how another thread ends it
        self._spark.sparkContext.setJobGroup(self._group, "beichen", interruptOnCancel=True)
        try:
            rows = self._spark.sql(statement)
            if self._is_stopped:
                raise ProblemError(_ended())
            answer = (rows if most is None else rows.limit(most)).toArrow()
        except (PySparkException, Py4JError, OSError, EOFError) as error:
            reason = " ".join(str(error).split())[:60] or type(error).__name__
            message = shorten(said("Spark answers: {reason}", reason=reason))
            raise ProblemError(Problem(codes.FAILED_SQL, message)) from None
        if self._is_stopped:
            raise ProblemError(_ended())
        return _in_the_city(answer)

    def stop(self) -> None:
        """The question raises WHS-204 where it is waited for."""
        self._is_stopped = True
        self._spark.sparkContext.cancelJobGroup(self._group)

    def close(self) -> None:
        """Forget the views; the driver stays for the next reader."""
        for name in self._names:
            self._spark.catalog.dropTempView(name)


def _ended() -> Problem:
    return Problem(codes.FAILED_SQL, said("the question was ended"))


def _driver(master: str, given: dict[str, str]) -> Any:
    """The session of this process's driver. Raises ProblemError WHS-205."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        hint = "pip install 'beichen[spark]'"
        raise ProblemError(Problem(codes.NO_ENGINE, said("Spark is not installed here"), hint=hint)) from None
    for running in _running:
        context = running.sparkContext
        if context.master == master and not context._jsc.sc().isStopped():
            return running
        running.stop()
        _running.clear()
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # its errors are told as problems
    folder = settings().data_dir / "spark"
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "spark.sql.session.timeZone": django_settings.TIME_ZONE,
        # otherwise ${env:…} in a question would be the driver's environment
        "spark.sql.variable.substitute": "false",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.local.dir": str(folder),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master(master).appName("beichen")
    for name, value in (values | given).items():
        builder = builder.config(name, value)
    try:
        _running.append(builder.getOrCreate())
    except (PySparkException, OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:60]
        message = shorten(said("Spark answers: {reason}", reason=reason))
        raise ProblemError(Problem(codes.NO_ENGINE, message, hint=said("Spark needs Java 17"))) from None
    return _running[0]


def _reached(master: str) -> None:
    """Raises ProblemError WHS-205 where none of ``spark://one:7077,two:7077`` listens: Spark would wait."""
    reasons = []
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host or place, int(port) if host else PORT), PATIENCE).close()
        except (OSError, ValueError) as error:
            reasons.append(str(error))
        else:
            return
    message = shorten(said("Spark answers: {reason}", reason=reasons[0][:60]))
    raise ProblemError(Problem(codes.NO_ENGINE, message))


def _in_the_city(rows: Any) -> Any:
    """Times come in UTC: the same moments in the city's zone."""
    import pyarrow as pa

    zoned = pa.timestamp("us", django_settings.TIME_ZONE)
    for number, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz is not None:
            rows = rows.set_column(number, field.name, rows.column(number).cast(zoned))
    return rows


def _named(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"

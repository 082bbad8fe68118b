"""Readings over HTTP (上报): the same messages as over MQTT, one device's or many devices' at once."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from beichen.kernel.access.service import require
from beichen.kernel.actor import Actor
from beichen.platforms.iot import codes
from beichen.platforms.iot.columns import packed
from beichen.platforms.iot.credentials import admits
from beichen.platforms.iot.decoding import decode
from beichen.platforms.iot.finding import no_device
from beichen.platforms.iot.posting import post
from beichen.platforms.iot.registering import CODE
from beichen.platforms.iot.rights import INGEST
from beichen.platforms.iot.topics import BATCHES, KEPT, telemetry
from beichen.problem import Problem, ProblemError, Where, said, shorten

MOST_BYTES = 512 << 10  # of a message, as over MQTT
MOST_BATCH_BYTES = 16 << 20
MOST_ROWS = 200_000
RECORDS = 2_000  # of a device in one message
COLUMNS = ("device", "measure", "value")


def ingest(device: str, payload: bytes, *, by: Actor | None, secret: str = "") -> int:
    """Keep a device's message, sent by itself with its ``secret`` or by a client that may; returns its
    readings.

    What becomes of each reading is decided by the gateway, as for what comes over MQTT.

    Raises ProblemError IOT-109 for a device that is not itself, ACC-403, IOT-101, IOT-110 for a message that
    holds no readings, IOT-111 when it could not be made durable.
    """
    if by is None:
        if not admits(device, secret):
            message = said("no such device, or not its credential")
            raise ProblemError(Problem(codes.NO_ENTRY, message, Where(field="Authorization")))
    else:
        require(by, INGEST)
    if not CODE.fullmatch(device):
        raise no_device(device)
    if len(payload) > MOST_BYTES:
        raise _bad(said("larger than {limit} KB", limit=MOST_BYTES >> 10))
    try:
        samples = decode(payload)
    except ValueError as error:
        raise _bad(said("no readings: {reason}", reason=str(error))) from None
    post().keep([(telemetry(device), payload)])
    return len(samples)


def _bad(message: str, where: Where | None = None, hint: str = "") -> ProblemError:
    return ProblemError(Problem(codes.BAD_PAYLOAD, shorten(message), where or Where(field="body"), hint))


def ingest_batch(content: bytes, media_type: str, *, by: Actor) -> int:
    """Keep readings of many devices; returns how many.

    Arrow IPC (``application/vnd.apache.arrow.stream``) with the columns ``device``, ``measure``, ``value``
    (numbers, truths or texts), ``at`` and ``seq`` where the devices say them; JSON, a list of such objects;
    or CSV with such columns (``text/csv``), where what reads as a number or a truth is one.

    Raises ProblemError ACC-403, IOT-110, IOT-111.
    """
    require(by, INGEST)
    if len(content) > MOST_BATCH_BYTES:
        raise _bad(said("larger than {limit} MB", limit=MOST_BATCH_BYTES >> 20))
    if "arrow" in media_type:
        table = _arrow(content)
        if (columns := packed(table)) is not None:
            post().keep([(KEPT + BATCHES, one) for one in columns])
            return int(table.num_rows)
        rows = _rows(table)
    else:
        rows = _csv(content) if "csv" in media_type else _json(content)
    messages: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows, 1):
        device, record = _record(number, row)
        messages.setdefault(device, []).append(record)
    if not messages:
        raise _bad(said("no readings"))
    post().keep(
        [
            (telemetry(device), orjson.dumps(records[start : start + RECORDS]))
            for device, records in messages.items()
            for start in range(0, len(records), RECORDS)
        ]
    )
    return sum(len(records) for records in messages.values())


def _arrow(content: bytes) -> Any:
    import pyarrow as pa

    try:
        table = pa.ipc.open_stream(content).read_all()
        if missing := [name for name in COLUMNS if name not in table.column_names]:
            raise _bad(said("the column {name} is missing", name=missing[0]))
        if table.num_rows > MOST_ROWS:
            raise _bad(said("at most {limit} rows", limit=MOST_ROWS), hint=said("split the batch"))
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        raise _no_arrow(error) from None
    return table


def _rows(table: Any) -> list[dict[str, Any]]:
    import pyarrow as pa

    try:
        rows: list[dict[str, Any]] = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        raise _no_arrow(error) from None
    return rows


def _no_arrow(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    return _bad(said("no Arrow stream: {reason}", reason=str(error)[:60]))


def _csv(content: bytes) -> list[dict[str, Any]]:
    try:
        table = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        rows = [{name: text for name, text in row.items() if text} for row in islice(table, MOST_ROWS + 1)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _bad(said("no CSV: {reason}", reason=str(error)[:60])) from None
    if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
        raise _bad(said("the column {name} is missing", name=missing[0]))
    if len(rows) > MOST_ROWS:
        raise _bad(said("at most {limit} rows", limit=MOST_ROWS), hint=said("split the batch"))
    for row in rows:
        row |= {name: _plain(row[name]) for name in ("value", "seq") if isinstance(row.get(name), str)}
    return rows


def _plain(text: str) -> float | bool | str:
    """A cell as what it reads as."""
    if text in ("true", "false"):
        return text == "true"
    try:
        number = int(text) if text.lstrip("-").isdecimal() else float(text)
        return number if math.isfinite(number) else text
    except (ValueError, OverflowError):
        return text


def _json(content: bytes) -> list[Any]:
    try:
        rows = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _bad(said("no JSON: {reason}", reason=str(error))) from None
    if not isinstance(rows, list):
        raise _bad(said("not a list of readings"))
    if len(rows) > MOST_ROWS:
        raise _bad(said("at most {limit} rows", limit=MOST_ROWS), hint=said("split the batch"))
    return rows


def _record(number: int, row: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(row, Mapping):
        raise _bad(said("a reading is an object"), Where(row=number))
    device, measure, value = (row.get(name) for name in COLUMNS)
    if not isinstance(device, str) or not CODE.fullmatch(device):
        raise _bad(said("a reading has a device's code"), Where(row=number, field="device"))
    if not isinstance(measure, str) or not 0 < len(measure) <= 100:
        raise _bad(said("a reading has a measure"), Where(row=number, field="measure"))
    if not isinstance(value, str | bool | int | float):
        raise _bad(said("a reading has a number, a truth or a text"), Where(row=number, field="value"))
    record: dict[str, Any] = {"values": {measure: value}}
    if row.get("at") is not None:
        at = row["at"]
        record["ts"] = at.isoformat() if isinstance(at, datetime) else at
    if row.get("seq") is not None:
        record["seq"] = row["seq"]
    try:
        decode(orjson.dumps(record))
    except (ValueError, TypeError) as error:
        raise _bad(said("no reading: {reason}", reason=str(error)), Where(row=number)) from None
    return device, record

"""Readings by the column: what comes as Arrow stays columns from the door to the table.

At the door a batch in which every row has a device, a measure, a number or truth, and a time is packed into
messages of Arrow (IPC, words as dictionaries) on a subject of the stream that no device may use. What is not
so plain goes the way of single messages. The gateway unpacks them as arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from beichen.platforms.iot.decoding import LEAST_TIME, MOST_NAME, MOST_TIME
from beichen.platforms.iot.registering import CODE

ROWS = 16_384  # of one message: at most half a megabyte of numbers
FRACTION, WHOLE, TRUTH = range(3)  # what a value was said as
NO_SEQ = -1
WORDS = 400_000  # bytes of codes and names in one message


class Columns(NamedTuple):
    """Rows of a message: of each the number of its device and of its measure among the words, its value, what
    that was said as (of each row, or of all), and its time in microseconds. Where some were said under a
    number of their device's own, of each that number, or NO_SEQ, and whether it stands for a time."""

    devices: list[str]
    measures: list[str]
    device: Any
    measure: Any
    value: Any
    kind: Any
    at: Any
    seq: Any = None
    by_seq: Any = None

    def said(self, row: int) -> float | bool:
        """A value as it was said."""
        kind = self.kind if isinstance(self.kind, int) else int(self.kind[row])
        value = self.value[row].item()
        return bool(value) if kind == TRUTH else int(value) if kind == WHOLE else float(value)


def packed(table: Any) -> list[bytes] | None:
    """An Arrow table as messages; None when not every row is plain and sound."""
    columns = _plain(table)
    if columns is None:
        return None
    device, measure, value, at = columns
    messages: list[bytes] = []
    for start in range(0, len(at), ROWS):
        parts = [one.slice(start, ROWS) for one in (device, measure)]
        words = [part.dictionary_encode() for part in parts]
        if not all(map(_are_sound, words, (CODE.fullmatch, _is_name))):
            return None
        messages.append(_message([*words, value.slice(start, ROWS), at.slice(start, ROWS)]))
    return messages if all(len(one) < 1_000_000 for one in messages) else None


def _is_name(word: str) -> bool:
    return 0 < len(word) <= MOST_NAME


def _are_sound(words: Any, is_sound: Any) -> bool:
    found = words.dictionary.to_pylist()
    return sum(map(len, found)) <= WORDS and all(map(is_sound, found))


def _message(columns: list[Any]) -> bytes:
    import pyarrow as pa

    batch = pa.RecordBatch.from_arrays(columns, ["device", "measure", "value", "at"])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _plain(table: Any) -> tuple[Any, Any, Any, Any] | None:
    """The four columns, each one array without a gap; None where something else is to be said of a row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = ("device", "measure", "value", "at")
    if any(name not in table.column_names or table[name].null_count for name in names):
        return None
    if "seq" in table.column_names and table["seq"].null_count < table.num_rows:
        return None
    kind, time = table["value"].type, table["at"].type
    if not pa.types.is_timestamp(time):
        return None
    if pa.types.is_boolean(kind):
        wanted = pa.bool_()
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        wanted = pa.int64() if pa.types.is_integer(kind) else pa.float64()
    else:
        return None
    try:
        words = [table[name].cast(pa.string()).combine_chunks() for name in names[:2]]
        value = table["value"].cast(wanted).combine_chunks()
        at = table["at"].cast(pa.timestamp("us", time.tz), safe=time.unit != "ns").cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    ends = pc.min_max(at).as_py()
    if ends["min"] is None or ends["min"] < LEAST_TIME or ends["max"] > MOST_TIME:
        return None
    return words[0], words[1], value, at.combine_chunks()


def unpacked(content: bytes) -> Columns:
    """The rows of a message. Raises ValueError for what was not packed here."""
    import pyarrow as pa

    try:
        batch = pa.ipc.open_stream(content).read_next_batch()
        batch.validate(full=True)
        if not batch.num_rows or any(one.null_count for one in batch.columns):
            raise ValueError("no columns of readings: a gap")
        device, measure, value, at = (batch.column(name) for name in ("device", "measure", "value", "at"))
        values = value.to_numpy(zero_copy_only=False)
        return Columns(
            device.dictionary.to_pylist(),
            measure.dictionary.to_pylist(),
            device.indices.to_numpy(zero_copy_only=False),
            measure.indices.to_numpy(zero_copy_only=False),
            values,
            {"b": TRUTH, "i": WHOLE}.get(values.dtype.kind, FRACTION),
            at.to_numpy(zero_copy_only=False).astype(np.int64, copy=False),
        )
    except (pa.ArrowException, KeyError, AttributeError, StopIteration, OSError) as error:
        raise ValueError(f"no columns of readings: {error}") from None

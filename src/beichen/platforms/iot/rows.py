"""What became of a batch as rows of the tables of readings, in Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from beichen.platforms.iot.blocks import QUALITIES, Block
from beichen.platforms.iot.columns import NO_SEQ
from beichen.platforms.iot.treatment import Reading, Refusal


def load_arrow() -> None:
    """Load what the first rows would wait for: Arrow, which looks for pandas with its first array, and what
    NumPy loads late."""
    import pyarrow as pa
    import pyarrow.compute  # the first `take` would load it

    pa.array([""], pa.string())
    np.unique(np.zeros(1, np.int64))


def reading_rows(readings: Sequence[Reading], blocks: Sequence[Block]) -> Any | None:
    """The rows of all that was taken; None where nothing was."""
    rows = [_block(block) for block in blocks if len(block.at)]
    if readings:
        rows.append(_readings(readings))
    if not rows:
        return None
    import pyarrow as pa

    return pa.concat_tables(rows)


def times(values: Iterable[int | None]) -> Any:
    """Microseconds as moments."""
    import pyarrow as pa

    return pa.array(values, pa.timestamp("us", "UTC"))


def _readings(readings: Sequence[Reading]) -> Any:
    import pyarrow as pa

    columns: Any = zip(*readings, strict=True)
    speakers, targets, measured, received, numbers, texts, seqs, qualities, _by_seq = columns
    return pa.table(
        {
            "thing": pa.array([one.thing for one in targets], pa.string()),
            "measure": pa.array([one.measure for one in targets], pa.string()),
            "device": pa.array([one.code for one in speakers], pa.string()),
            "region": pa.array([one.region for one in targets], pa.string()),
            "measured_at": times(measured),
            "received_at": times(received),
            "value": pa.array(numbers, pa.float64()),
            "text": pa.array(texts, pa.string()),
            "quality": pa.array(qualities, pa.string()),
            "seq": pa.array(seqs, pa.int64()),
            "is_demo": pa.array([one.is_demo for one in speakers], pa.bool_()),
        }
    )


def _block(block: Block) -> Any:
    """Rows that came as columns: of each pair its words once."""
    import pyarrow as pa

    size, moments = len(block.at), pa.timestamp("us", "UTC")
    pair = pa.array(block.pair)
    targets, speakers = block.targets, block.speakers

    def words(values: Iterable[str | None]) -> Any:
        return pa.array(values, pa.string()).take(pair)

    return pa.table(
        {
            "thing": words(one.thing if one else None for one in targets),
            "measure": words(one.measure if one else None for one in targets),
            "device": words(one.code if one else None for one in speakers),
            "region": words(one.region if one else None for one in targets),
            "measured_at": pa.array(block.at, moments),
            "received_at": pa.array(block.received, moments),
            "value": pa.array(block.number, pa.float64()),
            "text": pa.nulls(size, pa.string()),
            "quality": pa.array(QUALITIES, pa.string()).take(pa.array(block.quality)),
            "seq": _seqs(block, size),
            "is_demo": pa.array([bool(one and one.is_demo) for one in speakers], pa.bool_()).take(pair),
        }
    )


def _seqs(block: Block, size: int) -> Any:
    import pyarrow as pa

    if block.seq is None:
        return pa.nulls(size, pa.int64())
    return pa.array(block.seq, pa.int64(), mask=block.seq == NO_SEQ)


def refused_rows(rows: Sequence[Refusal]) -> Any:
    """The rows of what was put aside."""
    import pyarrow as pa

    return pa.table(
        {
            "device": pa.array([row.device for row in rows], pa.string()),
            "measure": pa.array([row.measure for row in rows], pa.string()),
            "measured_at": times([row.at for row in rows]),
            "received_at": times([row.received for row in rows]),
            "reason": pa.array([row.reason for row in rows], pa.string()),
            "payload": pa.array([row.payload for row in rows], pa.string()),
        }
    )

"""Which readings came before: what may have is compared with its own batch and with the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from beichen.platforms.iot.blocks import Block
from beichen.platforms.iot.moments import AGAIN

if TYPE_CHECKING:
    from beichen.platforms.iot.treatment import Reading


def repetitions(
    readings: Sequence[Reading],
    blocks: Iterable[Block],
    doubtful: Sequence[int],
    known: Callable[[Sequence[Reading]], set[int]],
) -> set[int]:
    """Of a batch's readings the places of those that came before; ``doubtful`` are those that may have.

    What came in the batch is known here; ``known`` asks the table, which holds all batches before.
    """
    in_doubt = set(doubtful)
    about = {readings[place].subject for place in doubtful}
    before = _in_blocks(blocks, about)
    repeated: set[int] = set()
    asked: list[int] = []
    for place, reading in enumerate(readings):
        if reading.subject not in about:
            continue
        identity = reading.identity
        if place in in_doubt:
            came = before.get(identity)
            if came is not None and (not reading.by_seq or reading.received - came <= AGAIN):
                repeated.add(place)
                continue
            asked.append(place)
        before[identity] = reading.received
    if asked:
        repeated |= {asked[number] for number in known([readings[place] for place in asked])}
    return repeated


def _in_blocks(blocks: Iterable[Block], about: set[tuple[int, int, str]]) -> dict[tuple[Any, ...], int]:
    """The identities of readings that came as columns, of those subjects that are in doubt.

    A reading of a block is newer than all before it: whether it came before a doubtful one or after it is
    all the same.
    """
    found: dict[tuple[Any, ...], int] = {}
    for block in blocks:
        for speaker, target, rows in block.of_pairs():
            subject = (speaker.id, target.object, target.measure)
            if subject in about:
                columns = (one[rows].tolist() for one in (block.number, block.received))
                found.update(
                    {
                        (*subject, moment, number, None): came
                        for moment, number, came in zip(moments(block, rows), *columns, strict=True)
                    }
                )
    return found


def moments(block: Block, rows: slice) -> list[Any]:
    """Of rows of a block what makes two readings one: as :attr:`Reading.identity` has it."""
    times = block.at[rows].tolist()
    if block.seq is None:
        return list(times)
    said = zip(times, block.seq[rows].tolist(), block.by_seq[rows].tolist(), strict=True)
    return [("seq", seq) if by_seq else at for at, seq, by_seq in said]

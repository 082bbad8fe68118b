"""Keeping a batch: planned in the database, written to the tables, finished in one transaction.

A batch is exactly the messages ``first`` to ``last`` of the stream. It is written down before the tables are
touched; what was refused goes first, then the readings, each under the batch's load, which a table takes
once. The last transaction holds the latest values, the counts, what is known of devices, and the position,
and takes the batch away. Whoever dies between any two of these does the same batch again, to the same effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain

from django.db import connection, transaction
from django.utils import timezone

from beichen.kernel.actor import system
from beichen.kernel.bus import service as bus
from beichen.platforms.iot.blocks import Block
from beichen.platforms.iot.fleet import NEVER, Speaker
from beichen.platforms.iot.models import Batch, Device, Intake, Tally
from beichen.platforms.iot.moments import AGAIN, SECOND, moment
from beichen.platforms.iot.registering import device_event
from beichen.platforms.iot.rows import load_arrow, reading_rows, refused_rows, times
from beichen.platforms.iot.tables import READINGS, REFUSED
from beichen.platforms.iot.treatment import ACCEPTED, Outcome, Reading
from beichen.platforms.iot.words import SPEAKING, State
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import ProblemError
from beichen.registry.service import Measured, record_measurements

BY = system("iot")
SOURCE = "platforms/iot"
SEEN_SECONDS = 5  # how often a device's last sign of life is written at most
SILENT_FACTOR = 2.5  # of its interval: then a device is offline
CHUNK = 1_000


def place(stream: str, last: int) -> tuple[int, Batch | None]:
    """Where the gateway stands in the stream, and the batch that it had begun.

    Batches of a stream that was lost went with it; one that lost its end is read from where it now ends.
    """
    row, _is_new = Intake.objects.get_or_create(stream=stream, defaults={"changed_at": timezone.now()})
    Batch.objects.exclude(stream=stream).delete()
    Batch.objects.filter(stream=stream, last__gt=last).delete()
    if row.position > last:
        row.position = last
        row.save(update_fields=["position"])
    return row.position, Batch.objects.filter(stream=stream).first()


def get_ready() -> bool:
    """Have what writes readings, and their table, before the first comes. False: there are no devices."""
    if not Device.objects.filter(state__in=SPEAKING).exists():
        return False
    with suppress(ProblemError):  # tables that are away are waited for when there is something to write
        warehouse.prepare(READINGS.name)
    load_arrow()
    return True


def plan(stream: str, first: int, last: int) -> Batch:
    """Write down that the messages ``first`` to ``last`` are on their way."""
    row, _is_new = Batch.objects.get_or_create(stream=stream, first=first, defaults={"last": last})
    return row


def write(batch: Batch, outcome: Outcome) -> None:
    """Write a batch to the tables. Raises ProblemError WHS-105, WHS-106 when they cannot be written."""
    if outcome.refused:
        refused = refused_rows(outcome.refused)
        warehouse.append(REFUSED.name, refused, by=BY, source=SOURCE, load=batch.load)
    if (readings := reading_rows(outcome.readings, outcome.blocks)) is not None:
        warehouse.append(READINGS.name, readings, by=BY, source=SOURCE, load=batch.load)


_KNOWN = """
    SELECT DISTINCT c.place FROM candidates c JOIN readings r
    ON r.device = c.device AND r.thing = c.thing AND r.measure = c.measure
    AND r.value IS NOT DISTINCT FROM c.value AND r.text IS NOT DISTINCT FROM c.text
    AND ((c.by_seq AND r.seq = c.seq AND r.received_at >= c.since)
      OR (NOT c.by_seq AND r.measured_at = c.measured_at))
    WHERE r.measured_at BETWEEN make_timestamptz({first}) AND make_timestamptz({last})
"""


def known(candidates: Sequence[Reading]) -> set[int]:
    """The places of those candidates that the table has: one question for all of them."""
    import pyarrow as pa

    rows = pa.table(
        {
            "place": list(range(len(candidates))),
            "device": [row.speaker.code for row in candidates],
            "thing": [row.target.thing for row in candidates],
            "measure": [row.target.measure for row in candidates],
            "measured_at": times([row.at for row in candidates]),
            "since": times([row.received - AGAIN for row in candidates]),
            "value": pa.array([row.number for row in candidates], pa.float64()),
            "text": pa.array([row.text for row in candidates], pa.string()),
            "seq": pa.array([row.seq for row in candidates], pa.int64()),
            "by_seq": [row.by_seq for row in candidates],
        }
    )
    first = min(row.received - AGAIN - SECOND if row.by_seq else row.at for row in candidates)
    last = max(row.at for row in candidates)
    with warehouse.reader() as ask:
        ask.register("candidates", rows)
        return set(ask.sql(_KNOWN.format(first=first, last=last))["place"].to_pylist())


@transaction.atomic
def finish(batch: Batch, outcome: Outcome, speakers: Sequence[Speaker], *, heard_at: int = 0) -> None:
    """All that the database keeps of a batch, and that it is in; its last message came at ``heard_at``."""
    record_measurements(
        Measured(
            row.target.object,
            row.target.measure,
            row.target.form,
            row.number,
            row.text,
            moment(row.at),
            moment(row.received),
            row.speaker.code,
        )
        for row in _newest(outcome)
    )
    _tally(outcome)
    _seen(outcome, speakers)
    Intake.objects.filter(stream=batch.stream).update(
        position=batch.last, trouble="", changed_at=timezone.now(), heard_at=heard_at
    )
    Batch.objects.filter(pk=batch.pk).delete()


def _newest(outcome: Outcome) -> Iterable[Reading]:
    """The newest reading of each measure: of a batch of thousands few are worth the database's time."""
    found: dict[int, Reading] = {}
    for row in chain(outcome.readings, _last(outcome.blocks)):
        key = id(row.target.newest)  # one for each measure of a thing, whoever feeds it
        kept = found.get(key)
        if kept is None or row.at >= kept.at:
            found[key] = row
    return found.values()


def _last(blocks: Sequence[Block]) -> Iterable[Reading]:
    """The last reading of each pair."""
    for block in blocks:
        for speaker, target, rows in block.of_pairs():
            last = rows.stop - 1
            at, number, received = (one[last].item() for one in (block.at, block.number, block.received))
            yield Reading(speaker, target, at, received, number, None, None, ACCEPTED, by_seq=False)


def _tally(outcome: Outcome) -> None:
    if not outcome.counts:
        return
    table = Tally._meta.db_table
    rows = [(who, day, treatment, number) for (who, day, treatment), number in sorted(outcome.counts.items())]
    statement = (
        f"INSERT INTO {table} (device, day, treatment, number) VALUES (%s, %s, %s, %s)"
        f" ON CONFLICT (device, day, treatment) DO UPDATE SET number = {table}.number + excluded.number"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _seen(outcome: Outcome, speakers: Sequence[Speaker]) -> None:
    """Note signs of life: at once of devices that come online, of the others now and then."""
    came: list[tuple[Speaker, int]] = []
    counting: list[Speaker] = []
    for speaker in speakers:
        at = outcome.seen.get(speaker.code)
        if at is None:
            continue
        pause = max(SEEN_SECONDS, speaker.every // 4) * SECOND
        is_known = speaker.is_online and speaker.is_active and speaker.seen != NEVER
        if is_known and at - speaker.seen < pause:
            if speaker.last_seq != speaker.kept_seq:
                counting.append(speaker)
            continue
        came.append((speaker, at))
    rows = []
    for speaker, at in came:
        silent = moment(at + int(speaker.every * SILENT_FACTOR * SECOND)) if speaker.every else None
        seq = None if speaker.last_seq == NEVER else speaker.last_seq
        rows.append(
            Device(pk=speaker.id, last_seen_at=moment(at), silent_at=silent, last_seq=seq, is_online=True)
        )
    Device.objects.bulk_update(rows, ["last_seen_at", "silent_at", "last_seq", "is_online"], batch_size=CHUNK)
    fresh = [speaker.id for speaker, _at in came if not speaker.is_active]
    Device.objects.filter(pk__in=fresh, state=State.REGISTERED).update(state=State.ACTIVE)
    returned = [speaker.id for speaker, _at in came if not speaker.is_online]
    tell_presence(returned, "came-online")
    _number(counting)
    transaction.on_commit(lambda: _remember(came, counting))


def _number(counting: Sequence[Speaker]) -> None:
    """Note the last number of devices that count: by it a gateway that begins knows what may have come
    before, so that it must not be behind the table."""
    if counting:
        statement = f"UPDATE {Device._meta.db_table} SET last_seq = %s WHERE id = %s"
        with connection.cursor() as cursor:
            cursor.executemany(statement, [(speaker.last_seq, speaker.id) for speaker in counting])


def _remember(came: Sequence[tuple[Speaker, int]], counting: Sequence[Speaker]) -> None:
    for speaker, at in came:
        speaker.seen, speaker.is_online, speaker.is_active = at, True, True
        speaker.kept_seq = speaker.last_seq
    for speaker in counting:
        speaker.kept_seq = speaker.last_seq


def tell_presence(keys: Sequence[int], verb: str) -> None:
    """The events of devices that came or went, in the caller's transaction."""
    for start in range(0, len(keys), CHUNK):
        rows = Device.objects.filter(pk__in=keys[start : start + CHUNK]).select_related("thing", "region")
        bus.publish_many([device_event(f"iot.device.{verb}", row) for row in rows], by=BY)


@transaction.atomic
def mark_silent(now: datetime) -> list[str]:
    """Let devices go offline that should have spoken by ``now``; returns their codes."""
    rows = list(Device.objects.filter(is_online=True, silent_at__lt=now).values_list("pk", "code")[:CHUNK])
    keys = [key for key, _code in rows]
    Device.objects.filter(pk__in=keys).update(is_online=False)
    tell_presence(keys, "went-offline")
    return [code for _key, code in rows]


def say_trouble(stream: str, trouble: str) -> None:
    """Say what holds readings up; the pages and the doctor show it."""
    now = timezone.now()
    Intake.objects.filter(stream=stream).exclude(trouble=trouble).update(
        trouble=trouble[:200], changed_at=now
    )

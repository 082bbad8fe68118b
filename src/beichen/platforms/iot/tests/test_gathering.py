"""Messages that go together: to the same effect as one by one, and no trick of one reaches another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import cbor2
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.iot import gathering
from beichen.platforms.iot.arrivals import Arrived, Came
from beichen.platforms.iot.doubts import moments
from beichen.platforms.iot.fleet import Newest, Speaker, Target
from beichen.platforms.iot.gathering import FEW, gathered
from beichen.platforms.iot.moments import DAY, SECOND
from beichen.platforms.iot.tests.test_blocks import came, effect
from beichen.platforms.iot.tests.test_treatment import NOON, Known
from beichen.platforms.iot.treatment import Outcome, Treater

SHAPES = ("flat", "values", "bare", "seq", "both", "mixed", "text", "array", "cbor", "numbered", "odd")
VALUE = st.sampled_from([0, 1, 2, 2.5, 3.0, 101, -1, True, False, 2**53, 10**400, 1e308, "wet", None])
FIELDS = st.dictionaries(st.sampled_from(["a", "a", "n", "on", "word", "b", "ts"]), VALUE, max_size=3)
PLAIN = st.dictionaries(st.sampled_from(["a", "n"]), st.sampled_from([0, 1, 2.5, 101]), min_size=1)
TIMES = st.sampled_from([-90_000, -4_000, -3, -2, -1, 0, 1, 3, 400])
ODD = st.sampled_from(
    [b"{}", b"3", b'{"a":1},{"a":2}', b'{"a":1}\n{"a":2}', b'{"a":[1', b"2]}", b'{"a":1', b"}", b"", b"\n",
     b' {"a":1}', b'{"a":1,\n"n":2}', b'{"ts":null,"a":1}', b'{"ts":-1,"a":1}', b'{"ts":1e400,"a":1}',
     b'{"ts":1%s,"a":1}' % (b"0" * 400), b'{"":1}', b'{"values":{}}', b'{"values":3,"a":1}', b'{"ts":1}',
     b'{"seq":null,"a":1}', b'{"seq":-1,"a":1}', b'{"seq":1.0,"a":1}', b'{"seq":true,"a":1}',
     b'{"seq":9223372036854775808,"a":1}', b'{"seq":3}', b'{"seq":9223372036854775807,"a":1}',
     b'\xa1\x61\x61\xf9\x7e\x00', b'\xa1\x61\x61\xc4\x82\x00\x01', b'\xd9\x01\x10\x40', b"\xbf", b"[]",
     b'{"a":1,"a":2}', b'{"a":"\xff"}', b'{"a":1e400}', b'{"a":NaN}']
)  # fmt: skip


class Apart(Known):
    """The invented devices, each with things of its own."""

    def __init__(self, rate: int = 10**6) -> None:
        super().__init__(rate)
        self.speakers["G"] = self.speaker_of("G", rate)
        self.own = {(code, name): Newest() for code in self.speakers for name in self.newest}

    def is_alone(self, speaker: Speaker) -> bool:
        """All but G."""
        return speaker.code != "G"

    def target(self, speaker: Speaker, name: str) -> Target | None:
        found = super().target(speaker, name)
        if found is not None:
            found.newest, found.object = self.own[(speaker.code, name)], ord(speaker.code[0])
        return found


def payload(shape: str, fields: dict[str, Any], at: int, odd: bytes) -> bytes:
    """A message in one of the shapes that devices use, or in none."""
    seconds, seq = NOON // SECOND + at, at + 90_000
    content: Any = {
        "flat": {"ts": NOON / 1e6 + at, **fields},
        "values": {"ts": NOON // 1_000 + at * 1_000, "values": fields},
        "bare": fields,
        "seq": {"seq": seq, **fields},
        "both": {"ts": NOON / 1e6 + at, "seq": seq, "values": fields},
        "mixed": [{"seq": seq + one, **fields} for one in range(2)],
        "text": {"ts": datetime.fromtimestamp(seconds, UTC).isoformat(), **fields},
        "array": [{"ts": NOON / 1e6 + at, **fields}] * 2,
        "cbor": {"ts": seconds, **fields},
        "numbered": {"seq": seq, "values": fields},
        "odd": odd,
    }[shape]
    if shape in ("cbor", "numbered"):
        return cbor2.dumps(content)
    try:
        return odd if shape == "odd" else orjson.dumps(content)
    except TypeError:  # a number that only JSON of other makers can hold
        return b'{"a":%d}' % 10**400


def aside(outcome: Outcome) -> list[list[str]]:
    """What was put aside and why, in no order."""
    return sorted([str(word) for word in one] for one in outcome.refused)


MESSAGE = st.tuples(st.sampled_from(["D", "D", "E", "OFF", "X"]), st.sampled_from(SHAPES), FIELDS, TIMES, ODD)
ALIKE = st.tuples(st.sampled_from(["D", "E"]), st.sampled_from(["flat", "values", "bare"]), PLAIN, TIMES, ODD)
COUNTED = st.tuples(
    st.sampled_from(["D", "E"]), st.sampled_from(["seq", "numbered", "mixed", "both"]), PLAIN, TIMES, ODD
)
ONWARD = st.lists(COUNTED, max_size=12).map(lambda found: sorted(found, key=lambda one: one[3]))
BATCHES = st.lists(
    st.lists(MESSAGE, max_size=10) | st.lists(ALIKE, max_size=20) | st.lists(COUNTED, max_size=12) | ONWARD,
    min_size=1,
    max_size=3,
)


@given(BATCHES, st.sampled_from([1, 10**6]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_goes_together_is_treated_as_one_by_one(
    batches: list[Any], rate: int, with_columns: bool
) -> None:
    table: list[Any] = []

    def known(rows: Any) -> set[int]:
        return {n for n, one in enumerate(rows) if one.identity in table}

    fleets = Apart(rate), Apart(rate)
    singly, together = map(Treater, fleets)
    at = NOON
    for batch in batches:
        messages: list[Arrived | Came] = []
        for device, shape, fields, moment, odd in batch:
            at += 1_000
            messages.append(Arrived(device, payload(shape, fields, moment, odd), at))
        if with_columns and messages:
            messages[len(messages) // 2 : 0] = came([("E", "a", 1.0, 0.0)], messages[0].at)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gathering, "FEW", 10**6)
            one_by_one = singly.treat(messages, known)
            patch.setattr(gathering, "FEW", 1)
            outcome = together.treat(messages, known)
        assert effect(outcome) == effect(one_by_one)
        assert aside(outcome) == aside(one_by_one)
        first, second = ({one.code: one.last_seq for one in fleet.speakers.values()} for fleet in fleets)
        assert first == second
        table += [one.identity for one in one_by_one.readings]
        for block in one_by_one.blocks:
            table += [
                (speaker.id, target.object, target.measure, moment, number, None)
                for speaker, target, rows in block.of_pairs()
                for moment, number in zip(moments(block, rows), block.number[rows].tolist(), strict=True)
            ]


def said(device: str, number: int, at: int = NOON) -> list[Any]:
    """So many plain messages of a device."""
    return [Arrived(device, b'{"ts":%d,"a":1.5}' % (at // 1_000 + one), at + one) for one in range(number)]


def test_only_what_a_device_says_often_goes_together() -> None:
    found, rest = gathered([*said("D", FEW), *said("E", FEW - 1)], Apart())
    assert found is not None
    assert (found.columns.devices, len(found.columns.at), len(rest)) == (["D"], FEW, FEW - 1)
    assert found.received.tolist() == [NOON + one for one in range(FEW)]


@pytest.mark.parametrize("shape", ["flat", "bare", "seq", "both", "text", "array", "cbor", "numbered"])
def test_what_a_device_says_often_is_a_block_in_whatever_shape(shape: str) -> None:
    messages = [
        Arrived("D", payload(shape, {"a": 1.5}, one, b""), NOON + one * SECOND) for one in range(2 * FEW)
    ]
    if shape == "array":
        messages = [
            Arrived("D", orjson.dumps([{"ts": NOON // SECOND + one, "a": one} for one in range(40)]), NOON)
        ]
    outcome = Treater(Apart()).treat(messages, lambda _rows: set())
    assert not outcome.readings
    assert [len(block.at) for block in outcome.blocks] == [40 if shape == "array" else 2 * FEW]
    if shape in ("seq", "both", "numbered"):
        assert outcome.blocks[0].seq.tolist() == [90_000 + one for one in range(2 * FEW)]


def test_a_number_that_came_before_is_looked_for_in_the_table() -> None:
    asked: list[Any] = []

    def known(rows: Any) -> set[int]:
        asked.extend(row.seq for row in rows)
        return {number for number, row in enumerate(rows) if row.seq == 90_005}

    treater = Treater(Apart())
    for first in (0, FEW - 4):
        messages = [
            Arrived("D", payload("seq", {"a": 1}, first + one, b""), NOON + (first + one) * SECOND)
            for one in range(FEW)
        ]
        outcome = treater.treat(messages, known)
    assert asked == [90_000 + FEW - 4 + one for one in range(4)]
    assert [(one.reason, one.payload) for one in outcome.refused] == [("duplicate", '{"a":1.0}')]


def test_devices_that_speak_of_one_thing_are_heard_in_their_order() -> None:
    found, rest = gathered([*said("G", FEW), *said("E", FEW)], Apart())
    assert found is not None
    assert found.columns.devices == ["E"]
    assert {one.device for one in rest if isinstance(one, Arrived)} == {"G"}


def test_a_batch_over_midnight_counts_by_the_day_on_which_each_came() -> None:
    midnight = NOON - NOON % DAY + DAY
    outcome = Treater(Apart()).treat(said("D", 2 * FEW, midnight - FEW), lambda _rows: set())
    assert len(outcome.blocks) == 1
    assert [(who, number) for (who, _day, _how), number in outcome.counts.items()] == [("", FEW)] * 2


def test_a_bucket_that_does_not_hold_all_is_emptied_one_by_one() -> None:
    outcome = Treater(Apart(rate=1)).treat(said("D", 150), lambda _rows: set())
    assert not outcome.blocks
    assert (len(outcome.readings), {one.reason for one in outcome.refused}) == (100, {"too-fast"})

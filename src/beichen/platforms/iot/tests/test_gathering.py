"""Messages that go together: to the same effect as one by one, and no trick of one reaches another."""

from __future__ import annotations

from typing import Any

import cbor2
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.iot import gathering
from beichen.platforms.iot.arrivals import Arrived, Came
from beichen.platforms.iot.fleet import Newest, Speaker, Target
from beichen.platforms.iot.gathering import FEW, gathered
from beichen.platforms.iot.moments import DAY, SECOND
from beichen.platforms.iot.tests.test_blocks import came, effect
from beichen.platforms.iot.tests.test_treatment import NOON, Known
from beichen.platforms.iot.treatment import Outcome, Treater

SHAPES = ("flat", "values", "bare", "seq", "array", "cbor", "odd")
VALUE = st.sampled_from([0, 1, 2, 2.5, 3.0, 101, -1, True, False, 2**53, 10**400, 1e308, "wet", None])
FIELDS = st.dictionaries(st.sampled_from(["a", "a", "n", "on", "word", "b", "ts"]), VALUE, max_size=3)
PLAIN = st.dictionaries(st.sampled_from(["a", "n"]), st.sampled_from([0, 1, 2.5, 101]), min_size=1)
TIMES = st.sampled_from([-90_000, -4_000, -3, -2, -1, 0, 1, 3, 400])
ODD = st.sampled_from(
    [b"{}", b"3", b'{"a":1},{"a":2}', b'{"a":1}\n{"a":2}', b'{"a":[1', b"2]}", b'{"a":1', b"}", b"", b"\n",
     b' {"a":1}', b'{"a":1,\n"n":2}', b'{"ts":null,"a":1}', b'{"ts":-1,"a":1}', b'{"ts":1e400,"a":1}',
     b'{"ts":1%s,"a":1}' % (b"0" * 400), b'{"":1}', b'{"values":{}}', b'{"values":3,"a":1}', b'{"ts":1}',
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
    match shape:
        case "odd":
            return odd
        case "values":
            content: Any = {"ts": NOON // 1_000 + at * 1_000, "values": fields}
        case "bare":
            content = fields
        case "seq":
            content = {"seq": at + 90_000, **fields}
        case "array":
            content = [{"ts": NOON / 1e6 + at, **fields}] * 2
        case "cbor":
            return cbor2.dumps({"ts": NOON // SECOND + at, **fields})
        case _:
            content = {"ts": NOON / 1e6 + at, **fields}
    try:
        return orjson.dumps(content)
    except TypeError:  # a number that only JSON of other makers can hold
        return b'{"a":%d}' % 10**400


def aside(outcome: Outcome) -> list[list[str]]:
    """What was put aside and why, in no order."""
    return sorted([str(word) for word in one] for one in outcome.refused)


MESSAGE = st.tuples(st.sampled_from(["D", "D", "E", "OFF", "X"]), st.sampled_from(SHAPES), FIELDS, TIMES, ODD)
ALIKE = st.tuples(st.sampled_from(["D", "E"]), st.sampled_from(["flat", "values", "bare"]), PLAIN, TIMES, ODD)
BATCHES = st.lists(st.lists(MESSAGE, max_size=10) | st.lists(ALIKE, max_size=20), min_size=1, max_size=3)


@given(BATCHES, st.sampled_from([1, 10**6]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_goes_together_is_treated_as_one_by_one(
    batches: list[Any], rate: int, with_columns: bool
) -> None:
    table: list[Any] = []

    def known(rows: Any) -> set[int]:
        return {n for n, one in enumerate(rows) if one.identity in table}

    singly, together = Treater(Apart(rate)), Treater(Apart(rate))
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
        table += [one.identity for one in one_by_one.readings]
        for block in one_by_one.blocks:
            table += [
                (speaker.id, target.object, target.measure, moment, number, None)
                for speaker, target, rows in block.of_pairs()
                for moment, number in zip(block.at[rows].tolist(), block.number[rows].tolist(), strict=True)
            ]


def said(device: str, number: int, at: int = NOON) -> list[Any]:
    """So many plain messages of a device."""
    return [Arrived(device, b'{"ts":%d,"a":1.5}' % (at // 1_000 + one), at + one) for one in range(number)]


def test_only_what_a_device_says_often_goes_together() -> None:
    found, rest = gathered([*said("D", FEW), *said("E", FEW - 1)], Apart())
    assert found is not None
    assert (found.columns.devices, len(found.columns.at), len(rest)) == (["D"], FEW, FEW - 1)
    assert found.received.tolist() == [NOON + one for one in range(FEW)]


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

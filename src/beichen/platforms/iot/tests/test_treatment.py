"""What becomes of readings: decoding never fails otherwise than by a reason, and each reading is accounted
for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import cbor2
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.platforms.iot.arrivals import Arrived
from beichen.platforms.iot.decoding import MOST_READINGS, Sample, decode, kept
from beichen.platforms.iot.fleet import NEVER, Devices, Newest, Speaker, Target
from beichen.platforms.iot.moments import SECOND
from beichen.platforms.iot.treatment import Outcome, Reading, Treater, shown

NOON = int(datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()) * SECOND
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("content", "samples"),
    [
        ({"level_m": 3.9}, [("level_m", None, None, 3.9)]),
        ({"ts": "2026-07-01T12:00:00Z", "values": {"a": 1, "b": True}}, [("a", NOON), ("b", NOON)]),
        ({"ts": "2026-07-01T20:00:00+08:00", "a": 1}, [("a", NOON)]),
        ({"ts": NOON // 1_000, "a": 1}, [("a", NOON)]),
        ({"ts": NOON / 1e6, "seq": 7, "a": 1}, [("a", NOON, 7, 1)]),
        ([{"a": 1}, {"ts": 0, "values": {"a": 2}}], [("a", None, None, 1), ("a", 0, None, 2)]),
        ({"values": {"ts": 1}}, [("ts", None, None, 1)]),
    ],
)
def test_the_shapes_of_messages(content: Any, samples: list[tuple[Any, ...]]) -> None:
    for payload in (orjson.dumps(content), cbor2.dumps(content), b" \n" + orjson.dumps(content)):
        found = decode(payload)
        assert [tuple(one)[: len(said)] for one, said in zip(found, samples, strict=True)] == samples


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"x", b"3", b"{}", b"[]", b"[1]", b'{"a":', b'{"ts":"yesterday","a":1}', b'{"ts":true,"a":1}',
        b'{"ts":1e300,"a":1}', b'{"ts":-1,"a":1}', b'{"seq":-1,"a":1}', b'{"seq":1.5,"a":1}',
        b'{"values":[1]}', b'{"":1}', b'{"%s":1}' % (b"a" * 101), b"\xff", b"\xbf", b"\xa1\x01\x02",
        b"[" * 5_000, b"\x81" * 5_000, b'{"a":"\xff"}', b'{"ts":"2026-07-01T12:00:00Z"}',
        cbor2.dumps({"ts": float("nan"), "a": 1}), b'{"ts":1%s,"a":1}' % (b"0" * 400),
        orjson.dumps([{"a": 1}] * (MOST_READINGS + 1)),
    ],
)  # fmt: skip
def test_what_holds_no_readings_says_why(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(payload)


@given(st.binary(max_size=200) | PLAIN.map(cbor2.dumps) | st.text(max_size=60).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_no_payload_breaks_the_gateway(payload: bytes) -> None:
    devices = fleet()
    outcome = Treater(devices).treat([Arrived("D", payload, NOON)], lambda _rows: set())
    assert len(outcome.readings) + len(outcome.refused) == sum(outcome.counts.values()) > 0
    assert all(len(one.payload.encode()) <= 4_200 for one in outcome.refused)
    assert len(shown(payload * 40).encode()) <= 4_200


class Known(Devices):
    """Devices that no database knows: D measures ``a`` (0 to 100), ``n``, ``on`` and ``word``."""

    def __init__(self, rate: int = 10**6) -> None:
        super().__init__()
        self.newest = {name: Newest() for name in ("a", "n", "on", "word")}
        self.speakers = {code: self.speaker_of(code, rate) for code in ("D", "E")}
        self.speakers["OFF"] = self.speaker_of("OFF", rate, speaks=False)

    @staticmethod
    def speaker_of(code: str, rate: int, *, speaks: bool = True) -> Speaker:
        return Speaker(ord(code[0]), code, speaks, 0, rate, False, True, NEVER, NEVER, {}, None, {})

    def speaker(self, code: str) -> Speaker | None:
        return self.speakers.get(code)

    def is_alone(self, speaker: Speaker) -> bool:
        """They speak of one thing."""
        return False

    def target(self, speaker: Speaker, name: str) -> Target | None:
        forms = {"a": "number", "n": "integer", "on": "boolean", "word": "text"}
        if name not in forms:
            return None
        low, high = (0.0, 100.0) if name == "a" else (float("-inf"), float("inf"))
        return Target(1, "T", "99", name, forms[name], low, high, 1.0, 0.0, self.newest[name])


def fleet(rate: int = 10**6) -> Known:
    """The invented devices."""
    return Known(rate)


def treated(*messages: tuple[str, Any, int], known: Any = lambda _rows: set(), rate: int = 10**6) -> Outcome:
    """What becomes of messages: device, content, seconds after noon."""
    arrived = [Arrived(code, orjson.dumps(content), NOON + at * SECOND) for code, content, at in messages]
    return Treater(fleet(rate)).treat(arrived, known)


def said(at: int) -> str:
    """A time of the device's, in seconds after noon."""
    return datetime.fromtimestamp(NOON / 1e6 + at, UTC).isoformat()


@pytest.mark.parametrize(
    ("content", "treatment"),
    [
        ({"a": 3.9}, "accepted"), ({"n": 3.0}, "accepted"), ({"on": 1}, "accepted"),
        ({"word": "wet"}, "accepted"),
        ({"a": 101}, "out-of-range"), ({"a": -0.1}, "out-of-range"), ({"a": "3"}, "wrong-type"),
        ({"a": True}, "wrong-type"), ({"a": None}, "wrong-type"), ({"a": 10**400}, "wrong-type"),
        ({"n": 3.5}, "wrong-type"), ({"on": 2}, "wrong-type"), ({"word": 3}, "wrong-type"),
        ({"word": "x" * 301}, "wrong-type"), ({"word": "\0"}, "wrong-type"), ({"b": 1}, "unknown-measure"),
        ({"ts": said(3), "a": 1}, "skewed"), ({"ts": said(301), "a": 1}, "wrong-time"),
        ({"ts": 0, "a": 1}, "wrong-time"), ({"ts": said(-3_601), "a": 1}, "late"), ([1], "malformed"),
    ],
)  # fmt: skip
def test_each_reading_has_its_treatment(content: Any, treatment: str) -> None:
    outcome = (
        treated(("D", content, 0))
        if content != {"a": 10**400}
        else Treater(fleet()).treat([Arrived("D", b'{"a":1' + b"0" * 400 + b"}", NOON)], lambda _rows: set())
    )
    assert {kind for _who, _day, kind in outcome.counts} == {treatment}
    assert [one.reason for one in outcome.refused] + [one.quality for one in outcome.readings] == [treatment]


def test_who_does_not_count() -> None:
    outcome = treated(("X", {"a": 1}, 0), ("OFF", {"a": 1}, 0))
    assert [one.reason for one in outcome.refused] == ["unknown-device", "not-speaking"]
    assert outcome.refused[0].payload == '{"a":1}'
    assert not outcome.seen


def test_a_repeated_message_is_one_reading() -> None:
    one = {"ts": said(0), "a": 1}
    outcome = treated(("D", one, 0), ("D", one, 1), ("D", {"ts": said(0), "a": 2}, 1), ("E", one, 1))
    assert [row.number for row in outcome.readings] == [1, 2, 1], (
        "another value, another device: other readings"
    )
    assert [row.reason for row in outcome.refused] == ["duplicate"]
    outcome = treated(
        ("D", one, 0), ("D", {"ts": said(-5), "a": 1}, 1), known=lambda rows: set(range(len(rows)))
    )
    assert [row.reason for row in outcome.refused] == ["duplicate"], "the table is asked about what is old"


def test_a_number_of_the_devices_own_tells_repetitions() -> None:
    message = {"seq": 7, "a": 1}
    outcome = treated(("D", message, 0), ("D", message, 5), ("D", {"seq": 8, "a": 1}, 6), ("D", message, 900))
    assert [row.received - NOON for row in outcome.readings] == [0, 6 * SECOND, 900 * SECOND]


def test_a_newer_reading_makes_an_older_one_out_of_order() -> None:
    outcome = treated(("D", {"ts": said(10), "a": 1}, 11), ("D", {"ts": said(5), "a": 1}, 12))
    assert [row.quality for row in outcome.readings] == ["accepted", "out-of-order"]


def test_a_device_that_floods_is_throttled_alone() -> None:
    flood = [("D", {"a": number / 10}, number // 300) for number in range(1_000)]
    outcome = treated(*flood, ("E", {"a": 1}, 3), rate=5)
    counts = Counter(row.speaker.code for row in outcome.readings)
    assert counts == {"D": 500 + 3 * 5, "E": 1}
    assert {row.reason for row in outcome.refused} == {"too-fast"}
    assert len(outcome.refused) + len(outcome.readings) == 1_001


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 2), st.integers(0, 3)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_and_nothing_is_twice(said_then: list[tuple[int, int, int]]) -> None:
    """In whatever order, batches and repetitions readings come, each is in the table once."""
    fleet_then, table = fleet(), list[Reading]()

    def known(rows: Any) -> set[int]:
        return {n for n, row in enumerate(rows) if any(row.identity == one.identity for one in table)}

    for batch in (said_then[:13], said_then[13:20], said_then[20:]):
        arrived = [
            Arrived("D", orjson.dumps({"ts": said(at), "a": value}), NOON + 60 * SECOND)
            for at, value, times in batch
            for _ in range(times)
        ]
        table += Treater(fleet_then).treat(arrived, known).readings
    wanted = {(at, value) for at, value, times in said_then if times}
    assert Counter((row.at // SECOND - NOON // SECOND, row.number) for row in table) == Counter(wanted)


@given(
    PLAIN | st.dictionaries(st.integers() | st.binary(max_size=3) | st.text(max_size=3), PLAIN, max_size=3)
)
@settings(max_examples=150, deadline=None)
def test_what_devices_say_of_themselves_can_be_kept(said_of_itself: Any) -> None:
    text = orjson.dumps(kept({"a": said_of_itself, "b": [float("nan"), b"x", "\0\ud800", 10**400]}))
    assert b"\\u0000" not in text
    orjson.loads(text)  # which takes no NaN


def test_a_message_that_nobody_thought_of_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Known, "target", lambda *_arguments: 1 / 0)
    outcome = treated(("D", {"a": 1}, 0), ("X", {"a": 1}, 0))
    assert [one.reason for one in outcome.refused] == ["malformed", "unknown-device"]


def test_a_sample_is_what_was_said() -> None:
    assert decode(b'{"a":1}') == [Sample("a", None, None, 1)]

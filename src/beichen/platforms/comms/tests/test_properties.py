"""Quiet hours, rosters and texts against brute force and against everything that somebody may write."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.platforms.comms.addresses import masked
from beichen.platforms.comms.quiet import LONGEST, Span, released_at
from beichen.platforms.comms.rota import ALWAYS, Hours, Period, gaps, merged, wanted
from beichen.platforms.comms.texts import fill, one_line, placeholders
from beichen.problem import ProblemError

ZONE = ZoneInfo("Asia/Shanghai")
STEP = timedelta(minutes=30)
START = datetime(2035, 11, 26, tzinfo=UTC)
half_hours = st.integers(0, 47).map(lambda number: time(number // 2, 30 * (number % 2)))
spans = st.lists(st.builds(Span, half_hours, half_hours), max_size=3)
moments = st.integers(0, 7 * 48).map(lambda number: START + number * STEP)


def brute_release(now: datetime, held: list[Span]) -> datetime:
    moment = now
    while moment < now + LONGEST:
        local = moment.astimezone(ZONE).time()
        if not any(span.holds(local) for span in held):
            return moment
        moment += STEP
    return now + LONGEST


@given(now=moments, held=spans)
def test_a_message_is_released_at_the_first_free_moment(now: datetime, held: list[Span]) -> None:
    assert released_at(now, held, ZONE) == brute_release(now, held)


@given(moment=half_hours, start=half_hours, end=half_hours)
def test_a_span_and_its_opposite_share_the_day(moment: time, start: time, end: time) -> None:
    if start != end:
        assert Span(start, end).holds(moment) != Span(end, start).holds(moment)
    else:
        assert not Span(start, end).holds(moment)


def test_morning_is_the_end_of_the_night() -> None:
    night = Span(time(22), time(7))
    late = datetime(2035, 11, 26, 23, 15, 30, tzinfo=ZONE)
    assert released_at(late, [night], ZONE) == datetime(2035, 11, 27, 7, tzinfo=ZONE)
    early = datetime(2035, 11, 27, 6, 59, 59, 999999, tzinfo=ZONE)
    assert released_at(early, [night], ZONE) == datetime(2035, 11, 27, 7, tzinfo=ZONE)
    assert released_at(early, [night, Span(time(7), time(8, 30))], ZONE).hour == 8


hours = st.builds(Hours, st.frozensets(st.integers(0, 6), min_size=1), half_hours, half_hours)
periods = st.tuples(moments, st.integers(1, 60)).map(lambda pair: (pair[0], pair[0] + pair[1] * STEP))


def is_asked(cover: list[Hours], moment: datetime) -> bool:
    """Whether some hours ask for the half-hour that begins at ``moment``: by walking back a day."""
    local = moment.astimezone(ZONE)
    for one in cover or [ALWAYS]:
        for day in (local.date(), local.date() - timedelta(days=1)):
            if day.weekday() not in one.days:
                continue
            start = datetime.combine(day, one.starts, ZONE)
            length = (datetime.combine(day, one.ends, ZONE) - start) % timedelta(days=1)
            if start <= local < start + (length or timedelta(days=1)):
                return True
    return False


def steps(found: list[Period]) -> set[datetime]:
    inside = set()
    for start, end in found:
        moment = start
        while moment < end:
            inside.add(moment)
            moment += STEP
    return inside


@given(
    cover=st.lists(hours, max_size=3),
    shifts=st.lists(periods, max_size=6),
    start=moments,
    length=st.integers(1, 200),
)
def test_gaps_are_what_is_asked_and_not_covered(
    cover: list[Hours], shifts: list[Period], start: datetime, length: int
) -> None:
    until = start + length * STEP
    asked = {moment for moment in steps([(start, until)]) if is_asked(cover, moment)}
    assert steps(wanted(cover, start, until, ZONE)) == asked
    covered = {moment for moment in asked if any(first <= moment < last for first, last in shifts)}
    assert steps(gaps(wanted(cover, start, until, ZONE), shifts)) == asked - covered


@given(found=st.lists(periods, max_size=8))
def test_merged_periods_are_the_same_moments_apart(found: list[Period]) -> None:
    result = merged(found)
    assert steps(result) == steps(found)
    assert all(first[1] < second[0] for first, second in pairwise(result))


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@given(values=st.dictionaries(names, st.text(max_size=40), max_size=5), literal=st.text(max_size=40))
def test_filling_is_replacing_and_nothing_else(values: dict[str, str], literal: str) -> None:
    escaped = literal.replace("{", "{{").replace("}", "}}")
    text = escaped + "".join(f"{{{name}}}" for name in values) + escaped
    assert placeholders(text) == set(values)
    assert fill(text, values, "zh") == literal + "".join(values.values()) + literal


@given(text=st.text(alphabet="{}!:.[]()_ab0 ", max_size=20))
def test_whatever_is_written_is_filled_or_refused(text: str) -> None:
    values = dict.fromkeys("ab", "x")
    try:
        found = placeholders(text)
    except ProblemError as refused:
        with pytest.raises(ProblemError, match=refused.problems[0].code):
            fill(text, values, "zh")
    else:
        assert isinstance(fill(text, dict.fromkeys(found, "x"), "zh"), str)


@pytest.mark.parametrize(
    "text",
    ["{title.__class__}", "{title[0]}", "{title!r}", "{title:>999999}", "{}", "{0}", "{Title}", "{", "}"],
)
def test_a_placeholder_is_a_name_alone(text: str) -> None:
    with pytest.raises(ProblemError, match="COM-103"):
        placeholders(text)


def test_values_are_shown_in_the_readers_language() -> None:
    values = {
        "kind": {"zh": "积水", "en": "Flooding"},
        "at": datetime(2035, 11, 26, 16, tzinfo=UTC),
        "long": "x" * 5000,
    }
    assert fill("{kind} {at}", values, "en") == "Flooding 2035-11-27 00:00"
    assert fill("{kind}", values, "zh") == "积水"
    assert len(fill("{long}", values, "zh")) == 1000
    with pytest.raises(ProblemError) as refused:
        fill("{one} {two} {kind}", values, "zh")
    assert [problem.where.field for problem in refused.value.problems] == ["one", "two"]


@given(text=st.text())
def test_a_subject_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("sms", "+8613812345678", "+86138****5678"),
        ("sms", "12345", "****"),
        ("mail", "li.wei@x.cn", "l***@x.cn"),
        ("group", "wecombot://secret", "****"),
        ("mail", "", ""),
    ],
)
def test_a_masked_address_cannot_be_used(channel: str, address: str, shown: str) -> None:
    assert masked(channel, address) == shown

"""What is told of newer values: types, regions and levels, never things; bounded however many there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beichen.platforms.iot.announcing import MOST, TYPE, hints

KIN = st.tuples(
    st.sampled_from(["well", "lamp"]),
    st.integers(0, 900).map(lambda number: f"/22/2201/2201{number % 10:02}/{number}/"),
    st.integers(1, 4),
)


def test_streets_are_told_as_they_are() -> None:
    told = hints([("well", "/22/2201/220102/1/", 2), ("well", "/22/2201/220102/1/", 2), ("lamp", "", 1)])
    assert told == [
        {"type": TYPE, "data": {"type": "lamp"}, "region": "", "level": 1},
        {"type": TYPE, "data": {"type": "well"}, "region": "/22/2201/220102/1/", "level": 2},
    ]


@given(st.lists(KIN, max_size=2_000))
def test_a_hint_never_reaches_further_than_its_things(kin: list[tuple[str, str, int]]) -> None:
    told = hints(kin)
    assert len(told) <= max(MOST, 2 * 10 * 4)
    for kind, path, level in kin:
        assert any(
            one["data"] == {"type": kind} and path.startswith(str(one["region"])) and one["level"] == level
            for one in told
        ), "everything that changed is told to whoever sees its district"

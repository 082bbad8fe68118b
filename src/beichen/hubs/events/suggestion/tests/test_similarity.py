"""How alike two texts are, what they share, and the bands by which a table finds candidates."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.hubs.events.suggestion.similarity import BANDS, bands, shared_words, similarity

SAME = (
    "柳荫花园南门的路灯已经坏了一周，晚上出门很不安全，请尽快修理。",
    "反映柳荫花园路灯问题：南门口的路灯不亮，老人晚上不敢出门。",
)
OTHER = "望江小学门口每天下午有人占道卖零食，车辆堵成一片。"
TEXTS = st.text(st.sampled_from("路灯坏了学校噪音小区，。 aB1"), max_size=80) | st.text(max_size=30)


def test_texts_of_the_same_thing_are_more_alike_than_others() -> None:
    assert similarity(*SAME) > 0.3 > similarity(SAME[0], OTHER)
    assert similarity(SAME[0], OTHER) < 0.15


@pytest.mark.parametrize(
    ("a", "b"),
    [("", ""), ("路灯坏了", "路灯坏了！"), ("ＡＢＣ路１号", "abc路1号"), ("你好", " 你好 ")],
)
def test_width_case_and_punctuation_are_no_difference(a: str, b: str) -> None:
    assert similarity(a, b) == 1
    assert bands(a) == bands(b)


def test_a_text_that_says_nothing_is_like_no_other() -> None:
    assert similarity("您好", "路灯坏了") == similarity("", "路灯") == similarity("您好", "你好") == 0
    assert bands("尊敬的领导，您好！") == bands("") == []
    assert shared_words("您好，请问", "您好，请问") == []


def test_alike_texts_share_a_band_and_others_none() -> None:
    assert set(bands(SAME[0])) & set(bands(SAME[1]))
    assert not set(bands(SAME[0])) & set(bands(OTHER))


def test_a_greeting_hides_nothing() -> None:
    greeted = "尊敬的领导您好！" * 3 + SAME[0]
    assert len(set(bands(greeted)) & set(bands(SAME[0]))) == len(bands(SAME[0]))


def test_short_texts_have_bands_too() -> None:
    assert set(bands("井盖")) == set(bands("井盖！"))
    assert set(bands("井盖")) & set(bands("盖"))


def test_a_hundred_kilobytes_cost_as_much_as_their_opening() -> None:
    long = SAME[0] + "再说一遍。" * 20_000
    assert len(bands(long)) <= BANDS
    assert similarity(long, SAME[1]) > 0.2
    assert shared_words(long, SAME[1])


def test_shared_words_say_why() -> None:
    assert shared_words(*SAME)[0] == "柳荫花园"
    assert {"路灯", "南门"} <= set(shared_words(*SAME))
    assert shared_words(SAME[0], OTHER) == []
    assert shared_words("和平大街积水", "积水的是和平大街") == ["和平大街", "积水"]
    assert shared_words("和平大街积水", "积水的是和平大街", most=1) == ["和平大街"]


def test_bands_are_the_same_in_every_process() -> None:
    """Python's own hashes are not: the table would be worth nothing after a restart."""
    program = (
        "import sys; from beichen.hubs.events.suggestion.similarity import bands; print(bands(sys.argv[1]))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, SAME[0]],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert said == {str(bands(SAME[0]))}


def test_bands_have_not_changed_since_they_were_first_kept() -> None:
    """Kept bands are compared with new ones: a change here needs a migration that counts them anew."""
    assert bands("井盖松动") == [2980082532975585401, 6751120472667027513]


@given(TEXTS, TEXTS)
def test_similarity_is_symmetric_and_within_bounds(a: str, b: str) -> None:
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, b) == similarity(b, a)
    assert similarity(a, a) == 1


@given(TEXTS)
def test_bands_are_sorted_signed_and_few(text: str) -> None:
    found = bands(text)
    assert found == sorted(set(found)) == bands(text)
    assert len(found) <= BANDS
    assert all(-(2**63) <= band < 2**63 for band in found)


@given(TEXTS, TEXTS)
def test_shared_words_stand_in_both_and_do_not_depend_on_the_order(a: str, b: str) -> None:
    found = shared_words(a, b)
    assert found == shared_words(b, a)
    assert found == sorted(found, key=lambda word: (-len(word), word))
    assert all(len(word) >= 2 for word in found)

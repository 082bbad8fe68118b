"""A classifier suggests what kind of case a text is, and says when it does not know."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.hubs.events.suggestion.classifier import Classifier, train
from beichen.hubs.events.suggestion.codes import NO_LABEL, NO_SAMPLES
from beichen.hubs.events.suggestion.model import LONGEST
from beichen.hubs.events.suggestion.tests.samples import DAY, messages
from beichen.hubs.events.suggestion.training import FEWEST, NEVER, SURE, threshold_of
from beichen.problem import ProblemError


@cache
def learned() -> Classifier:
    """A classifier of three kinds."""
    return train(messages(), today=DAY)


def test_it_suggests_the_kind_of_a_new_message() -> None:
    rows = learned().suggest(["银杏大街路灯坏了，夜里很黑", "孩子上幼儿园没有学位", "凌晨施工噪音扰人"])
    assert [row[0].label for row in rows] == ["roads", "schools", "noise"]
    assert all(len(row) == 3 for row in rows)
    assert learned().labels == ("noise", "roads", "schools")


def test_it_knows_how_good_it_is() -> None:
    quality = learned().quality
    assert (quality.support, quality.made_on) == (24, DAY)
    assert quality.top1 is not None
    assert quality.top1 >= 0.9
    assert quality.top3 == 1
    assert quality.right_when_sure is not None
    assert quality.right_when_sure >= SURE


def test_it_is_sure_of_what_it_knows_and_unsure_of_what_it_never_saw() -> None:
    known, mixed = learned().suggest(["望江新村夜间施工噪音大", "噪音学位井盖"])
    assert not learned().is_unsure(known)
    assert mixed[0].share < known[0].share
    assert learned().is_unsure([])


@pytest.mark.parametrize("text", ["", "   ", "！？。", "\0\0", "Ωμέγα", "འཕྲིན།", "\ud800"])
def test_a_text_of_which_nothing_is_known_has_no_suggestion(text: str) -> None:
    assert learned().suggest([text]) == [[]]


def test_an_empty_text_among_others_changes_nothing() -> None:
    alone = learned().suggest(["路灯不亮"])
    assert learned().suggest(["", "路灯不亮", ""]) == [[], *alone, []]
    assert learned().suggest([]) == []


def test_a_long_text_is_read_in_its_beginning() -> None:
    text = "路灯不亮，" + "井盖破损。" * 20_000
    assert learned().suggest([text]) == learned().suggest([text[:LONGEST]])
    assert learned().suggest([text])[0][0].label == "roads"


def test_many_texts_at_once_are_the_same_as_each_alone() -> None:
    texts = [text for text, _label in messages(100)] * 8
    at_once = learned().suggest(texts)
    assert [[one.label for one in row] for row in at_once[:30]] == [
        [one.label for one in learned().suggest([text])[0]] for text in texts[:30]
    ]
    assert at_once[0] == at_once[300]


def test_learning_again_finds_the_same() -> None:
    again = train(iter(messages()), today=DAY)
    assert np.array_equal(again.model.weights, learned().model.weights)
    assert (again.threshold, again.quality) == (learned().threshold, learned().quality)


def test_one_kind_only_is_suggested_and_never_sure() -> None:
    lone = train([("路灯不亮", "roads"), ("路灯又不亮", "roads")] * 20, today=DAY)
    assert [one.label for one in lone.suggest(["路灯"])[0]] == ["roads"]
    assert lone.suggest(["路灯"])[0][0].share == 1
    assert lone.is_unsure(lone.suggest(["路灯"])[0])
    assert lone.suggest(["xyz"]) == [[]]


def test_kinds_with_one_sample_are_learned_and_cannot_be_measured() -> None:
    few = train([("路灯不亮", "roads"), ("学位不够", "schools"), ("噪音扰人", "noise")], today=DAY)
    assert few.quality.support == 0
    assert few.quality.top1 is None
    assert few.threshold == NEVER
    assert few.suggest(["路灯不亮"])[0][0].label == "roads"
    mixed = train([*messages(), ("孤零零的一只羊驼走失", "animals")], today=DAY)
    assert "animals" in mixed.labels
    assert mixed.suggest(["路灯不亮"])[0][0].label == "roads"


def test_samples_without_a_letter_teach_nothing_and_do_no_harm() -> None:
    blank = train([("", "a"), ("。", "b"), ("", "b")], today=DAY)
    assert blank.suggest(["路灯", ""]) == [[], []]


def test_a_message_sent_twice_is_never_asked_of_whoever_learned_it() -> None:
    """The same text under two labels stays on one side too: it can only be known by heart."""
    sent = [(f"编号{number}", label) for number in range(50) for label in ("a", "b")]
    quality = train(sent, today=DAY).quality
    assert quality.support % 2 == 0
    assert quality.top1 == 0.5


def test_a_label_that_stands_only_beside_another_can_be_held_out_whole() -> None:
    """Each text of the second label was sent under the first one too."""
    sent = [(f"第{number}号路灯不亮", "a") for number in range(10)]
    sent += [(f"第{number}号学位不够", "c") for number in range(10)]
    for number in range(10):
        classifier = train([*sent, (f"第{number}号路灯不亮", "b")], today=DAY)
        assert classifier.labels == ("a", "b", "c")


def test_nothing_to_learn_from() -> None:
    with pytest.raises(ProblemError, match="there is no sample") as caught:
        train([], today=DAY)
    assert caught.value.problems[0].code == NO_SAMPLES == "EVT-201"


def test_every_sample_without_a_label_is_named() -> None:
    with pytest.raises(ProblemError, match="the label is empty") as caught:
        train([("路灯", "roads"), ("学位", " "), ("噪音", "")], today=DAY)
    assert [str(problem.where) for problem in caught.value.problems] == ["row 2", "row 3"]
    assert caught.value.problems[0].code == NO_LABEL == "EVT-202"


def test_the_threshold_is_the_least_share_that_holds() -> None:
    shares = np.linspace(1, 0.01, 100)
    right = np.arange(100) < 50
    threshold = threshold_of(shares, right)
    at = int(np.flatnonzero(shares == threshold)[0])
    assert right[: at + 1].mean() >= SURE > right[: at + 2].mean()
    assert threshold_of(shares, ~right) == NEVER
    assert threshold_of(shares[: FEWEST - 1], right[: FEWEST - 1]) == NEVER
    assert threshold_of(np.empty(0), np.empty(0, dtype=np.bool_)) == NEVER


def test_equal_shares_stand_on_one_side_of_the_threshold() -> None:
    shares = np.array([0.9] * 30 + [0.5] * 30)
    right = np.array([True] * 30 + [True] * 3 + [False] * 27)
    assert threshold_of(shares, right) == 0.9


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5), st.integers(0, 5))
def test_shares_are_sorted_and_sum_to_one_at_most(texts: list[str], top: int) -> None:
    rows = learned().suggest(texts, top)
    assert len(rows) == len(texts)
    for row in rows:
        shares = [one.share for one in row]
        assert len(row) <= top
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share <= 1 for share in shares)
        assert sum(shares) <= 1 + 1e-9
        assert len({one.label for one in row}) == len(row)


def test_what_was_always_right_is_still_not_certain() -> None:
    """However well the kinds part, a share stays under one and a weaker text is believed less."""
    strong, weak = learned().suggest(["望江新村夜间施工噪音大", "望江新村施工"], top=1)
    assert weak[0].share < strong[0].share < 1

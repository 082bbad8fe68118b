"""Keywords suggest where there is nothing to learn from yet; evaluation says what learning is worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.hubs.events.suggestion.evaluation import evaluate, telling_words
from beichen.hubs.events.suggestion.keywords import KeywordClassifier
from beichen.hubs.events.suggestion.suggestions import Suggester, Suggestion
from beichen.hubs.events.suggestion.tests.samples import DAY, TROUBLES, messages
from beichen.problem import ProblemError

CITY = {"01-03": ["井盖", "路灯", "道路积水"], "02-01": ["噪音", "施工"], "03": [], "04-09": ["路灯"]}


def test_keywords_suggest_the_label_whose_words_stand_in_the_text() -> None:
    city: Suggester = KeywordClassifier(CITY)
    rows = city.suggest(["夜间施工，噪音很大", "井盖旁路灯坏了", "天气真好", ""])
    assert [[one.label for one in row] for row in rows] == [["02-01"], ["01-03", "04-09"], [], []]
    assert city.labels == ("01-03", "02-01", "03", "04-09")


def test_longer_and_rarer_words_say_more() -> None:
    city = KeywordClassifier(CITY)
    (short,), (long,), shared = city.suggest(["井盖", "道路积水", "路灯"])
    assert short == Suggestion("01-03", 0.5)
    assert long.share == pytest.approx(2 / 3)
    assert [one.share for one in shared] == [0.25, 0.25]


def test_a_single_word_of_two_claims_is_unsure() -> None:
    city = KeywordClassifier(CITY)
    unsure = [city.is_unsure(row) for row in city.suggest(["井盖", "路灯", "没有"])]
    assert unsure == [False, True, True]


def test_width_and_case_do_not_matter_and_blank_words_are_passed_over() -> None:
    city = KeywordClassifier({"net": ["ＷｉＦｉ", " ", ""]})
    assert city.suggest(["车站wifi连不上", "什么也没有"])[1] == []
    assert city.suggest(["车站wifi连不上"])[0][0].label == "net"


def test_no_categories_suggest_nothing() -> None:
    assert KeywordClassifier({}).suggest(["路灯"]) == [[]]


def test_telling_words_tell_the_kinds_apart() -> None:
    words = telling_words(messages())
    assert list(words) == sorted(TROUBLES)
    assert not set(words["roads"]) & set(words["noise"])
    assert {"学位", "学区"} & set(words["schools"])
    assert all(2 <= len(word) <= 4 for found in words.values() for word in found)
    assert len(telling_words(messages(), most=2)["roads"]) == 2
    assert telling_words([("路灯路灯", "only")] * 3) == {"only": []}


def test_the_model_stands_beside_what_needs_no_learning() -> None:
    compared = evaluate(messages(), today=DAY, keywords=CITY)
    assert compared.labels == 3
    assert {
        quality.support for quality in (compared.model, compared.majority, compared.learned_keywords)
    } == {24}
    assert compared.model.top1 is not None
    assert compared.majority.top1 is not None
    assert compared.majority.top1 == pytest.approx(1 / 3)
    assert compared.majority.top3 == 1
    assert compared.majority.sure == 0
    assert compared.model.top1 > compared.majority.top1
    assert compared.given_keywords is not None
    assert compared.given_keywords.top1 == 0
    assert evaluate(messages(5), today=DAY).given_keywords is None


def test_nothing_held_out_is_nothing_measured() -> None:
    assert evaluate(messages(3), 0, today=DAY).model.top1 is None
    with pytest.raises(ValueError, match="at least 0 and under 1, not 1"):
        evaluate(messages(3), 1, today=DAY)
    with pytest.raises(ProblemError, match="EVT-201"):
        evaluate([], today=DAY)


@given(
    st.dictionaries(
        st.text("甲乙", min_size=1), st.lists(st.text("路灯坏 ", max_size=4), max_size=4), max_size=4
    ),
    st.text("路灯坏 ", max_size=20),
)
def test_shares_are_sorted_and_leave_room_for_doubt(categories: dict[str, list[str]], text: str) -> None:
    (row,) = KeywordClassifier(categories).suggest([text], top=9)
    shares = [one.share for one in row]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) < 1
    assert all(share > 0 for share in shares)

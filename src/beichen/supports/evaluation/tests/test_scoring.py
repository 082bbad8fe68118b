"""What holds for every scheme: bounds, direction, order, and an explanation that adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beichen.supports.evaluation.rules import Direct, Linear, Met, MinMax, Rank, Rule, Steps
from beichen.supports.evaluation.scoring import (
    Adjustment,
    Card,
    Case,
    Criterion,
    hundredths,
    ranks,
    score_cards,
    shown,
)
from beichen.supports.evaluation.words import How, Missing

SUBJECTS = ("a", "b", "c", "d")
numbers = st.fractions(min_value=-200, max_value=200, max_denominator=7)
ways = st.booleans()
rules: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Linear, numbers, numbers).filter(lambda rule: rule.floor != rule.ceiling),
    st.builds(
        Steps,
        st.lists(st.tuples(numbers, st.fractions(0, 100)), min_size=1, max_size=4).map(tuple),
        ways,
    ),
    st.builds(Rank, ways),
    st.builds(MinMax, ways),
    st.builds(Met, numbers, ways),
    st.just(Direct()),
)


def better(rule: Rule) -> int:
    """The direction in which the rule's values are better."""
    if isinstance(rule, Linear):
        return 1 if rule.ceiling > rule.floor else -1
    return 1 if getattr(rule, "is_higher_better", True) else -1


@st.composite
def weights(draw: st.DrawFn, count: int) -> list[Fraction]:
    parts = draw(st.lists(st.integers(1, 20), min_size=count, max_size=count))
    return [Fraction(100 * part, sum(parts)) for part in parts]


@st.composite
def trees(draw: st.DrawFn, prefix: str = "k", depth: int = 2) -> tuple[Criterion, ...]:
    count = draw(st.integers(1, 3))
    found = []
    for number, weight in enumerate(draw(weights(count))):
        key = f"{prefix}{number}"
        if depth and draw(ways):
            found.append(Criterion(key, weight, children=draw(trees(key, depth - 1))))
        else:
            found.append(Criterion(key, weight, draw(rules), draw(st.sampled_from(Missing))))
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    criteria = draw(trees())
    leaves = [leaf.key for root in criteria for leaf in root.leaves()]
    cells = st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(leaves))
    scores = st.fractions(0, 100, max_denominator=3)
    return Case(
        criteria,
        {one: draw(st.sampled_from(("x", "y"))) for one in SUBJECTS},
        draw(st.dictionaries(cells, numbers, max_size=12)),
        draw(st.dictionaries(cells, scores, max_size=2)),
        (Adjustment("bonus", 1, Fraction(5)), Adjustment("deduction", -1, Fraction(10))),
        draw(
            st.dictionaries(
                st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(("bonus", "deduction"))),
                st.fractions(0, 20, max_denominator=3),
                max_size=4,
            )
        ),
    )


@settings(max_examples=40, deadline=None)
@given(cases())
def test_totals_lie_between_their_bounds_and_are_explained(case: Case) -> None:
    for card in score_cards(case).values():
        for exact in (card, shown(card)):
            if exact.total is None:
                assert all(line.score is None for line in exact.lines)
                continue
            assert 0 <= exact.total <= 100
            assert sum(line.points for line in exact.lines) == exact.total
        leaves = [line for line in card.lines if line.how not in {How.GROUP, How.GIVEN, How.BOUND}]
        assert all(line.score is None or 0 <= line.score <= 100 for line in leaves)
        if card.total is not None:
            scored = {leaf.key for root in case.criteria for leaf in root.leaves()}
            assert sum(line.weight for line in card.lines if line.key in scored) == 100
            assert sum(line.declared for line in card.lines if line.key in scored) == 100


@settings(max_examples=40, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_criteria_does_not_matter(case: Case, random: Any) -> None:
    def shuffled(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        mixed = [replace(one, children=shuffled(one.children)) for one in criteria]
        random.shuffle(mixed)
        return tuple(mixed)

    def plain(cards: Mapping[str, Card]) -> dict[str, Any]:
        return {
            key: (shown(card).total, {line.key: line for line in shown(card).lines})
            for key, card in cards.items()
        }

    assert plain(score_cards(replace(case, criteria=shuffled(case.criteria)))) == plain(score_cards(case))


@settings(max_examples=40, deadline=None)
@given(cases(), st.data())
def test_a_better_value_never_lowers_the_total(case: Case, data: st.DataObject) -> None:
    known = sorted(case.values)
    if not known:
        return
    cell = data.draw(st.sampled_from(known))
    rule = next(leaf.rule for root in case.criteria for leaf in root.leaves() if leaf.key == cell[1])
    assert rule is not None
    step = data.draw(st.fractions(0, 50, max_denominator=4)) * better(rule)
    changed = replace(case, values={**case.values, cell: case.values[cell] + step})
    before, after = score_cards(case)[cell[0]].total, score_cards(changed)[cell[0]].total
    assert (before is None) == (after is None)
    assert before is None or (after is not None and after >= before)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=3), st.decimals(0, 100, places=2), max_size=8))
def test_equal_totals_share_a_rank(totals: dict[str, Decimal]) -> None:
    found = ranks(totals)
    for one, rank in found.items():
        assert rank == 1 + sum(totals[other] > totals[one] for other in totals)
    assert sorted(found.values())[:1] in ([], [1])


def test_ranks_pass_over_what_is_shared() -> None:
    assert ranks({"a": Decimal(90), "b": Decimal(90), "c": Decimal(80)}) == {"a": 1, "b": 1, "c": 3}


@pytest.mark.parametrize(
    ("value", "text"), [(Fraction(1, 3), "0.33"), (Fraction(1, 200), "0.01"), (Fraction(-1, 3), "-0.33")]
)
def test_hundredths_round_half_up(value: Fraction, text: str) -> None:
    assert hundredths(value) == Decimal(text)


@pytest.mark.parametrize(
    ("rule", "value", "peers", "score"),
    [
        (Linear(Fraction(60), Fraction(90)), 75, [], 50),
        (Linear(Fraction(10), Fraction(0)), 4, [], 60),
        (Linear(Fraction(60), Fraction(90)), 20, [], 0),
        (Steps(((Fraction(60), Fraction(60)), (Fraction(90), Fraction(100)))), 89, [], 60),
        (
            Steps(((Fraction(5), Fraction(100)), (Fraction(9), Fraction(50))), is_higher_better=False),
            9,
            [],
            50,
        ),
        (Rank(), 7, [5, 7, 9], Fraction(200, 3)),
        (Rank(), 7, [], None),
        (MinMax(), 6, [4, 8], 50),
        (MinMax(is_higher_better=False), 4, [4, 8], 100),
        (MinMax(), 4, [4], 100),
        (MinMax(), 4, [], None),
        (Met(Fraction(3)), 3, [], 100),
        (Met(Fraction(3), is_higher_better=False), 4, [], 0),
        (Direct(), 104, [], 100),
    ],
)
def test_each_rule_scores_as_it_says(rule: Rule, value: int, peers: list[int], score: Any) -> None:
    assert rule.score(Fraction(value), [Fraction(one) for one in peers]) == score


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Linear(Fraction(1), Fraction(1)), ["floor and ceiling are the same"]),
        (Steps(()), ["there is no step"]),
        (
            Steps(((Fraction(1), Fraction(10)), (Fraction(1), Fraction(101)))),
            ["a step stands twice", "a step's score is not between 0 and 100"],
        ),
        (Rank(), []),
        (MinMax(), []),
        (Met(Fraction(1)), []),
        (Direct(), []),
    ],
)
def test_a_rule_says_why_it_cannot_be_used(rule: Rule, words: list[str]) -> None:
    assert list(rule.faults()) == words


def test_missing_values_are_treated_as_their_criterion_says() -> None:
    half = Fraction(50)
    for missing, total, how in (
        (Missing.REDISTRIBUTE, 80, How.DROPPED),
        (Missing.ZERO, 40, How.ZERO),
        (Missing.PEERS, 70, How.PEERS),
    ):
        criteria = (Criterion("p", half, Direct()), Criterion("q", half, Direct(), missing))
        values = {("a", "p"): Fraction(80), ("b", "p"): Fraction(10), ("b", "q"): Fraction(60)}
        card = score_cards(Case(criteria, {"a": "g", "b": "g"}, values))["a"]
        assert card.total == total
        assert {line.key: line.how for line in card.lines}["q"] is how


def test_adjustments_have_limits_and_the_total_its_bounds() -> None:
    case = Case(
        (Criterion("p", Fraction(100), Direct()),),
        {"a": "g", "b": "g"},
        {("a", "p"): Fraction(98), ("b", "p"): Fraction(3)},
        {},
        (Adjustment("plus", 1, Fraction(5)), Adjustment("minus", -1, Fraction(4))),
        {("a", "plus"): Fraction(50), ("b", "minus"): Fraction(4)},
    )
    cards = score_cards(case)
    assert [line.points for line in cards["a"].lines] == [98, 5, 0, -3]
    assert [line.points for line in cards["b"].lines] == [3, 0, -4, 1]

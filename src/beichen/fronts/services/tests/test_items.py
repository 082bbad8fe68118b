"""Items: who may apply, what it costs, which papers; an application becomes an affair."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen.fronts.services.items import bundling
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.checking import check_conditions, holds_now, is_required, needed, price
from beichen.fronts.services.items.declaration import Item, read_item_entry
from beichen.fronts.services.items.declaring import declare_items
from beichen.fronts.services.items.models import Application
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall
from beichen.fronts.services.tests.stall import ANSWERS, papers
from beichen.fronts.services.tests.town import SETUP, names, person
from beichen.kernel.access import service as access
from beichen.kernel.org.models import Person
from beichen.problem import ProblemError

ITEM = read_item_entry(stall.PERMIT)


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problems[0].code


def test_conditions_say_why_not_and_what_to_do() -> None:
    found = check_conditions(ITEM, {"has_land": False})
    assert found.is_eligible is False
    assert [reason.en for reason in found.reasons] == ["Get the land first"]
    assert check_conditions(ITEM, {"has_land": "true"}).is_eligible is True


def test_what_is_not_answered_is_asked() -> None:
    found = check_conditions(ITEM, {})
    assert (found.is_eligible, found.missing) == (None, ("has_land",))


def test_an_answer_that_cannot_be_is_refused() -> None:
    with pytest.raises(ProblemError) as error:
        check_conditions(ITEM, {"has_land": "perhaps", "x": 1})
    assert {problem.where.field for problem in error.value.problems} == {"has_land", "x"}


@pytest.mark.parametrize(
    ("values", "amount", "is_open"),
    [
        ({"has_land": True, "area_m2": 2000.0}, 10050, False),
        ({"has_land": True, "area_m2": 50.0}, 2000, False),
        ({"has_land": True, "area_m2": 5.0}, 0, False),
        ({"has_land": False, "area_m2": 5.0}, 2000, False),
        ({}, 2000, True),
    ],
)
def test_a_fee_is_its_first_row_that_holds(values: dict[str, Any], amount: int, is_open: bool) -> None:
    found = price(ITEM.fee, values)
    assert (found.amount, found.is_open) == (amount, is_open)


def test_papers_depend_on_the_case() -> None:
    assert set(needed(ITEM, {"area_m2": 2000.0})) == {"identity", "drawings", "fire"}
    assert set(needed(ITEM, {"area_m2": 20.0})) == {"identity", "drawings"}
    assert is_required(ITEM.materials["fire"], {}) is None


def test_what_decides_by_itself_asks_no_more() -> None:
    condition = "reason != 'work' || is_insured"
    assert holds_now(condition, {"reason": "home"}) is True
    assert holds_now(condition, {"reason": "work"}) is None
    assert holds_now(condition, {"reason": "work", "is_insured": False}) is False
    assert holds_now(condition, {}) is None


@given(st.dictionaries(st.sampled_from(["has_land"]), st.booleans() | st.none()))
def test_who_answers_everything_gets_a_verdict(answers: dict[str, Any]) -> None:
    found = check_conditions(ITEM, answers)
    is_answered = answers.get("has_land") is not None
    assert (found.is_eligible is None) == (not is_answered)
    assert bool(found.reasons) == (answers.get("has_land") is False)


@given(st.floats(min_value=0, max_value=1e6), st.booleans())
def test_a_fee_is_never_below_zero_and_freed_only_for_whom_it_says(area: float, has_land: bool) -> None:
    found = price(ITEM.fee, {"area_m2": area, "has_land": has_land})
    assert found.amount >= 0
    assert (found.amount == 0) == (has_land and area < 10)


def test_an_item_is_read_whole() -> None:
    assert isinstance(ITEM, Item)
    assert ITEM.materials["identity"].held_by == "person.id_number"
    assert ITEM.marks.red == 1.0


@pytest.mark.django_db
class TestApplying:
    @pytest.fixture(autouse=True)
    def city(self) -> None:
        stall.build()

    def test_an_application_becomes_an_affair_with_its_papers_and_fee(self) -> None:
        given_ = papers(identity="held", drawings="original", fire="copy")
        affair = stall.apply(materials=given_, answers=ANSWERS)
        assert names(affair) == ["check@window"]
        told = Application.objects.get(affair=affair)
        assert (told.reused, told.brought, told.fee, told.visits) == (1, 2, 10050, 0)
        assert told.materials["identity"] == {"how": "held"}
        assert told.fee_of == [{"zh": "大", "en": "Large"}]
        assert told.mark_at is not None

    def test_the_items_promise_counts(self) -> None:
        assert stall.apply().promised_at.day == 19, "eight working days, not the ten of the process"

    def test_the_same_key_gives_the_same_affair(self) -> None:
        first, again = stall.apply(key="k"), stall.apply(key="k")
        assert first.pk == again.pk
        assert Application.objects.count() == 1

    def test_who_may_not_apply_is_told_and_nothing_is_written(self) -> None:
        with pytest.raises(ProblemError) as error:
            stall.apply(answers={"has_land": False})
        assert code_of(error) == "SRV-402"
        assert error.value.problems[0].hint == "", "what the message says already"
        assert Affair.objects.count() == 0

    def test_all_papers_that_are_missing_are_told_at_once(self) -> None:
        with pytest.raises(ProblemError) as error:
            stall.apply(materials=papers(identity="held"), answers=ANSWERS)
        assert [problem.where.field for problem in error.value.problems] == ["drawings", "fire"]
        assert code_of(error) == "SRV-403"
        assert Affair.objects.count() == 0

    def test_a_paper_that_nobody_asked_for_is_refused(self) -> None:
        with pytest.raises(ProblemError) as error:
            stall.apply(materials=papers(passport="copy"))
        assert code_of(error) == "SRV-305"

    def test_a_way_of_delivery_that_is_not_offered_is_refused(self) -> None:
        with pytest.raises(ProblemError) as error:
            stall.apply(delivery="post")
        assert code_of(error) == "SRV-305"
        assert Affair.objects.count() == 0
        assert Application.objects.count() == 0

    def test_no_such_item_names_the_nearest(self) -> None:
        with pytest.raises(ProblemError) as error:
            items.item("permits")
        assert code_of(error) == "SRV-401"
        assert "permit" in error.value.problems[0].hint

    def test_who_takes_applications_in_applies_for_others_and_nobody_else(self) -> None:
        clerk, officer = person("attendant", "window"), person("officer", "fire")
        assert stall.apply(by=clerk, answers=ANSWERS).subject == "FIRM-1"
        with pytest.raises(ProblemError) as error:
            stall.apply(by=officer)
        assert code_of(error) == "ACC-302"

    def test_who_is_not_known_well_enough_is_told_how_to_be(self) -> None:
        sure = {**stall.LICENCE, "materials": {}, "assurance": "substantial"}
        stall.declare({"licence": sure, "permit": stall.PERMIT, "seal": stall.SEAL, "tax": stall.TAX})
        somebody = person("officer", "fire")
        own = somebody.key.removeprefix("person:")
        with pytest.raises(ProblemError) as error:
            items.apply("licence", {"number": 1}, own, stall.place(), by=somebody, key="")
        assert code_of(error) == "ACC-304"
        known = Person.objects.get(code=own)
        access.record_identity(known, "window", "身份证", by=SETUP)
        affair = items.apply("licence", {"number": 1}, own, stall.place(), by=somebody, key="")
        assert affair.subject == own

    @pytest.mark.parametrize("how", ["original", "copy", "uploaded", "held", "not-needed"])
    def test_an_applicant_brings_papers_and_does_not_state_them(self, how: str) -> None:
        """Who only says, by a program, that a paper is there would apply without it."""
        somebody = person("officer", "fire")
        own = somebody.key.removeprefix("person:")
        stated = stall.papers(articles=how)
        with pytest.raises(ProblemError) as error:
            items.apply("licence", {"number": 1}, own, stall.place(), by=somebody, key="", materials=stated)
        assert (code_of(error), error.value.problems[0].where.field) == ("SRV-305", "articles")
        with pytest.raises(ProblemError) as error:
            bundling.apply_bundle(
                "firm", {"number": 1}, own, stall.place(), by=somebody, key="", materials=stated
            )
        assert (code_of(error), error.value.problems[0].where.field) == ("SRV-305", "articles")

    def test_an_item_that_is_withdrawn_is_applied_for_no_more(self) -> None:
        stall.declare({"licence": stall.LICENCE})
        with pytest.raises(ProblemError) as error:
            stall.apply()
        assert code_of(error) == "SRV-401"

    def test_declaring_again_writes_nothing(self) -> None:
        entries = {"permit": stall.PERMIT, "licence": stall.LICENCE, "seal": stall.SEAL, "tax": stall.TAX}
        parts = (entries, {"firm": stall.BUNDLE}, {"hall": stall.HALL})
        assert not declare_items(*parts, scene="permits", by=SETUP)
        with pytest.raises(ProblemError) as error:
            declare_items({"permit": stall.PERMIT}, {}, {}, scene="other", by=SETUP)
        assert code_of(error) == "SRV-128"

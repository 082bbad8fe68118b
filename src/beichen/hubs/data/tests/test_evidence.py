"""Evidence: rooms and indicators offer figures; what nobody offers is told with the nearest."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beichen.hubs.data import service
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import system
from beichen.kernel.org.service import RegionFacts, load_regions
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("tests")
OWNER = "city:invented"
SPAN = service.Period(
    "2021/2023", "years", service.read_period("2021").starts, service.read_period("2023").ends
)


@pytest.fixture(autouse=True)
def ground() -> None:
    load_roles(by=BY)
    load_regions(
        [RegionFacts("990100", "虚城", "city"), RegionFacts("990102", "东区", "county", "990100")], by=BY
    )
    service.define_indicators(
        [service.IndicatorFacts("air", "优良天数", "Good air", "higher", "none", unit="%")],
        owner=OWNER,
        by=BY,
    )
    facts = [
        service.ValueFacts("air", "990102", period, Decimal(value), "%", f"Bulletin {period}", kind=kind)
        for period, value, kind in (
            ("2022", 80, "real"),
            ("2023", 82, "real"),
            ("2024", 90, "real"),
            ("2021", 99, "demo"),
        )
    ]
    service.record_values(facts, owner=OWNER, by=BY)


def test_an_indicator_is_evidence_about_regions() -> None:
    """The last real value within the period; a region without one is left out."""
    keys = [item.key for item in service.evidence(service.SubjectKind.REGION)]
    assert "indicator:air" in keys
    found = service.evidence_of(["indicator:air"])["indicator:air"]
    assert (found.unit, found.direction, found.subject) == ("%", "higher", "region")
    assert found.figures(SPAN, ["990100", "990102"]) == {
        "990102": service.Figure(Decimal(82), "Bulletin 2023", "2023")
    }
    assert found.figures(service.read_period("2020"), ["990102"]) == {}


def test_bodies_have_no_indicators_and_people_nothing() -> None:
    kinds = {item.subject for item in service.evidence(service.SubjectKind.BODY)}
    assert kinds <= {service.SubjectKind.BODY}
    assert [kind.value for kind in service.SubjectKind] == ["body", "region"]
    with pytest.raises(ValueError, match="person"):
        service.SubjectKind("person")


def test_what_nobody_offers_is_told_with_the_nearest() -> None:
    with pytest.raises(ProblemError) as refused:
        service.evidence_of(["indicator:aire", "indicator:air", "nothing"])
    assert [problem.code for problem in refused.value.problems] == ["DAT-405", "DAT-405"]
    assert "indicator:air" in refused.value.problems[0].hint

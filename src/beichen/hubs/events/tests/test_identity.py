"""Who reported is nobody's business without a reason, leaves a trace, and is forgotten on request."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from beichen.hubs.events import service
from beichen.hubs.events.commands import Accept, Refuse
from beichen.hubs.events.identity import ERASED
from beichen.hubs.events.models import Case, CaseEvent
from beichen.hubs.events.tests import city
from beichen.kernel.actor import PUBLIC
from beichen.kernel.org.models import Body
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
WHO = service.ReporterFacts(name="李四", phone="13900000000", email="li@example.org")


@pytest.fixture
def receipt() -> service.Receipt:
    """A report of a person with a name, in a city."""
    city.build()
    return city.report("我是李四，门前有坑。请尽快处理", reporter=WHO)


def refusal(error: pytest.ExceptionInfo[ProblemError]) -> str:
    """Its code."""
    return error.value.problems[0].code


def test_a_look_needs_a_right_and_a_purpose_and_is_seen(receipt: service.Receipt) -> None:
    centre = city.attendant()
    with pytest.raises(ProblemError) as error:
        service.identify(receipt.report, purpose=" ", by=centre)
    assert refusal(error) == "EVT-302"
    assert service.looks(receipt.report) == []
    found = service.identify(receipt.report, purpose="回访", by=centre)
    assert found == {"name": "李四", "phone": "13900000000", "email": "li@example.org"}
    looks = service.looks(receipt.report)
    assert [(look.actor, look.purpose) for look in looks] == [(centre.key, "回访")]
    assert [look.bodies for look in looks] == [Body.objects.get(key="centre").name]


def test_a_desk_does_not_see_who_reported(receipt: service.Receipt) -> None:
    service.act(receipt.case.code, Accept(), by=city.attendant(), now=city.MONDAY)
    for nobody in (
        city.person("officer", "east", city.EAST),
        PUBLIC,
        city.person("supervisor", "government"),
    ):
        with pytest.raises(ProblemError) as error:
            service.identify(receipt.report, purpose="x", by=nobody)
        assert refusal(error) == "ACC-403"
    assert service.looks(receipt.report) == []


def test_an_anonymous_report_has_nobody(receipt: service.Receipt) -> None:
    report = city.report("another").report
    assert report.reporter is None
    with pytest.raises(ProblemError) as error:
        service.identify(report, purpose="x", by=city.attendant())
    assert refusal(error) == "EVT-301"


def test_the_reporter_gets_everything_that_is_held(receipt: service.Receipt) -> None:
    service.identify(receipt.report, purpose="回访", by=city.attendant())
    found = service.export(service.follow(receipt.report.code, receipt.report.secret), by=PUBLIC)
    assert found["reporter"]["phone"] == "13900000000"
    assert found["looks"][0]["purpose"] == "回访"
    assert orjson.loads(orjson.dumps(found)) == found


def test_erasing_leaves_nothing_of_the_person(receipt: service.Receipt) -> None:
    report = service.follow(receipt.report.code, receipt.report.secret)
    with pytest.raises(ProblemError) as error:
        service.erase(report, with_words=True, by=PUBLIC, now=city.MONDAY)
    assert refusal(error) == "EVT-301"
    service.act(receipt.case.code, Refuse(reason="重复"), by=city.attendant(), now=city.MONDAY)
    service.erase(report, with_words=True, by=PUBLIC, now=city.MONDAY)

    def everything() -> list[Any]:
        rows: list[Any] = list(Case.objects.values_list("title", "text", "state"))
        return rows + list(CaseEvent.objects.values_list("data", flat=True))

    assert "李四" not in str(everything())
    assert ERASED in str(everything())
    held = service.export(service.follow(report.code, report.secret), by=PUBLIC)
    assert held["reporter"] == {
        "name": "", "phone": "", "email": "", "language": "zh-hans", "wants_callback": False
    }  # fmt: skip
    assert service.differences(Case.objects.get(code=receipt.case.code)) == []
    with pytest.raises(ProblemError) as error:
        service.erase(report, by=city.person("officer", "east", city.EAST))
    assert refusal(error) == "ACC-403"

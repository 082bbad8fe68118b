"""Suggestions for new cases: kinds by keywords and by learning, alike cases, in bounded work."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beichen.hubs.events import service, suggesting
from beichen.hubs.events.commands import Refuse
from beichen.hubs.events.jobs import learn_kinds
from beichen.hubs.events.models import Case, CaseBand, EventKind, Likeness
from beichen.hubs.events.subscribers import forget, suggest
from beichen.hubs.events.terminal import events
from beichen.hubs.events.tests import city
from beichen.kernel.bus.event import from_dict
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The city, without a trained model."""
    city.build()
    monkeypatch.setattr(suggesting, "model_file", lambda: tmp_path / "kinds.npz")


def opened(receipt: service.Receipt) -> Case:
    """The case after the house has looked at it."""
    suggest(_event("events.case.opened", receipt.case.code))
    return Case.objects.get(pk=receipt.case.pk)


def _event(kind: str, code: str) -> Any:
    return from_dict(
        {
            "specversion": "1.0",
            "id": "1",
            "source": "/events",
            "type": kind,
            "subject": code,
            "data": {"number": 1},
        }
        | {"time": "2025-06-09T01:00:00Z"}
    )


def test_a_fresh_city_suggests_by_keywords() -> None:
    case = opened(city.report("人行道路面上有一个大坑", kind=""))
    assert [one["kind"] for one in case.suggested][:1] == ["works.road-damaged"]
    unknown = opened(city.report("咨询社保转移", kind=""))
    assert unknown.suggested == []


def test_a_case_of_a_known_kind_needs_none() -> None:
    assert opened(city.report("路面有坑")).suggested == []


def solved(number_each: int) -> None:
    """So many closed cases of two kinds that are told apart by their words."""
    kinds = [EventKind.objects.get(key=key) for key in ("works.road-damaged", "works.tree-fallen")]
    model = city.report("样本", region=city.WEST, kind="").case
    facts = {field.attname: getattr(model, field.attname) for field in Case._meta.concrete_fields}
    texts = [("门前沥青松散开裂", kinds[0]), ("院内槐枝折断", kinds[1])]
    Case.objects.bulk_create(
        Case(**facts | told)
        for number in range(number_each)
        for place, (text, kind) in enumerate(texts)
        for told in (
            {
                "id": None,
                "code": f"20250609-{2 * number + place:06}",
                "text": f"第{number}号{text}",
                "kind_id": kind.pk,
                "is_open": False,
                "outcome": "resolved",
                "closed_at": city.MONDAY,
            },
        )
    )
    Case.objects.filter(pk=model.pk).update(is_open=False, outcome="refused")


def test_a_city_measures_its_own_suggestions() -> None:
    """What was learned beside keywords, telling words and the most frequent kind, on what none has seen."""
    with pytest.raises(ProblemError) as error:
        service.measure(by=city.SETUP)
    assert error.value.problems[0].code == "EVT-201"
    solved(30)
    told = orjson.loads(CliRunner().invoke(events, ["quality", "--json"], catch_exceptions=False).output)
    assert (told["cases"], told["kinds"], told["model"]["support"]) == (60, 2, 12)
    assert told["model"]["top1"] == 1.0
    assert told["majority"]["top1"] == 0.5
    assert told["given_keywords"]["sure"] is not None
    assert "most frequent" in CliRunner().invoke(events, ["quality"]).output
    assert [row.cases for row in service.measurements()] == [60, 60]
    assert "沥青" not in str([row.figures for row in service.measurements()])


def test_learning_is_ordered_by_who_supervises() -> None:
    boss = city.person("supervisor", "government")
    for by, code in ((city.person("officer", "east", city.EAST), "ACC-403"), (boss, "EVT-201")):
        with pytest.raises(ProblemError) as error:
            service.order_learning(by=by)
        assert error.value.problems[0].code == code
    solved(30)
    service.order_learning(by=boss)
    assert service.trained() is None
    learn_kinds.call()
    assert service.trained() is not None
    assert len(service.measurements()) == 1


def test_the_citys_own_cases_teach() -> None:
    with pytest.raises(ProblemError) as error:
        service.learn(today=date(2025, 6, 9))
    assert error.value.problems[0].code == "EVT-201"
    solved(30)
    result = CliRunner().invoke(events, ["train"])
    assert result.exit_code == 0
    assert suggesting.model_file().exists()
    case = opened(city.report("小区沥青开裂", kind=""))
    assert case.suggested[0]["kind"] == "works.road-damaged"


def test_alike_cases_are_found_with_the_reason() -> None:
    first = opened(city.report("丽发新城小区旁搅拌站深夜施工噪音扰民", kind=""))
    other = opened(city.report("公园长椅损坏", kind=""))
    again = opened(city.report("丽发新城小区附近的搅拌站半夜噪音很大", kind=""))
    rows = list(Likeness.objects.filter(case=again))
    assert [row.other for row in rows] == [first]
    assert "丽发新城小区" in rows[0].shared
    assert not Likeness.objects.filter(case=other).exists()
    opened(city.report("丽发新城小区附近的搅拌站半夜噪音很大", kind=""))
    assert Likeness.objects.count() == 3


def test_a_neighbour_must_be_alike_too() -> None:
    here: dict[str, Any] = {"longitude": 125.3, "latitude": 43.8}
    opened(city.report("路灯不亮", kind="", **here))
    assert not Likeness.objects.filter(case=opened(city.report("垃圾桶满溢", kind="", **here))).exists()
    again = opened(city.report("路灯不亮，晚上很黑", kind="", **here))
    found = Likeness.objects.get(case=again)
    assert found.metres == 0


def test_looking_twice_changes_nothing_and_a_closed_case_is_let_go() -> None:
    receipt = city.report("丽发新城小区搅拌站噪音", kind="")
    opened(receipt)
    bands = CaseBand.objects.count()
    opened(receipt)
    assert CaseBand.objects.count() == bands > 0
    service.act(receipt.case.code, Refuse(reason="重复"), by=city.attendant(), now=city.MONDAY)
    forget(_event("events.case.refused", receipt.case.code))
    assert not CaseBand.objects.exists()
    opened(receipt)  # a late event about a closed case
    assert not CaseBand.objects.exists()


def test_the_look_up_costs_the_same_queries_however_many_cases() -> None:
    def cost() -> int:
        receipt = city.report("搅拌站深夜施工噪音扰民", kind="")
        with CaptureQueriesContext(connection) as found:
            suggesting.look_at(receipt.case.code)
        return len(found)

    few = cost()
    for _ in range(20):
        opened(city.report("搅拌站深夜施工噪音扰民", kind=""))
    assert cost() <= few + 2  # candidates that there are now are read and written


def test_cases_are_verified_against_their_streams() -> None:
    receipt = city.report()
    runner = CliRunner()
    assert runner.invoke(events, ["verify"]).exit_code == 0
    Case.objects.filter(pk=receipt.case.pk).update(grade=1)
    with pytest.raises(ProblemError) as error:
        runner.invoke(events, ["verify"], catch_exceptions=False)
    assert error.value.problems[0].code == "EVT-312"
    assert "grade" in error.value.problems[0].message
    assert runner.invoke(events, ["verify", "--fix"]).exit_code == 0
    assert runner.invoke(events, ["verify", "--json"]).exit_code == 0
    assert Case.objects.get(pk=receipt.case.pk).grade == 4

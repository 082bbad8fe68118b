"""Every event of a case's stream has its sentence, in both languages; times are said as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from beichen.fronts.governance.times import Urgency, duration_words, left_words, share_used, urgency_of
from beichen.fronts.governance.wording import SENTENCES, moments, sentence
from beichen.hubs.events import service
from beichen.hubs.events.case.changes import CHANGES
from beichen.hubs.events.case.clock import start
from beichen.hubs.events.commands import Accept, Refuse
from beichen.hubs.events.models import Case
from beichen.hubs.events.tests import city
from beichen.kernel.actor import PUBLIC

NOW = datetime(2025, 6, 9, 2, 0, tzinfo=UTC)
CLOCK = {"due": "2025-06-10T02:00:00Z"}
SPECIMENS: dict[str, list[dict[str, Any]]] = {
    "opened": [{"channel": "web"}],
    "joined": [{"report": "R"}, {"report": "R", "metres": 12.4}, {"report": "R", "merged": "C"}],
    "classified": [{"kind": "works.road"}],
    "graded": [{"grade": 1, "was": 4}],
    "accepted": [{"clock": CLOCK}, {}],
    "refused": [{"reason": "x"}],
    "appealed": [{"text": "x", "clock": CLOCK}],
    "dispatched": [{"lead": "east"}, {"lead": "east", "support": ["roads"], "row": 2, "clock": CLOCK}],
    "transferred": [{"lead": "roads", "was": "east", "reason": "x"}],
    "returned": [{"reason": "x"}],
    "escalated": [{"to": "government", "reason": "x"}],
    "waiting": [{"reason": "x", "left": 7200.0}],
    "resumed": [{"clock": CLOCK}],
    "extended": [{"reason": "x", "clock": CLOCK}],
    "task-added": [{"task": 1, "title": "x", "body": "roads"}],
    "task-done": [{"task": 1, "result": "x"}],
    "step-done": [{"step": "made-safe"}],
    "evidence-added": [{"file": "x"}, {"file": "x", "need": "photo"}],
    "cost-added": [{"yuan": 1234.5, "purpose": "x"}],
    "handled": [{"result": "x", "to": "verify"}],
    "verified": [{"is_passed": True}, {"is_passed": False, "note": "x"}],
    "answered": [{"text": "x"}],
    "rated": [
        {"report": "R", "stars": 5, "is_solved": True},
        {"report": "R", "stars": 1, "is_solved": False},
    ],
    "reopened": [{"reason": "x", "clock": CLOCK}],
    "closed": [{"outcome": "resolved"}, {"outcome": "merged", "into": "C"}],
    "supervised": [{"note": 1, "text": "x"}, {"note": 2, "overdue": "handle"}],
    "note-answered": [{"note": 1, "text": "x"}],
    "warned": [{"stage": "handle", "share": 80}, {"stage": "handle", "share": 200}],
    "commented": [{"text": "x"}],
}


def test_every_change_has_its_sentence() -> None:
    names = {str(change.__struct_config__.tag) for change in CHANGES}
    assert names == set(SENTENCES) == set(SPECIMENS)


@pytest.mark.parametrize("name", sorted(SPECIMENS))
def test_a_sentence_is_said_in_both_languages(name: str) -> None:
    for data in SPECIMENS[name]:
        with translation.override("en"):
            english = sentence(name, data, {})
        with translation.override("zh-hans"):
            chinese = sentence(name, data, {"east": "东区城管局"})
        assert english.endswith((".", "x"))
        assert any("一" <= letter <= "鿿" for letter in chinese), chinese
        assert "%" not in chinese.replace("80%", "")


@pytest.mark.django_db
def test_a_timeline_names_bodies_and_quotes_people() -> None:
    row = city.report().case
    row = service.act(row.code, Accept(), by=city.attendant(), now=city.MONDAY)
    with translation.override("zh-hans"):
        found = moments(list(service.timeline(row)), {})
    assert [one.name for one in found] == ["dispatched", "accepted", "opened"]
    assert "东区城管局" in found[0].sentence
    assert "星河市道路局" in found[0].sentence
    assert found[-1].quote == ""  # the report's own words stand with the report
    other = city.report(region=city.WEST).case
    service.act(other.code, Refuse(reason="重复诉求"), by=city.attendant(), now=city.MONDAY)
    assert moments(list(service.timeline(other)), {})[0].quote == "重复诉求"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0分钟", "0 minutes"),
        (59, "0分钟", "0 minutes"),
        (61, "1分钟", "1 minute"),
        (3700, "1小时 1分钟", "1 hour 1 minute"),
        (90_000, "1天 1小时", "1 day 1 hour"),
        (-90_000, "1天 1小时", "1 day 1 hour"),
        (20 * 86_400 + 7200, "20天", "20 days"),
    ],
)
def test_durations_are_said_in_two_units(seconds: float, zh: str, en: str) -> None:
    with translation.override("zh-hans"):
        assert duration_words(seconds) == zh
    with translation.override("en"):
        assert duration_words(seconds) == en


def test_urgency_follows_the_deadline() -> None:
    row = Case(due_at=NOW + timedelta(hours=5))
    assert urgency_of(row, NOW) is Urgency.RUNNING
    row.due_at = NOW + timedelta(hours=3)
    assert urgency_of(row, NOW) is Urgency.SOON
    row.due_at = NOW - timedelta(seconds=1)
    assert urgency_of(row, NOW) is Urgency.OVERDUE
    with translation.override("en"):
        assert left_words(row, NOW) == "0 minutes late"
    row.is_waiting, row.due_at = True, None
    assert urgency_of(row, NOW) is Urgency.WAITING
    row.is_open = False
    assert (urgency_of(row, NOW), left_words(row, NOW)) == (Urgency.NONE, "")


@pytest.mark.django_db
@pytest.mark.parametrize("is_working", [True, False])
def test_the_share_used_is_of_the_clock_s_own_time(is_working: bool) -> None:
    clock = start("handle", city.MONDAY, timedelta(hours=4), is_working=is_working)
    assert share_used(clock, city.MONDAY) == 0
    assert share_used(clock, clock.due) == 100


@pytest.mark.django_db
def test_a_citizen_has_no_name_in_the_timeline() -> None:
    city.build()
    case = city.report(by=PUBLIC).case
    with translation.override("zh-hans"):
        assert [one.by for one in moments(list(service.timeline(case)), {})][-1] == "市民"

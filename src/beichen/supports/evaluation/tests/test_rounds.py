"""A round from its opening to a decided appeal, and who is kept from what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from beichen.kernel.actor import PUBLIC
from beichen.kernel.bus.models import OutboxEvent
from beichen.problem import ProblemError
from beichen.supports.evaluation import service
from beichen.supports.evaluation.models import Appeal, Round, Score
from beichen.supports.evaluation.tests.city import BY, MONDAY, acting_as, found_city, running, scheme, subject

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SURVEY = """subject,question,n,mean,method,from,to,margin
990101,您满意吗？,420,4.2,入户,2024-03-01,2024-03-20,0.1
西区,您满意吗？,400,3.4,入户,2024-03-01,2024-03-20,
"""


@pytest.fixture(autouse=True)
def _city() -> None:
    found_city()


def refused(act: Any, *arguments: Any, **named: Any) -> list[str]:
    """The codes of what is wrong."""
    with pytest.raises(ProblemError) as error:
        act(*arguments, **named)
    return [problem.code for problem in error.value.problems]


def lines(score: Score) -> dict[str, Any]:
    return {line["key"]: line for line in score.lines}


def fed(round_: Round) -> Round:
    """Everything has come in but the county's."""
    east, west = subject(round_, "990101"), subject(round_, "990102")
    at = MONDAY + DAY
    service.report_on(east, "work", Decimal(80), "完成八成", by=BY, at=at)
    service.report_on(west, "work", Decimal(90), "完成九成", by=BY, at=at)
    service.assess(east, "view", Decimal(70), "尚可", by=acting_as("evaluator", "planning", "990100"), at=at)
    service.assess(east, "view", Decimal(90), "较好", by=BY, at=at)
    service.assess(west, "view", Decimal(60), "一般", by=BY, at=at)
    service.give_points(east, "pilot", Decimal(2), "国家试点", by=BY, at=at)
    service.give_points(east, "pilot", Decimal(2), "省级试点", by=BY, at=at)
    service.give_points(west, "accident", Decimal(1), "一般事故", by=BY, at=at)
    service.import_survey(round_, "people", SURVEY.encode(), "survey.csv", by=BY, at=at)
    return round_


def reviewed(round_: Round) -> Round:
    """A draft lies under review."""
    row = service.advance_round(fed(round_), by=BY, at=round_.reports_due + DAY)
    return service.advance_round(row, by=BY, at=row.inputs_due)


def published(round_: Round) -> Round:
    row = reviewed(round_)
    return service.advance_round(row, by=BY, at=row.inputs_due + DAY)


def test_a_round_names_whoever_answers_and_its_days_by_the_working_calendar() -> None:
    round_ = running()
    assert {row.key: row.body.key for row in round_.subjects.select_related("body") if row.body} == {
        "990101": "east",
        "990102": "west",
        "990103": "north",
    }
    assert round_.reports_due.date() == (MONDAY + 21 * DAY).date(), "fifteen working days"
    assert round_.inputs_due.date() == date(2024, 4, 9), "Qingming, and the Sunday worked for it"


def test_scores_are_computed_with_figures_and_sources() -> None:
    round_ = reviewed(running())
    scores = {score.subject.key: score for score in service.results_of(round_)}
    east, west, north = scores["990101"], scores["990102"], scores["990103"]
    # air (75−60)/30 = 50, work 80 → 65 × .6 = 39; view 80 × .2 = 16; people (4.2−1)/4 = 80 × .2 = 16; bonus 3
    assert east.total == Decimal(74)
    # air 80, work 90 → 85 × .6 = 51; view 60 × .2 = 12; people 60 × .2 = 12; deduction 1
    assert west.total == Decimal(74)
    assert (east.rank, west.rank, east.peers) == (1, 1, 2)
    assert east.grade == "一般"
    air = lines(east)["air"]
    assert air["basis"] == [{"value": "75", "source": "环境公报", "note": "2023"}]
    assert (air["value"], air["unit"], air["points"]) == ("75", "%", "15.00")
    assert lines(east)["pilot"]["points"] == "3.00", "four were given, three are the limit"
    assert len(lines(east)["view"]["basis"]) == 2
    assert lines(west)["people"]["basis"][0]["n"] == 400
    assert north.total == 0, "nothing is known, and the survey's missing is zero"
    assert lines(north)["work"]["how"] == "dropped"


def test_a_review_comments_and_corrects_with_a_reason() -> None:
    round_ = reviewed(running())
    east = subject(round_, "990101")
    service.comment_on(round_, "核对空气数据", by=BY, subject=east)
    service.correct_score(east, "air", Decimal(60), "监测站迁址", by=BY)
    assert refused(service.correct_score, east, "air", Decimal(60), " ", by=BY) == ["EVA-115"]
    scores = {score.subject.key: score for score in service.results_of(round_)}
    assert scores["990101"].total == Decimal(77)
    air = lines(scores["990101"])["air"]
    assert air["how"] == "corrected"
    assert air["basis"][-1] == {"value": "60", "source": "correction", "note": "监测站迁址"}
    assert round_.results.count() == 1, "a draft is computed anew, not twice"


def test_published_results_stay_and_an_upheld_appeal_makes_the_next_version() -> None:
    round_ = published(running())
    assert [row.key for row in service.published_rounds()] == ["mid-term"]
    officer = acting_as("officer", "east", "990101")
    east = subject(round_, "990101")
    file = BytesIO("证据".encode())
    appeal = service.file_appeal(
        east, "work", "漏计两项工程", by=officer, file=file, file_name="a.txt", at=round_.published_at
    )
    assert refused(service.file_appeal, east, "work", "再次", by=officer, at=round_.published_at) == [
        "EVA-123"
    ]
    service.decide_appeal(appeal, "核实无误", score=Decimal(100), by=BY)
    assert refused(service.decide_appeal, appeal, "again", score=None, by=BY) == ["EVA-123"]
    old, new = service.results_of(round_, 1), service.results_of(round_)
    assert {score.subject.key: score.total for score in old}["990101"] == Decimal(74)
    assert {score.subject.key: score.total for score in new}["990101"] == Decimal(80)
    assert {score.subject.key: score.rank for score in new} == {"990101": 1, "990102": 2, "990103": 1}
    assert service.current_result(round_).reason == "核实无误"
    assert [score.total for score in service.history_of("990101", "region")] == [Decimal(80)]
    types = set(OutboxEvent.objects.values_list("type", flat=True))
    assert {"evaluation.round.opened", "evaluation.appeal.filed", "evaluation.appeal.decided"} <= types


def test_a_dismissed_appeal_changes_nothing_but_says_why() -> None:
    round_ = published(running())
    appeal = service.file_appeal(
        subject(round_, "990102"),
        "view",
        "不服",
        by=acting_as("officer", "west", "990102"),
        at=round_.published_at,
    )
    service.decide_appeal(appeal, "依据充分", score=None, by=acting_as("planner", "planning", "990100"))
    assert Appeal.objects.get().status == "dismissed"
    assert round_.results.count() == 1


def test_what_comes_late_or_at_the_wrong_stage_is_refused() -> None:
    round_ = running()
    east = subject(round_, "990101")
    late = round_.reports_due + DAY
    assert refused(service.report_on, east, "work", Decimal(1), "x", by=BY, at=late) == ["EVA-109"]
    assert refused(service.advance_round, round_, by=BY, at=MONDAY + DAY) == ["EVA-109"]
    assert refused(service.comment_on, round_, "x", by=BY) == ["EVA-108"]
    assert refused(service.file_appeal, east, "work", "x", by=BY) == ["EVA-108"]
    longer = service.extend_round(round_, 5, reason="防汛", by=BY)
    service.report_on(east, "work", Decimal(1), "x", by=BY, at=late)
    assert longer.reports_due.date() == (MONDAY + 28 * DAY).date()
    assert refused(service.extend_round, round_, 5, reason="", by=BY) == ["EVA-115"]
    done = published(longer)
    assert done.appeals_due is not None
    after = done.appeals_due + DAY
    assert refused(service.file_appeal, east, "work", "x", by=BY, at=after) == ["EVA-109"]


def test_numbers_and_criteria_are_checked() -> None:
    round_ = running()
    east = subject(round_, "990101")
    at = MONDAY + DAY
    assert refused(service.report_on, east, "work", Decimal(101), "x", by=BY, at=at) == ["EVA-110"]
    assert refused(service.report_on, east, "work", Decimal("NaN"), "x", by=BY, at=at) == ["EVA-110"]
    assert refused(service.report_on, east, "air", Decimal(1), "x", by=BY, at=at) == ["EVA-111"]
    assert refused(service.assess, east, "work", Decimal(1), "x", by=BY, at=at) == ["EVA-111"]
    assert refused(service.give_points, east, "pilot", Decimal(4), "x", by=BY, at=at) == ["EVA-110"]
    assert refused(service.import_survey, round_, "air", b"", "a.csv", by=BY, at=at) == ["EVA-111"]


def test_everybody_does_only_what_is_theirs() -> None:
    round_ = running()
    east, west = subject(round_, "990101"), subject(round_, "990102")
    at = MONDAY + DAY
    officer = acting_as("officer", "east", "990101")
    planner = acting_as("planner", "planning", "990100")
    inside = acting_as("evaluator", "east", "990100")
    service.report_on(east, "work", Decimal(80), "x", by=officer, at=at)
    assert refused(service.report_on, west, "work", Decimal(80), "x", by=officer, at=at) == ["ACC-403"]
    assert refused(service.report_on, east, "work", Decimal(80), "x", by=planner, at=at) == ["ACC-403"]
    assert refused(service.assess, east, "view", Decimal(80), "x", by=officer, at=at) == ["ACC-403"]
    assert refused(service.assess, east, "view", Decimal(80), "x", by=inside, at=at) == ["EVA-117"]
    service.assess(west, "view", Decimal(80), "x", by=inside, at=at)
    assert refused(service.advance_round, round_, by=officer) == ["ACC-403"]
    assert list(service.rounds_for(PUBLIC)) == []
    assert list(service.rounds_for(officer)) == [round_]
    assert list(service.rounds_for(planner)) == [round_]
    assert list(service.rounds_for(acting_as("officer", "water", "990100"))) == []


def test_a_draft_scheme_opens_no_round_and_a_key_serves_once() -> None:
    draft = scheme()
    assert refused(service.open_round, draft, "a", "A", "2023", by=BY) == ["EVA-108"]
    adopted = service.adopt_scheme(draft, by=BY)
    assert refused(service.open_round, adopted, "a", "A", "2023/2021", by=BY) == ["EVA-121"]
    service.open_round(adopted, "a", "A", "2023", by=BY)
    assert refused(service.open_round, adopted, "a", "A", "2023", by=BY) == ["EVA-119"]


def test_computing_takes_a_fixed_number_of_queries(django_assert_max_num_queries: Any) -> None:
    round_ = fed(running())
    row = service.advance_round(round_, by=BY, at=round_.reports_due + DAY)
    with django_assert_max_num_queries(32):
        service.advance_round(row, by=BY, at=row.inputs_due)

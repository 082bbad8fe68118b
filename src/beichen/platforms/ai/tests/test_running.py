"""A run: what a model is given, what is kept of its answer, and what is left alone when it fails."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.bus.event import Event, decode
from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.ai import process, service
from beichen.platforms.ai.models import Finding, Prediction, Run, Score
from beichen.platforms.ai.tests import ground
from beichen.platforms.ai.tests.ground import HEAD, KEY, NOW
from beichen.platforms.ai.words import Outcome
from beichen.platforms.warehouse import service as warehouse
from beichen.problem import ProblemError
from beichen.registry.models import Measurement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tables")]


def told(kind: str) -> list[Event]:
    """What the bus carries of a type."""

    rows = [decode(row) for row in OutboxEvent.objects.order_by("id").values_list("payload", flat=True)]
    return [event for event in rows if event.type == kind]


def body(text: str) -> str:
    """A model whose function does this."""
    lines = "".join(f"    {line}\n" for line in text.strip().splitlines())
    return f"{HEAD}\n@model\ndef ahead(inputs: Inputs) -> Answer:\n{lines}"


def test_a_forecast_goes_to_the_table_the_thing_and_the_page() -> None:
    ground.town()
    ground.tank()
    ground.declare()
    ground.measured({"T-1": [1.0, 1.2, 1.4]})
    run = service.run_model(KEY, by=ground.BY, now=NOW)
    assert (run.outcome, run.forecasts, run.findings, run.figures) == (Outcome.DONE, 2, 0, {"tanks": 1.0})
    assert len(run.inputs) == 64
    kept = [(one.at - NOW, round(one.value, 6), one.low) for one in Prediction.objects.order_by("at")]
    assert [at for at, _value, _low in kept] == [timedelta(minutes=30), timedelta(hours=1)]
    assert [value for _at, value, _low in kept] == [1.6, 1.8]
    soon = Measurement.objects.get(object__code="T-1", name="soon_m")
    assert (round(soon.number or 0, 6), soon.at, soon.source) == (1.8, NOW, f"model:{KEY}")
    with warehouse.reader() as ask:
        rows = ask.sql(
            "SELECT thing, region, last_value, version FROM forecasts ORDER BY valid_at"
        ).to_pylist()
    assert [row["thing"] for row in rows] == ["T-1", "T-1"]
    assert rows[0]["region"] == "990102"
    assert rows[0]["last_value"] == 1.4
    assert AuditRecord.objects.filter(action="ai.model.run").count() == 1


def test_a_run_again_writes_no_row_twice_and_the_newest_replaces() -> None:
    ground.town()
    ground.tank()
    ground.declare()
    ground.measured({"T-1": [1.0, 1.2]})
    for _each in range(2):
        service.run_model(KEY, by=ground.BY, now=NOW)
    later = NOW + timedelta(minutes=10)
    ground.measured({"T-1": [1.3]}, until=later)
    service.run_model(KEY, by=ground.BY, now=later)
    service.run_model(KEY, by=ground.BY, now=NOW)  # for an earlier time: its own row alone
    assert set(Prediction.objects.values_list("issued_at", flat=True)) == {later}
    with warehouse.reader() as ask:
        assert ask.sql("SELECT count(*) AS n FROM forecasts")["n"][0].as_py() == 4
    assert Run.objects.count() == 4


def test_a_model_sees_nothing_newer_than_its_time() -> None:
    """Neither a reading nor a latest value: a run can be made for the past."""
    ground.town()
    ground.tank()
    ground.declare(
        body("""
one = next(inputs.of("tank"))
assert all(each.at <= inputs.now for each in one.series["level_m"])
return Answer(figures={"latest": one.latest["level_m"].value, "readings": len(one.series["level_m"])})""")
    )
    ground.measured({"T-1": [1.0, 2.0]})
    ground.measured({"T-1": [9.0]}, until=NOW + timedelta(hours=1))
    run = service.run_model(KEY, by=ground.BY, now=NOW)
    assert run.figures == {"latest": 2.0, "readings": 2.0}, run.reason_en


def test_a_finding_is_told_once_and_is_over_after_two_runs_without_it() -> None:
    ground.town()
    ground.tank()
    ground.declare()
    ground.measured({"T-1": [3.0, 3.5]}, is_demo=True)
    for minutes in (0, 5):
        service.run_model(KEY, by=ground.BY, now=NOW + timedelta(minutes=minutes))
    (event,) = told("tanks.full")
    assert (event.subject, event.region) == ("T-1", "/990000/990100/990102/")
    assert event.data["level_m"] == 4.5
    assert event.data["explanation"] == {"zh": "将满", "en": "It will be full"}
    assert (event.data["longitude"], event.data["is_demo"]) == (125.33, True)
    ground.measured({"T-1": [3.5, 3.5, 3.5, 3.5, 3.5]}, until=NOW + timedelta(hours=3))
    for hours, cleared in ((3.0, 0), (3.1, 1), (3.2, 1)):
        service.run_model(KEY, by=ground.BY, now=NOW + timedelta(hours=hours))
        assert len(told("ai.finding.cleared")) == cleared
    over = told("ai.finding.cleared")[0]
    assert (over.data["type"], over.subject) == ("tanks.full", "T-1")
    assert Finding.objects.get().cleared_at is not None


BAD = [
    ("return 3", Outcome.FAILED, "TypeError"),
    ("raise ValueError('no such tank')", Outcome.FAILED, "no such tank (model.py line 8)"),
    ("import nowhere_to_be_had", Outcome.MISSING, "nowhere_to_be_had is not installed"),
    ("raise NotEnough('没有雨量', 'No rain is known')", Outcome.NOT_ENOUGH, "No rain is known"),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", Outcome.CRASHED, "signal 11"),
    ("import os\nos._exit(3)", Outcome.CRASHED, "status 3"),
    ("return Answer([Forecast('T-1', 'level_m', inputs.now + inputs.horizon, float('nan'))])",
     Outcome.BAD_ANSWER, "no finite number"),
    ("return Answer([Forecast('T-9', 'level_m', inputs.now + inputs.horizon, 1)])",
     Outcome.BAD_ANSWER, "does not declare"),
    ("return Answer([Forecast('T-1', 'level_m', inputs.now, 1)])", Outcome.BAD_ANSWER, "horizon"),
    ("return Answer([Forecast('T-1', 'level_m', inputs.now + inputs.horizon, 1, 2, 3)])",
     Outcome.BAD_ANSWER, "bounds"),
    ("return Answer([Forecast('T-1', 'level_m', inputs.now + inputs.horizon, 1)] * 2)",
     Outcome.BAD_ANSWER, "same time"),
    ("return Answer(findings=[Finding('T-1', 'tanks.other', '甲', 'a')])",
     Outcome.BAD_ANSWER, "does not declare"),
    ("return Answer(findings=[Finding('T-1', 'tanks.full', 'a' * 40_000_000, 'b')])",
     Outcome.BAD_ANSWER, "MB"),
    ("held = bytearray(900_000_000)\nreturn Answer()", Outcome.TOO_LARGE, "512 MB"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "outcome", "reason"), BAD, ids=[f"{n}-{one[1]}" for n, one in enumerate(BAD)]
)
def test_what_goes_wrong_is_kept_as_its_reason_and_changes_nothing(
    text: str, outcome: Outcome, reason: str
) -> None:
    ground.town()
    ground.tank()
    ground.declare()
    ground.measured({"T-1": [3.0, 3.5]})
    service.run_model(KEY, by=ground.BY, now=NOW)
    before = set(Prediction.objects.values_list("at", "value"))
    ground.declare(body(text))
    run = service.run_model(KEY, by=ground.BY, now=NOW + timedelta(minutes=1))
    assert run.outcome == outcome, run.reason_en
    assert reason in run.reason_en
    assert run.reason
    assert (run.forecasts, run.findings) == (0, 0)
    assert set(Prediction.objects.values_list("at", "value")) == before
    assert Finding.objects.filter(cleared_at=None).count() == 1
    assert [event.subject for event in told("ai.model.failed")] == [KEY]


def test_a_model_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it waits or computes; what it started ends with it."""
    monkeypatch.setattr(process, "START_SECONDS", 0)
    ground.town()
    ground.tank()
    ground.declare(body("import time\ntime.sleep(60)"), limits={"seconds": 1})
    run = service.run_model(KEY, by=ground.BY, now=NOW)
    assert (run.outcome, run.reason_en) == (Outcome.TOO_LONG, "It did not end within 1 seconds.")
    assert run.seconds < 50, "it would have slept for sixty"


def test_a_model_knows_no_secret_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_SECRET_KEY", "not for models")
    ground.town()
    ground.tank()
    ground.declare(
        body("""
import os, sys
assert not [name for name in os.environ if "BEICHEN" in name or "DJANGO" in name]
return Answer(figures={"django": float("django" in sys.modules)})""")
    )
    run = service.run_model(KEY, by=ground.BY, now=NOW)
    assert (run.outcome, run.figures) == (Outcome.DONE, {"django": 0.0}), run.reason_en


def test_forecasts_are_judged_against_what_came() -> None:
    """The tanks rise steadily: the model is right, saying that nothing changes is not."""
    ground.town()
    ground.tank()
    ground.declare()
    ground.measured({"T-1": [1.0, 1.2, 1.4]})
    service.run_model(KEY, by=ground.BY, now=NOW)
    assert service.judge_forecasts(by=ground.BY, now=NOW + timedelta(minutes=1)) == 0
    ground.measured({"T-1": [1.6, 1.9]}, until=NOW + timedelta(hours=1))
    assert service.judge_forecasts(by=ground.BY, now=NOW + timedelta(hours=2)) == 2
    half, whole = Score.objects.order_by("ahead")
    assert (half.ahead, half.number, whole.ahead) == (30, 1, 60)
    assert half.error == pytest.approx(0.0, abs=1e-9)
    assert whole.error == pytest.approx(0.1)
    assert whole.persistence == pytest.approx(0.5)
    assert whole.skill == pytest.approx(0.8)
    assert whole.covered == 1.0


def test_who_may_not_run_a_model_does_not() -> None:
    ground.town()
    ground.declare()
    with pytest.raises(ProblemError) as error:
        service.run_model(KEY, by=ground.officer("steward"), now=NOW)
    assert error.value.problems[0].code == "ACC-403"
    with pytest.raises(ProblemError) as error:
        service.find_model("tanks.none", by=ground.BY)
    assert error.value.problems[0].code == "AIM-101"


def test_forecasts_of_another_district_are_not_seen() -> None:
    ground.town()
    ground.tank("T-1", "990102")
    ground.tank("T-2", "990103")
    row = ground.declare()
    ground.measured({"T-1": [1.0, 1.2], "T-2": [3.0, 3.9]})
    service.run_model(KEY, by=ground.BY, now=NOW)
    here = ground.officer(region="990102")
    assert {one.thing.code for one in service.predictions_of(row, by=here)} == {"T-1"}
    assert list(service.findings_of(row, by=here)) == []
    assert service.findings_of(row, by=ground.officer()).count() == 1


def test_what_is_installed_is_what_runs(tmp_path: Path) -> None:
    """A version names the Python and the declaration; what is withdrawn foretells nothing more."""
    ground.town()
    ground.tank()
    first = ground.declare().version
    assert ground.declare(parameters={"step_min": 20}).version != first
    assert ground.declare().version == first
    ground.measured({"T-1": [1.0, 1.2]})
    service.run_model(KEY, by=ground.BY, now=NOW)
    service.declare_models({}, "", {}, scene="tanks", by=ground.BY)
    assert not Prediction.objects.exists()
    assert not service.models(by=ground.BY).exists()
    assert Run.objects.count() == 1

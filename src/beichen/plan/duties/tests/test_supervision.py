"""Supervision notes: the exchange stays whole, and each step is taken by whom it belongs to."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from beichen.plan.duties import codes
from beichen.plan.duties.models import Duty, NoteEntry, SupervisionNote
from beichen.plan.duties.service import (
    Upload,
    answer_note,
    close_note,
    note_by_number,
    reopen_note,
    write_note,
)
from beichen.plan.duties.tests.conftest import BY, Appoint, at
from beichen.plan.models import Plan
from beichen.problem import ProblemError

NOW = at(2024, 7, 1)


@pytest.fixture
def note(park: Duty) -> SupervisionNote:
    return write_note(park, "进度滞后", "请说明原因", date(2024, 7, 12), by=BY, now=NOW)


def test_the_whole_exchange_is_kept(plan: Plan, note: SupervisionNote, actor: Appoint) -> None:
    gardener, planner = actor("officer", "gardens"), actor("planner", "government")
    file = Upload("说明.pdf", BytesIO(b"%PDF-1.4 x"))
    answer_note(note, "已加快", by=gardener, files=[file], now=NOW)
    reopen_note(note, "请附照片", date(2024, 8, 1), by=planner, now=NOW)
    answer_note(note, "照片见附件", by=gardener, now=NOW)
    close_note(note, "属实", by=planner, now=NOW)
    found = note_by_number(plan, note.number)
    assert found.status == "closed"
    entries = list(found.entries.order_by("id"))
    assert [entry.verb for entry in entries] == ["written", "answered", "reopened", "answered", "closed"]
    assert entries[1].evidence.count() == 1
    assert entries[2].due == found.due == date(2024, 8, 1)


def test_each_step_belongs_to_somebody(note: SupervisionNote, actor: Appoint) -> None:
    gardener, roadman = actor("officer", "gardens"), actor("officer", "roads")
    with pytest.raises(ProblemError, match="ACC-403"):
        answer_note(note, "x", by=roadman)
    answer_note(note, "已加快", by=gardener, now=NOW)
    with pytest.raises(ProblemError, match="ACC-403"):
        close_note(note, "x", by=gardener)
    with pytest.raises(ProblemError, match="ACC-403"):
        write_note(note.duty, "x", "x", date(2024, 8, 1), by=gardener)


def test_steps_out_of_order_are_refused(note: SupervisionNote) -> None:
    with pytest.raises(ProblemError, match=codes.NOTE_STATUS):
        close_note(note, "x", by=BY)
    with pytest.raises(ProblemError, match=codes.NOTE_STATUS):
        reopen_note(note, "x", date(2024, 8, 1), by=BY, now=NOW)
    answer_note(note, "x", by=BY, now=NOW)
    with pytest.raises(ProblemError, match=codes.NOTE_STATUS):
        answer_note(note, "x", by=BY)


def test_every_gap_is_told_and_nothing_is_kept(plan: Plan, park: Duty, note: SupervisionNote) -> None:
    with pytest.raises(ProblemError) as refused:
        write_note(park, " ", " ", date(2024, 7, 1), by=BY, now=NOW)
    assert [problem.where.field for problem in refused.value.problems] == ["title", "text", "due"]
    assert {problem.code for problem in refused.value.problems} == {codes.NOTE}
    with pytest.raises(ProblemError, match=codes.NOTE):
        answer_note(note, " ", by=BY)
    other = Duty.objects.select_related("plan__region").get(key="p2")
    with pytest.raises(ProblemError, match=codes.UNASSIGNED):
        write_note(other, "x", "x", date(2024, 8, 1), by=BY, now=NOW)
    with pytest.raises(ProblemError, match=codes.NO_NOTE):
        note_by_number(plan, 99)
    assert NoteEntry.objects.count() == 1

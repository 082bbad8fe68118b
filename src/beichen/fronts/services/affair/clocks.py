"""The clocks of an affair: its promise, the time of its steps, its timers. All count working time.

They stand still together while the affair is suspended or waits for material (行政许可法
第四十五条: such time is not counted), and go on together with what was left. Due times are worked out once
and kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from beichen.fronts.services.affair.leads import lead_of
from beichen.fronts.services.models import Affair, Task, Timer
from beichen.kernel.calendar import service as calendar

WARNING = 0.8
"""At which share of its time a step shows its yellow card (黄牌); when it is over, its red one (红牌)."""


def due(start: datetime, time: timedelta) -> datetime:
    """When ``time`` is over: days are working days, hours working hours."""
    return calendar.deadline(start, time, working=True)


def warning(start: datetime, end: datetime) -> datetime:
    """When four fifths of the working time between are over."""
    working = calendar.working_time()
    return min(end, working.add(start, working.between(start, end) * WARNING))


def _left(now: datetime, end: datetime) -> int:
    """The working seconds until ``end``; below zero when it is over."""
    if now <= end:
        return int(calendar.working_time_between(now, end).total_seconds())
    return -int(calendar.working_time_between(end, now).total_seconds())


def _again(now: datetime, left: int) -> datetime:
    return calendar.working_time().add(now, timedelta(seconds=max(left, 0)))


def pause_task(task: Task, now: datetime) -> None:
    """Stop a step's clock; not saved yet."""
    task.is_paused, task.left = True, _left(now, task.due_at)


def pause_timer(timer: Timer, now: datetime) -> None:
    """Stop a timer; not saved yet."""
    if timer.due_at is not None:
        timer.left, timer.due_at = _left(now, timer.due_at), None


def stop(affair: Affair, now: datetime) -> None:
    """Stop all clocks of an affair whose first pause begins; the affair itself is not saved yet."""
    affair.left, affair.stopped_at = _left(now, affair.promised_at), now
    for task in Task.objects.filter(affair=affair, closed_at=None):
        pause_task(task, now)
        task.save(update_fields=["is_paused", "left"])
    for timer in Timer.objects.filter(affair=affair, closed_at=None):
        pause_timer(timer, now)
        timer.save(update_fields=["due_at", "left"])


def go_on(affair: Affair, now: datetime) -> None:
    """Let all clocks go on after the last pause; the affair itself is not saved yet.

    A time that was over stays over: its step was late before the pause.
    """
    if affair.left is not None and affair.left >= 0:
        affair.promised_at = _again(now, affair.left)
    if affair.stopped_at is not None:
        affair.paused += int(calendar.working_time_between(affair.stopped_at, now).total_seconds())
    affair.left = affair.stopped_at = None
    for task in Task.objects.filter(affair=affair, closed_at=None, is_paused=True):
        if task.left is not None and task.left >= 0:
            task.due_at = _again(now, task.left)
            task.warn_at = warning(min(now, task.due_at), task.due_at)
            task.lead = lead_of(task.warn_at, task.due_at)
        task.is_paused, task.left = False, None
        task.save(update_fields=["is_paused", "left", "due_at", "warn_at", "lead"])
    for timer in Timer.objects.filter(affair=affair, closed_at=None, left__isnull=False):
        timer.due_at, timer.left = _again(now, timer.left or 0), None
        timer.save(update_fields=["due_at", "left"])


def working_days(affair: Affair, now: datetime) -> float:
    """How many working days the affair took, to a tenth: what was paused is not counted."""
    spans = calendar.working_time().spans
    day = sum((last.hour * 60 + last.minute - first.hour * 60 - first.minute) * 60 for first, last in spans)
    used = calendar.working_time_between(affair.opened_at, now).total_seconds() - affair.paused
    return round(max(used, 0.0) / day, 1)

"""Appointments and queue numbers: the working calendar, no place twice, who may, what is called next."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.fronts.services.items import booking, queueing
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.declaration import read_window_entry
from beichen.fronts.services.items.models import Appointment, Ticket
from beichen.fronts.services.items.opening import is_open, slots_of, spans_on
from beichen.fronts.services.items.words import BookingState, TicketState
from beichen.fronts.services.tests import stall
from beichen.fronts.services.tests.town import MONDAY, SETUP, ZONE, person
from beichen.problem import ProblemError

HALL = read_window_entry(stall.HALL)
TEN = datetime(2025, 6, 10, 10, 0, tzinfo=ZONE)  # on Tuesday


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problems[0].code


def book(subject: str = "P-1", at: datetime = TEN) -> Appointment:
    return booking.book("hall", at, subject, by=SETUP, now=MONDAY)


@pytest.mark.django_db
class TestOpening:
    def test_slots_are_whole_and_within_hours(self) -> None:
        found = [f"{one.starts:%H:%M}" for one in slots_of(HALL, date(2025, 6, 10))]
        assert found == ["09:00", "09:30", "10:00", "10:30", "13:00", "13:30"]

    def test_days_off_and_made_up_working_days_are_the_calendars(self) -> None:
        assert spans_on(HALL, date(2025, 6, 2)) == [], "the Dragon Boat festival, a Monday"
        assert spans_on(HALL, date(2025, 6, 14)) == [], "an ordinary Saturday"
        assert spans_on(HALL, date(2025, 4, 27)) != [], "a Sunday that is worked"

    def test_a_saturday_of_its_own_is_kept(self) -> None:
        own = read_window_entry(
            {**stall.HALL, "hours": [{"from": "09:00", "to": "10:00", "days": ["sat", "mon"]}]}
        )
        assert len(slots_of(own, date(2025, 6, 14))) == 2
        assert is_open(own, datetime(2025, 6, 14, 9, 30, tzinfo=ZONE))
        assert not is_open(own, datetime(2025, 6, 14, 10, 0, tzinfo=ZONE))

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.integers(5, 240),
        st.tuples(st.integers(0, 23), st.integers(0, 59)),
        st.tuples(st.integers(0, 23), st.integers(0, 59)),
    )
    def test_slots_never_overlap_nor_leave_the_hours(
        self, minutes: int, opens: tuple[int, int], closes: tuple[int, int]
    ) -> None:
        hours = {"from": f"{opens[0]:02d}:{opens[1]:02d}", "to": f"{closes[0]:02d}:{closes[1]:02d}"}
        window = read_window_entry({**stall.HALL, "hours": [hours], "slot": f"{minutes}m"})
        found = slots_of(window, date(2025, 6, 10))
        for one, following in pairwise(found):
            assert one.ends == following.starts
        assert all((one.starts.hour, one.starts.minute) >= opens for one in found)
        assert all((one.ends.hour, one.ends.minute) <= closes for one in found)


@pytest.mark.django_db
class TestBooking:
    @pytest.fixture(autouse=True)
    def city(self) -> None:
        stall.build()

    def test_a_place_is_booked_and_the_slot_fills(self) -> None:
        book("P-1")
        book("P-2")
        free = {
            f"{one.starts:%H:%M}": one.free for one in booking.slots(items.window("hall"), TEN.date(), MONDAY)
        }
        assert (free["10:00"], free["10:30"]) == (0, 2)
        with pytest.raises(ProblemError) as error:
            book("P-3")
        assert code_of(error) == "SRV-406"

    @pytest.mark.parametrize(
        "at",
        [
            TEN + timedelta(minutes=10),
            TEN.replace(hour=12),
            TEN + timedelta(days=4),
            MONDAY - timedelta(days=1),
            TEN + timedelta(days=100),
            datetime(2025, 6, 9, 9, 0, tzinfo=ZONE),
        ],
        ids=["between", "closed", "saturday", "past", "too far", "now"],
    )
    def test_a_time_that_is_no_slot_is_refused(self, at: datetime) -> None:
        with pytest.raises(ProblemError) as error:
            book(at=at)
        assert code_of(error) == "SRV-405"

    def test_a_day_is_offered_until_its_last_slot_begins(self) -> None:
        hall = items.window("hall")
        before, after = (datetime(2025, 6, 10, 13, minute, tzinfo=ZONE) for minute in (29, 30))
        assert booking.days(hall, before)[0] == date(2025, 6, 10)
        assert booking.days(hall, after)[0] == date(2025, 6, 11)
        assert all(booking.slots(hall, day, after) for day in booking.days(hall, after))

    def test_a_place_that_is_given_back_is_free(self) -> None:
        one = book("P-1")
        book("P-2")
        booking.cancel(one.code, by=SETUP, now=MONDAY)
        assert book("P-3").seat == one.seat
        with pytest.raises(ProblemError) as error:
            booking.cancel(one.code, by=SETUP, now=MONDAY)
        assert code_of(error) == "SRV-408"

    def test_moving_frees_the_old_place_and_keeps_the_number(self) -> None:
        one = book("P-1")
        moved = booking.move(one.code, TEN.replace(hour=13), by=SETUP, now=MONDAY)
        assert (moved.code, moved.starts_at.astimezone(ZONE).hour) == (one.code, 13)
        book("P-2")
        book("P-3")
        with pytest.raises(ProblemError) as error:
            booking.move(one.code, TEN, by=SETUP, now=MONDAY)
        assert code_of(error) == "SRV-406"

    def test_one_applicant_holds_a_few_at_most(self) -> None:
        for hour, minute in ((9, 0), (9, 30), (10, 0), (10, 30), (13, 0)):
            book(at=TEN.replace(hour=hour, minute=minute))
        with pytest.raises(ProblemError) as error:
            book(at=TEN.replace(hour=13, minute=30))
        assert code_of(error) == "SRV-418"

    def test_nobody_books_for_others_nor_sees_theirs(self) -> None:
        stranger = person("officer", "fire")
        with pytest.raises(ProblemError) as error:
            booking.book("hall", TEN, "P-1", by=stranger, now=MONDAY)
        assert code_of(error) == "ACC-302"
        own = stranger.key.removeprefix("person:")
        mine = booking.book("hall", TEN, own, by=stranger, now=MONDAY)
        assert booking.find_appointment(mine.code, by=stranger).pk == mine.pk
        with pytest.raises(ProblemError) as error:
            booking.find_appointment(mine.code, by=person("officer", "planning"))
        assert code_of(error) == "SRV-407"
        clerk = person("attendant", "window")
        assert booking.find_appointment(mine.code, by=clerk).pk == mine.pk
        assert [row.pk for row in booking.appointments_at(clerk)] == [mine.pk]
        assert [row.pk for row in booking.appointments_of(stranger)] == [mine.pk]

    def test_who_does_not_come_is_marked_and_reminders_are_looked_at_once(self) -> None:
        one = book("P-1")
        assert booking.send_reminders(TEN - timedelta(days=1, seconds=1), by=SETUP) == 0
        assert booking.send_reminders(TEN - timedelta(days=1), by=SETUP) == 1
        assert booking.send_reminders(TEN, by=SETUP) == 0
        assert booking.miss_appointments(one.ends_at - timedelta(seconds=1), by=SETUP) == 0
        assert booking.miss_appointments(one.ends_at, by=SETUP) == 1
        one.refresh_from_db()
        assert one.state == BookingState.MISSED

    def test_no_such_window(self) -> None:
        with pytest.raises(ProblemError) as error:
            booking.book("hell", TEN, "P-1", by=SETUP, now=MONDAY)
        assert code_of(error) == "SRV-404"
        assert "hall" in error.value.problems[0].hint


@pytest.mark.django_db(transaction=True)
def test_many_who_book_at_once_get_only_the_places_there_are() -> None:
    stall.build()
    start = threading.Barrier(8)
    told: list[int | str] = []

    def run(number: int) -> None:
        start.wait()
        try:
            told.append(booking.book("hall", TEN, f"P-{number}", by=SETUP, now=MONDAY).seat)
        except ProblemError as error:
            told.append(error.problems[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["0", "1", *["SRV-406"] * 6]
    assert Appointment.objects.filter(starts_at=TEN).count() == 2


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_and_called_at_once_are_each_one() -> None:
    stall.build()
    moment = TEN
    start = threading.Barrier(6)
    told: list[int | None] = []

    def run() -> None:
        start.wait()
        try:
            queueing.take_number("hall", by=SETUP, now=moment)
            called = queueing.call_next("hall", 1, by=SETUP, now=moment)
            told.append(called.number if called else None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert len(told) == len(set(told)) == 6


@pytest.mark.django_db
class TestQueue:
    @pytest.fixture(autouse=True)
    def city(self) -> None:
        stall.build()

    def test_who_has_an_appointment_is_called_first(self) -> None:
        queueing.take_number("hall", by=SETUP, now=TEN)
        booked = book("P-1")
        ticket = queueing.take_number("hall", by=SETUP, appointment=booked.code, now=TEN)
        booked.refresh_from_db()
        assert booked.state == BookingState.ARRIVED
        called = queueing.call_next("hall", 2, by=SETUP, now=TEN)
        assert called is not None
        assert (called.pk, called.counter, queueing.label_of(items.window("hall"), called)) == (
            ticket.pk,
            2,
            "A002",
        )
        following = queueing.call_next("hall", 1, by=SETUP, now=TEN)
        assert following is not None
        assert following.number == 1
        assert queueing.call_next("hall", 1, by=SETUP, now=TEN) is None

    def test_a_number_is_served_or_passed_over_and_may_wait_again(self) -> None:
        queueing.take_number("hall", by=SETUP, now=TEN)
        with pytest.raises(ProblemError) as error:
            queueing.settle("hall", 1, TicketState.SERVED, by=SETUP, now=TEN)
        assert code_of(error) == "SRV-419"
        queueing.call_next("hall", 1, by=SETUP, now=TEN)
        assert queueing.settle("hall", 1, TicketState.SKIPPED, by=SETUP, now=TEN).done_at is not None
        assert queueing.settle("hall", 1, TicketState.WAITING, by=SETUP, now=TEN).done_at is None
        assert queueing.waiting_count(items.window("hall"), TEN) == 1
        queueing.call_next("hall", 1, by=SETUP, now=TEN)
        assert queueing.settle("hall", 1, TicketState.SERVED, by=SETUP, now=TEN).state == TicketState.SERVED
        assert [one.number for one in queueing.called(items.window("hall"), TEN)] == [1]

    def test_an_appointment_of_another_day_does_not_arrive(self) -> None:
        booked = book("P-1")
        with pytest.raises(ProblemError) as error:
            queueing.take_number("hall", by=SETUP, appointment=booked.code, now=TEN + timedelta(days=1))
        assert code_of(error) == "SRV-408"

    def test_numbers_begin_anew_each_day(self) -> None:
        assert queueing.take_number("hall", by=SETUP, now=TEN).number == 1
        assert queueing.take_number("hall", by=SETUP, now=TEN + timedelta(days=1)).number == 1

    def test_only_clerks_of_the_window_call(self) -> None:
        with pytest.raises(ProblemError) as error:
            queueing.call_next("hall", 1, by=person("officer", "fire"), now=TEN)
        assert code_of(error) == "ACC-403"
        clerk = person("attendant", "window")
        assert queueing.take_number("hall", by=clerk, now=TEN).number == 1
        with pytest.raises(ProblemError) as error:
            queueing.call_next("hall", 9, by=clerk, now=TEN)
        assert code_of(error) == "SRV-305"

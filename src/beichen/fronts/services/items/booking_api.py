"""`/api/services/windows` and `/appointments`: free times, and places held, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localtime
from ninja import Router, Schema, Status

from beichen.fronts.services.items import booking
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.declaration import unpacked
from beichen.fronts.services.items.models import Appointment
from beichen.fronts.services.sending import sound, writer
from beichen.kernel.access.service import acting

router = Router(tags=["services"])


class BookingIn(Schema):
    """A place at a window, for a subject; ``starts_at`` is a slot's."""

    window: str
    starts_at: datetime
    subject: str
    item: str = ""


class MoveIn(Schema):
    """Another time, a slot's."""

    starts_at: datetime


def _entry(row: Appointment) -> dict[str, Any]:
    return {
        "code": row.code,
        "window": row.window.key,
        "item": row.item.key if row.item else None,
        "subject": row.subject,
        "starts_at": localtime(row.starts_at).isoformat(timespec="minutes"),
        "ends_at": localtime(row.ends_at).isoformat(timespec="minutes"),
        "state": row.state,
    }


@router.get("/windows", summary="Windows with their hours")
def list_windows(request: HttpRequest) -> dict[str, Any]:
    """As their scenes and the city declare them."""
    acting(request)
    return {"windows": [{"key": row.key, **unpacked(row.declared)} for row in items.windows()]}


@router.get("/windows/{slug:window_key}/slots", summary="Free times of a day")
def list_slots(request: HttpRequest, window_key: str, day: date | None = None) -> dict[str, Any]:
    """Of the first day that can be booked when none is named."""
    acting(request)
    row = items.window(window_key)
    days = booking.days(row)
    chosen = day or (days[0] if days else None)
    found = booking.slots(row, chosen) if chosen else []
    return {
        "days": [one.isoformat() for one in days],
        "slots": [
            {"starts_at": one.starts.isoformat(timespec="minutes"), "free": one.free, "of": one.capacity}
            for one in found
        ],
    }


@router.post("/appointments", summary="Book a place", response={201: Any})
def book(request: HttpRequest, told: BookingIn) -> Status[Any]:
    """201; 409 SRV-406 when every place of this time is taken."""
    by = writer(request)
    sound({"code": told.window, "item": told.item})
    row = booking.book(told.window, told.starts_at, told.subject, by=by, item_key=told.item)
    return Status(201, _entry(row))


@router.get("/appointments/{slug:appointment_code}", summary="An appointment")
def read(request: HttpRequest, appointment_code: str) -> dict[str, Any]:
    """For whom it is, and for clerks of its window."""
    return _entry(booking.find_appointment(appointment_code, by=acting(request)))


@router.post("/appointments/{slug:appointment_code}/move", summary="Take another time")
def move(request: HttpRequest, appointment_code: str, told: MoveIn) -> dict[str, Any]:
    """The old place is free again."""
    return _entry(booking.move(appointment_code, told.starts_at, by=writer(request)))


@router.post("/appointments/{slug:appointment_code}/cancel", summary="Give the place back")
def cancel(request: HttpRequest, appointment_code: str) -> dict[str, Any]:
    """It can be booked again."""
    return _entry(booking.cancel(appointment_code, by=writer(request)))

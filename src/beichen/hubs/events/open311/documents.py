"""Kinds and reports as GeoReport v2 documents (services, service definition, service requests).

What a citizen wrote is shown to the client that sent it, to nobody else: GeoReport's lists are public, and
texts hold names and numbers.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language

from beichen.hubs.events.kinds.declaration import Ask, Words, read_kind
from beichen.hubs.events.models import EventKind, Report
from beichen.hubs.events.open311.shapes import (
    Attribute,
    Service,
    ServiceDefinition,
    ServiceRequest,
    Status,
    Value,
)

_STATUS: dict[bool, Status] = {True: "open", False: "closed"}


def _said(words: Words) -> str:
    return words.en if (get_language() or "").startswith("en") else words.zh


def moment(value: datetime | None) -> str | None:
    """A time with its offset (W3C date and time formats)."""
    return None if value is None else timezone.localtime(value).isoformat(timespec="seconds")


def service(row: EventKind) -> Service:
    """An entry of the list of services."""
    kind = read_kind(row.declared)
    words = kind.keywords or (row.category.keywords if row.category is not None else ())
    group = row.category.parent or row.category if row.category is not None else None
    return {
        "service_code": row.key,
        "service_name": row.label,
        "description": row.description,
        "metadata": bool(kind.ask),
        "type": "realtime",
        "keywords": ",".join(words),
        "group": group.label if group is not None else "",
    }


def definition(row: EventKind) -> ServiceDefinition:
    """The questions of a service."""
    asked = read_kind(row.declared).ask
    return {
        "service_code": row.key,
        "attributes": [_attribute(order, name, ask) for order, (name, ask) in enumerate(asked.items(), 1)],
    }


def _attribute(order: int, name: str, ask: Ask) -> Attribute:
    values: list[Value] = [{"key": key, "name": _said(words)} for key, words in ask.choices.items()]
    return {
        "variable": True,
        "code": name,
        "datatype": ask.type,
        "required": ask.required,
        "datatype_description": "",
        "order": order,
        "description": _said(ask.name),
        "values": values,
    }


def request(report: Report, *, is_own: bool) -> ServiceRequest:
    """A service request: a report, with the state of its case."""
    case = report.case
    answer = case.state.get("answer") or case.state.get("refusal") or ""
    return {
        "service_request_id": report.code,
        "status": _STATUS[case.is_open],
        "status_notes": answer if is_own else "",
        "service_name": report.kind.label if report.kind is not None else "",
        "service_code": report.kind.key if report.kind is not None else "",
        "description": report.text if is_own else "",
        "agency_responsible": (case.desk or case.centre).name,
        "service_notice": "",
        "requested_datetime": moment(report.received_at),
        "updated_datetime": moment(
            case.closed_at or case.answered_at or case.handled_at or case.dispatched_at or report.received_at
        ),
        "expected_datetime": moment(case.due_at),
        "address": report.address if is_own else "",
        "address_id": report.region.code,
        "zipcode": "",
        "lat": report.latitude,
        "long": report.longitude,
        "media_url": report.media_url if is_own else "",
    }

"""`/api/codes`: gates read codes of people, fetch what they need without a network, and bring their scans
later.

A gate signs in with its own key (`Authorization: Bearer KEY`). An answer is yes or no with one word why, and
says nothing else of the person.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from beichen.fronts.codes import service
from beichen.fronts.codes.models import Gate
from beichen.fronts.codes.problems import NO_TOKEN
from beichen.fronts.codes.scanning import MOST_AT_ONCE
from beichen.kernel.access.service import acting, check_rate
from beichen.kernel.actor import Actor
from beichen.web.programs import writer
from beichen_proof import code as proof

router = Router(tags=["codes"])
RATE, ENTER_RATE = "6000/minute", "60/minute"
KEYS_SECONDS = 300
Text = Annotated[str, Field(max_length=2000)]


class Codes(Schema):
    """Codes that are read now."""

    codes: Annotated[list[Text], Field(min_length=1, max_length=MOST_AT_ONCE)]


class OfflineScan(Schema):
    """A code, and when the gate read it."""

    code: Text
    at: AwareDatetime


class OfflineScans(Schema):
    """What a gate read while it had no network."""

    scans: Annotated[list[OfflineScan], Field(min_length=1, max_length=MOST_AT_ONCE)]


class NewGate(Schema):
    """A gate that is entered."""

    key: Annotated[str, Field(max_length=60)]
    name: Annotated[str, Field(max_length=100)]
    reader: Annotated[str, Field(max_length=60)]
    place: Annotated[str, Field(max_length=100)]
    entitlements: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=50)]
    takes: bool = False
    rotate: bool = False


class NewReturn(Schema):
    """What is given back, and why."""

    reference: Annotated[str, Field(max_length=20)]
    reason: Annotated[str, Field(max_length=300)]


@router.get("/keys", summary="The public keys of codes (JWK set)")
def keys(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """For everybody. Ask again after five minutes: a key that was stolen is gone from it."""
    response["Cache-Control"] = f"public, max-age={KEYS_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    return service.key_set()


@router.post("/verify", summary="Read codes now")
def verify(request: HttpRequest, told: Codes) -> dict[str, Any]:
    """An answer to each, in order; each code opens once."""
    by, gate = _gate(request)
    brought = [service.Brought(text) for text in told.codes]
    answers = service.read_codes(brought, service.point_of(gate), by=by)
    return {"answers": [_entry(one) for one in answers]}


@router.post("/scans", summary="Bring what was read without a network")
def upload(request: HttpRequest, told: OfflineScans) -> dict[str, Any]:
    """Sent again it is the same; ``known`` marks what had come before. Not older than seven days."""
    by, gate = _gate(request)
    brought = [service.Brought(one.code, one.at) for one in told.scans]
    answers = service.read_codes(brought, service.point_of(gate), by=by)
    return {"answers": [{**_entry(one), "known": one.is_known} for one in answers]}


@router.get("/revocations", summary="What a gate without a network refuses")
def revocations(request: HttpRequest) -> dict[str, Any]:
    """Pseudonyms of the gate's reader; codes that were made before ``since`` do not count. Ask each
    minute."""
    _by, gate = _gate(request)
    bounds = {"lifetime": proof.LIFETIME, "skew": proof.SKEW, "ahead": proof.MOST_AHEAD}
    return {"reader": gate.reader.key, "withdrawn": service.withdrawals(gate.reader), **bounds}


@router.get("/gate", summary="What the gate that asks is")
def own_gate(request: HttpRequest) -> dict[str, Any]:
    """Its reader, place and purposes."""
    return _gate_entry(_gate(request)[1])


@router.get("/gates", summary="Gates of one's bodies")
def list_gates(request: HttpRequest) -> dict[str, Any]:
    """Open and closed ones."""
    return {"gates": [_gate_entry(row) for row in service.gates(by=acting(request))[:1000]]}


@router.post("/gates", summary="Enter a gate", response={201: Any})
def enter(request: HttpRequest, told: NewGate) -> Status[dict[str, Any]]:
    """201 with the gate's key, which is shown only now. One that is open gets another with ``rotate`` alone:
    the key that it has opens nothing from then on."""
    facts = service.GateFacts(
        told.key, told.name, told.reader, told.place, tuple(told.entitlements), takes=told.takes
    )
    row, secret = service.enter_gate(facts, by=_writer(request), rotate=told.rotate)
    return Status(201, {**_gate_entry(row), "secret": secret})


@router.delete("/gates/{slug:gate_key}", summary="Close a gate")
def close(request: HttpRequest, gate_key: str) -> dict[str, Any]:
    """Its key opens nothing from then on."""
    return _gate_entry(service.close_gate(gate_key, by=_writer(request)))


@router.post("/returns", summary="Give back what a gate took", response={201: Any})
def give_back(request: HttpRequest, told: NewReturn) -> Status[dict[str, Any]]:
    """One more on the counter; ``reference`` is what the gate was answered. The person sees the reason."""
    row = service.decide_return(told.reference, "give", told.reason, by=_writer(request))
    found = {"reference": row.reference, "entitlement": row.entitlement.key, "state": row.state}
    return Status(201, {**found, "reason": row.reason})


def _gate(request: HttpRequest) -> tuple[Actor, Gate]:
    by = acting(request)
    gate = service.gate_of(by)
    check_rate("codes.gate", by.key, RATE)
    return by, gate


def _writer(request: HttpRequest) -> Actor:
    """Who writes. A page's session alone is not enough: another site could send it. Raises COD-205."""
    return writer(request, NO_TOKEN, area="codes.enter", rate=ENTER_RATE)


def _entry(answer: service.Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"accepted": answer.accepted, "reason": answer.reason}
    if answer.entitlement:
        found["entitlement"] = answer.entitlement
    if answer.left is not None:
        found["left"] = answer.left
    if answer.reference:
        found["reference"] = answer.reference
    if answer.pseudonym:
        found["pseudonym"] = answer.pseudonym
    return found


def _gate_entry(row: Gate) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "reader": row.reader.key,
        "place": row.place,
        "entitlements": row.entitlements,
        "takes": row.takes,
        "is_open": row.is_open,
    }

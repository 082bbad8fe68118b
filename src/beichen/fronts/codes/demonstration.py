"""`demo-entitlements.yaml` of a city: grants, gates and uses that are made up; where `demo` is on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from beichen.fronts.codes.gates import GateFacts, enter_gate
from beichen.fronts.codes.granting import change_grant, find_entitlement, grant
from beichen.fronts.codes.holding import latest
from beichen.fronts.codes.models import Gate, Grant
from beichen.fronts.codes.reconciling import count_days
from beichen.fronts.codes.returning import ask_back, decide_return
from beichen.fronts.codes.scanning import Brought, point_of, read_codes
from beichen.fronts.codes.showing import make_codes
from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import actor_of
from beichen.kernel.scene.vocabulary import KEY, TIME_OF_DAY, Schema, record

_DAYS = 8  # a grant is older than the uses of the last week
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 300}


def schema() -> Schema:
    """Lists: grants, and why one is suspended or revoked; gates; uses, and whether one was given back."""
    granted = record(
        {"entitlement": KEY, "holder": KEY}, {"step": {"enum": ["suspend", "revoke"]}, "reason": _TEXT}
    )
    gate = record({"key": KEY, "name": _TEXT, "place": _TEXT, "reader": KEY, "entitlement": KEY})
    day = {"type": "integer", "minimum": 1, "maximum": 7}
    use = record(
        {"holder": KEY, "gate": KEY, "day": day, "at": TIME_OF_DAY}, {"wish": _TEXT, "returned": _TEXT}
    )
    lists = {name: _list(one) for name, one in {"grants": granted, "gates": gate, "uses": use}.items()}
    return record({}, lists)


def _list(one: Schema) -> Schema:
    return {"type": "array", "items": one, "maxItems": 200}


def show(value: Any, *, by: Actor) -> list[str]:
    """Grant, enter and use them, once. Raises ProblemError COD-203, COD-301, COD-302."""
    if Grant.objects.filter(is_demo=True).exists():
        return []
    accounts = Account.objects.filter(is_demo=True).select_related("person")
    people = {one.username: one.person for one in accounts if one.person is not None}
    added = []
    for one in value.get("grants", []):
        if one["holder"] in people:
            _grant(one, people[one["holder"]], by)
            added.append(f"{one['entitlement']} · {one['holder']}")
    for one in value.get("gates", []):
        facts = GateFacts(
            one["key"], one["name"], one["reader"], one["place"], (one["entitlement"],), takes=True
        )
        enter_gate(facts, by=by)  # nobody is told its client's key: it shows, and opens nothing
        added.append(one["key"])
    for one in value.get("uses", []):
        if one["holder"] in people:
            _use(one, people[one["holder"]], by)
    count_days(_DAYS)
    return added


def _grant(one: Mapping[str, Any], person: Person, by: Actor) -> None:
    since = timezone.now() - timedelta(days=_DAYS)
    row = grant(find_entitlement(one["entitlement"]), person, by=by, is_demo=True, now=since)
    if "step" in one:
        change_grant(row.pk, one["step"], str(one.get("reason", "demo")), by=by)


def _use(one: Mapping[str, Any], person: Person, by: Actor) -> None:
    """A code that was read at the gate on the last such day, and what became of it."""
    gate = Gate.objects.select_related("reader__body").get(key=one["gate"])
    at = latest(int(one["day"]), one["at"])
    kind = find_entitlement(gate.entitlements[0])
    code = make_codes(person, kind, gate.reader, now=at, count=1)[0].text
    (answer,) = read_codes([Brought(code)], point_of(gate), by=by, now=at)
    if answer.reference and "wish" in one:
        ask_back(answer.reference, one["wish"], by=actor_of(person))
    if answer.reference and "returned" in one:
        decide_return(answer.reference, "give", one["returned"], by=by)

"""`demo-certificates.yaml` of a city: invented certificates, marked in themselves; where `demo` is on."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.scene.vocabulary import FIELD, KEY, Schema, mapping_of, record
from beichen.platforms.ledger.certificates.claims import read_claims
from beichen.platforms.ledger.certificates.issuing import change_state, find_kind, issue
from beichen.platforms.ledger.models import Certificate

_VALUE: Schema = {"type": ["string", "number"]}


def schema() -> Schema:
    """A list: kind, fields, whose account or which firm's, and why it is suspended or revoked where it is."""
    one = record(
        {"kind": KEY, "fields": mapping_of(_VALUE, FIELD)},
        {
            "holder": KEY,
            "firm": {"type": "string", "maxLength": 64},
            "step": {"enum": ["suspend", "revoke"]},
            "reason": {"type": "string", "maxLength": 300},
        },
    )
    return {"type": "array", "items": one, "maxItems": 200}


def show(value: Any, *, by: Actor) -> list[str]:
    """Issue them, once. Raises ProblemError LED-402, LED-403."""
    names = {str(one["holder"]) for one in value if "holder" in one}
    accounts = Account.objects.filter(username__in=names, is_demo=True).select_related("person")
    people = {account.username: account.person for account in accounts}
    added = []
    for one in value:
        fields = {
            str(key): field if isinstance(field, int | float) else str(field)
            for key, field in one["fields"].items()
        }
        kind, firm = find_kind(str(one["kind"]), by=by), str(one.get("firm", ""))
        person = people.get(str(one.get("holder", "")))
        # What demo affairs were given is none of these, and comes before them.
        known = Certificate.objects.filter(is_demo=True, origin="", kind=kind, holder=person, firm=firm)
        if known.filter(claims=read_claims(kind, fields)).exists():
            continue
        row = issue(kind, fields, by=by, holder=person, firm=firm, is_demo=True)
        if "step" in one:
            change_state(row.code, str(one["step"]), str(one.get("reason", "demo")), by=by)
        added.append(row.code)
    return added

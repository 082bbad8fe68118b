"""`demo-entitlements.yaml` of a city: invented grants to demo accounts; where `demo` is on."""

from __future__ import annotations

from typing import Any

from beichen.fronts.codes.granting import change_grant, find_entitlement, grant
from beichen.fronts.codes.models import Grant
from beichen.kernel.access.models import Account
from beichen.kernel.actor import Actor
from beichen.kernel.scene.vocabulary import KEY, Schema, record


def schema() -> Schema:
    """A list: which entitlement, whose account, and why it is suspended or revoked where it is."""
    one = record(
        {"entitlement": KEY, "holder": KEY},
        {
            "step": {"enum": ["suspend", "revoke"]},
            "reason": {"type": "string", "minLength": 1, "maxLength": 300},
        },
    )
    return {"type": "array", "items": one, "maxItems": 200}


def show(value: Any, *, by: Actor) -> list[str]:
    """Grant them, once. Raises ProblemError COD-301, COD-302."""
    if Grant.objects.filter(is_demo=True).exists():
        return []
    names = {str(one["holder"]) for one in value}
    accounts = Account.objects.filter(username__in=names, is_demo=True).select_related("person")
    people = {account.username: account.person for account in accounts}
    added = []
    for one in value:
        person = people.get(str(one["holder"]))
        if person is None:
            continue
        row = grant(find_entitlement(str(one["entitlement"])), person, by=by, is_demo=True)
        if "step" in one:
            change_grant(row.pk, str(one["step"]), str(one.get("reason", "demo")), by=by)
        added.append(f"{one['entitlement']} · {one['holder']}")
    return added

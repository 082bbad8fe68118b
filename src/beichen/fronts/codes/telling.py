"""Whoever wanted a ride back is told by message what was decided.

The template stands in the scene `residence`: a city without it sends nothing. A message goes through other
hands: it names reader and entitlement, and where and why stand in the person's own log.
"""

from __future__ import annotations

from beichen.fronts.codes.models import Return, ReturnState
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Template

TEMPLATE = "entitlement-returned"
_DECIDED = {
    ReturnState.GIVEN: {"zh": "已退回", "en": "given back"},
    ReturnState.REFUSED: {"zh": "不予退回", "en": "not given back"},
    ReturnState.UNDONE: {"zh": "重新扣减", "en": "taken again"},
}


def tell_person(row: Return, key: str, *, by: Actor) -> bool:
    """Tell the person how a return stands; whether somebody was told."""
    decided = _DECIDED.get(ReturnState(row.state))
    if decided is None or not Template.objects.filter(key=TEMPLATE, is_current=True).exists():
        return False
    values = {
        "reader": {"zh": row.reader.name, "en": row.reader.name_en},
        "entitlement": {"zh": row.entitlement.name, "en": row.entitlement.name_en},
        "decided": decided,
    }
    notice = comms.Notice(
        template=TEMPLATE,
        values=values,
        about=f"return:{row.reference}",
        level=Level.L3,
        href="/my/codes/scans",
    )
    comms.send(notice, to=[comms.ToPerson(row.person)], by=by, key=key)
    return True

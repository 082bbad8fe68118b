"""Who is told of objections: the body that answers, and who filed one, in their language.

The templates stand in the scene `appointments`. A message names the objection's number and the service; what
was said, and the answer, stand on its page alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from beichen.fronts.services.items.telling import is_known
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.words import Ruling
from beichen.kernel.actor import Actor
from beichen.kernel.levels import Level
from beichen.platforms.comms import service as comms

FILED, ANSWERED = "objection-filed", "objection-answered"
RULINGS: Mapping[str, dict[str, str]] = {
    Ruling.UPHELD: {"zh": "异议成立", "en": "upheld"},
    Ruling.DISMISSED: {"zh": "异议不成立", "en": "not upheld"},
    Ruling.LAPSED: {"zh": "申请已撤回，异议终止", "en": "lapsed, since the application was withdrawn"},
}


def tell_body(row: Objection, key: str, *, by: Actor) -> bool:
    """Tell whoever holds posts at the body that an objection waits for its answer."""
    if not is_known(FILED):
        return False
    notice = comms.Notice(
        template=FILED,
        values={
            "code": row.code,
            "affair": row.affair.code,
            "process": _process(row),
        },
        about=f"affair:{row.affair.code}",
        href=f"/services/objections/{row.code}",
        region=row.affair.region,
    )
    comms.send(notice, to=[comms.ToBody(row.body)], by=by, key=key)
    return True


def tell_objector(row: Objection, key: str, *, by: Actor) -> bool:
    """Tell who objected what became of it, as a person and at the addresses that they left."""
    receivers = _receivers(row)
    if not receivers or not is_known(ANSWERED):
        return False
    notice = comms.Notice(
        template=ANSWERED,
        values={
            "code": row.code,
            "process": _process(row),
            "ruling": RULINGS[row.ruling],
        },
        about=f"objection:{row.code}",
        level=Level.L3,
        href=f"/services/follow/{row.code}",
        region=row.affair.region,
    )
    comms.send(notice, to=receivers, by=by, key=key)
    return True


def _process(row: Objection) -> dict[str, str]:
    return {name: str(text) for name, text in row.affair.definition.declared["name"].items()}


def _receivers(row: Objection) -> list[comms.Receiver]:
    language = "en" if row.language.startswith("en") else "zh"
    found: list[comms.Receiver] = [] if row.person is None else [comms.ToPerson(row.person)]
    found += [
        comms.ToAddress(channel, address, name=row.name, language=language, subject=row.whose)
        for channel, address in (("sms", row.phone), ("mail", row.email))
        if address
    ]
    return found

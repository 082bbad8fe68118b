"""The door `certificate`: the result of an item as a certificate (电子证照), issued with the step before it.

The item's `result` names the kind; fields of the kind that are called like data of the affair are signed
with their values. The certificate, its seal and the step are one transaction: it is issued once, or the step
did not happen. A city that issues no certificate of this kind hands its result over as it always did.
When the affair is taken back, so is the certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beichen.fronts.services.doors import Calling, Undoing
from beichen.fronts.services.items.finding import read_item
from beichen.fronts.services.items.models import Application, ServiceItem
from beichen.fronts.services.models import Affair
from beichen.fronts.services.telling import notify
from beichen.kernel.actor import system
from beichen.kernel.org.models import Person
from beichen.platforms.ledger import service as ledger
from beichen.platforms.ledger.models import Cause, Certificate

RESULTS = system("services.results")
"""Who issues: the process, which the body declared; who decided stands in the affair's trail."""


def certify(calling: Calling, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Issue the certificate, and tell as `notify` does; gives its code as ``certificate``.

    Raises ProblemError LED-403 for data that do not fit the kind's fields, LED-202 without a key.
    """
    notify(calling, data)
    key, matter, is_demo = _named(calling)
    kind = ledger.certificate_kinds(by=RESULTS).filter(key=key).first() if key else None
    if kind is None:
        return {}
    names = [field["key"] for field in kind.fields]
    given = {name: _claim(data[name]) for name in names if data.get(name) is not None}
    holder = Person.objects.filter(code=calling.subject).first()
    row = ledger.issue(
        kind,
        given,
        by=RESULTS,
        holder=holder,
        firm=calling.subject,
        origin=origin_of(calling.affair),
        matter=matter,
        is_demo=is_demo,
    )
    return {"certificate": row.code}


def origin_of(affair: str) -> str:
    """How a certificate names the affair that gave it, by the affair's code."""
    return f"affair:{affair}"


def take_back(undoing: Undoing) -> None:
    """Revoke what the affair gave, for the reason for which it was taken back."""
    cause = Cause.ANNULLED if undoing.is_annulled else Cause.WITHDRAWN
    ledger.revoke_given(origin_of(undoing.affair), cause, undoing.reason, by=undoing.by)


def _claim(value: Any) -> Any:
    """A value as it stands on a certificate: a text on one line, without signs that nobody sees."""
    if not isinstance(value, str):
        return value
    return " ".join("".join(one if one.isprintable() else " " for one in value).split())


def _named(calling: Calling) -> tuple[str, str, bool]:
    """The kind that the item of this affair, or of its process, names; the item; whether it is a demo."""
    affair = Affair.objects.get(code=calling.affair)
    applied = Application.objects.select_related("item").filter(affair=affair).first()
    offered = ServiceItem.objects.filter(process=calling.process, is_offered=True)
    row = applied.item if applied is not None else offered.order_by("id").first()
    result = read_item(row).result if row is not None else None
    return (result.certificate if result else ""), (row.key if row else ""), affair.is_demo


def certificates_of(*affairs: Affair) -> list[Certificate]:
    """What these affairs gave, the newest first."""
    origins = [origin_of(one.code) for one in affairs]
    return list(Certificate.objects.select_related("kind").filter(origin__in=origins).order_by("-id"))

"""The evidence of a closed case is sealed in the ledger: what happened, when, by whom, and every photograph.

What people wrote is left out, as it is on the bus: whoever reported may have it erased, and the seal must
hold afterwards. Photographs count by the hash of their content. A case that is opened again and closed again
is sealed again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC

import orjson
from django.utils.translation import gettext_lazy as _

from beichen.hubs.events.case.stream import public_data
from beichen.hubs.events.models import CaseEvent
from beichen.kernel.actor import Actor
from beichen.kernel.bus.event import Event
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level
from beichen.platforms.ledger.service import SealedKind, seal


def seal_case(event: Event, *, by: Actor) -> None:
    """Seal the case of a closing event."""
    reference = f"{event.subject}@{event.data['number']}"
    seal(SEALED_CASE.key, reference, current_cases([reference])[reference], by=by)


def current_cases(references: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of each case's stream up to a number (`CODE@NUMBER`), as it is now."""
    codes = {one.rpartition("@")[0] for one in references}
    streams: dict[str, list[CaseEvent]] = defaultdict(list)
    rows = CaseEvent.objects.filter(case__code__in=codes).select_related("case", "body")
    for row in rows.order_by("case", "number"):
        streams[row.case.code].append(row)
    named = {str(row.data["file"]) for rows in streams.values() for row in rows if row.data.get("file")}
    hashes = dict(StoredFile.objects.filter(code__in=named).values_list("code", "hash"))
    found = {}
    for reference in references:
        code, _at, number = reference.rpartition("@")
        until = int(number) if number.isdecimal() else 0
        facts = [_fact(row, hashes) for row in streams[code] if row.number <= until]
        found[reference] = hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return found


def _fact(row: CaseEvent, hashes: dict[str, str]) -> dict[str, object]:
    return {
        "number": row.number,
        "name": row.name,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": row.by,
        "body": row.body.key if row.body else "",
        "data": public_data(row.data),
        "file": hashes.get(str(row.data.get("file", "")), ""),
    }


SEALED_CASE = SealedKind("case.evidence", _("Evidence of a case"), Level.L2, current_cases)

"""Why the clocks of an affair stand still, and how it stands meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from beichen.fronts.services.affair import clocks
from beichen.fronts.services.models import Affair
from beichen.fronts.services.words import Status


def pause(affair: Affair, kind: str, detail: dict[str, Any], now: datetime) -> None:
    """Let one more reason keep a locked affair; its clocks stop at the first."""
    if not affair.pauses:
        clocks.stop(affair, now)
    affair.pauses = [*affair.pauses, {"kind": kind, "since": now.isoformat(), **detail}]
    affair.before = None
    _stand(affair)


def go_on(affair: Affair, pauses: list[Any], now: datetime) -> None:
    """Leave these reasons; without any the clocks go on with what was left."""
    affair.pauses = pauses
    if not pauses:
        clocks.go_on(affair, now)
    _stand(affair)


def _stand(affair: Affair) -> None:
    kinds = {pause["kind"] for pause in affair.pauses}
    affair.status = Status.SUSPENDED if "suspended" in kinds else Status.MATERIAL if kinds else Status.RUNNING

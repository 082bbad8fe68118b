"""What a widget listens to: the changes after which its figures are old.

A change is a type of event, and after a colon what it is about; a pattern of types ends in ``.>``. The page
subscribes once to all of them together, in sums (see ``/events`` with ``changes``), and asks anew for the
widgets that a sum is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

VALUES, TARGETS = "data.value.recorded", "data.target.recorded"
CASES, PLAN = "events.case.>", "plan.>"
OBJECTS, MEASURED = "registry.object.>", "iot.thing.measured"
LAYERS, REVISED, ROWS = "geo.layers.changed", "geo.layer.revised", "warehouse.table.loaded"
PAUSES = {"things": 10, "layers": 30, "sql": 60, "question": 60}
"""Seconds for which a widget so bound is not asked for again, whatever changes; five for any other."""
PAUSE = 5


def heard_by(widget: dict[str, Any]) -> list[str]:
    """The changes that concern a widget; none where nothing that happens changes it."""
    found: list[str] = []
    if "indicator" in widget:
        found.append(f"{VALUES}:{widget['indicator']}")
    if "cases" in widget:
        found.append(CASES)
    if "plan" in widget:
        found += [PLAN, VALUES, TARGETS]
    for kind in widget.get("things", ()):
        found += [f"{MEASURED}:{kind}", f"{OBJECTS}:{kind}"]
    if "layers" in widget:
        found += [LAYERS, *(f"{REVISED}:{key}" for key in widget["layers"])]
    if "sql" in widget or "question" in widget:
        found.append(ROWS)
    return found


def pause_of(widget: dict[str, Any]) -> int:
    """For how many seconds it is not asked for again."""
    return max([PAUSES[name] for name in PAUSES if name in widget], default=PAUSE)


def subscription(widgets: Sequence[dict[str, Any]]) -> str:
    """The address of the one stream that tells what concerns any of the widgets; empty for none."""
    types = _types(change for widget in widgets for change in heard_by(widget))
    query = [("changes", "1"), *(("type", one) for one in types)]
    return f"/events?{urlencode(query)}" if types else ""


def _types(changes: Iterable[str]) -> list[str]:
    return sorted({change.partition(":")[0] for change in changes})

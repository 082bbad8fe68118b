"""The thing or place at whose code an application was begun: it is written into the field that takes it."""

from __future__ import annotations

from collections.abc import Mapping

from beichen.fronts.services.items import service as items
from beichen.kernel.actor import Actor
from beichen.problem import ProblemError
from beichen.registry import service as registry

LONGEST = 40


def field_of(item: items.Item, code: str, *, by: Actor) -> Mapping[str, str]:
    """The field and what stands in it; nothing for a code that is none, or of a type that the item does not
    name."""
    if not code or not item.at:
        return {}
    try:
        row = registry.object_by_code(code.replace("\x00", "")[:LONGEST], by=by)
    except ProblemError:
        return {}
    name = item.at.get(row.type.key)
    if name is None:
        return {}
    return {name: f"{row.name}（{row.code}）" if row.name else row.code}

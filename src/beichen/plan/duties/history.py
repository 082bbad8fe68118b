"""The history of a duty: every deed leaves a step, in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from beichen.kernel.actor import Actor
from beichen.plan.duties.models import Duty, Step


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done about a duty; ``verb`` is one of :data:`.words.VERBS`."""

    duty: Duty
    verb: str
    text: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def keep(deeds: Iterable[Deed], *, by: Actor, now: datetime) -> None:
    """Write the steps of ``deeds``, one statement for all."""
    Step.objects.bulk_create(
        [
            Step(
                duty=deed.duty,
                verb=deed.verb,
                text=deed.text,
                detail=deed.detail,
                by=by.key,
                by_name=by.name[:100],
                at=now,
            )
            for deed in deeds
        ],
        batch_size=400,
    )

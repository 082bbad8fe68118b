"""The door `notify`: a service task tells the city that its step was reached; messages of scenes listen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beichen.fronts.services.doors import Calling
from beichen.kernel.bus import service as bus


def notify(calling: Calling, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Publish ``services.affair.notified`` with the step: a scene's `messages.yaml` says who is told."""
    told = {"process": calling.process, "step": calling.step}
    draft = bus.Draft(
        "services.affair.notified", calling.affair, told, region=calling.region, level=calling.level
    )
    bus.publish_many([draft], by=calling.by)
    return {}

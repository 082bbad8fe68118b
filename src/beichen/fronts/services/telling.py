"""Telling: the door `notify`, by which a service task tells the city; what happened, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from beichen.fronts.services.declaration import Field, Process
from beichen.fronts.services.doors import Calling
from beichen.fronts.services.models import AffairEvent
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.signs import name_of
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Body
from beichen.web.wording import listed


def notify(calling: Calling, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Publish ``services.affair.notified`` with the step: a scene's `messages.yaml` says who is told."""
    told = {"process": calling.process, "step": calling.step}
    draft = bus.Draft(
        "services.affair.notified", calling.affair, told, region=calling.region, level=calling.level
    )
    bus.publish_many([draft], by=calling.by)
    return {}


def value_words(one: Field, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, list):
        return listed(value_words(one, item) for item in value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, str) and value in one.choices:
        return one.choices[value].label
    if isinstance(value, float):
        return f"{value:,g} {one.unit}".strip()
    return f"{value} {one.unit}".strip()


def receivers_of(trail: Iterable[AffairEvent]) -> dict[str, str]:
    """The bodies to which steps were handed over, by their keys, as people read them: one query at most."""
    keys = {str(event.data.get("to")) for event in trail if event.name == "handed-over"}
    return {body.key: name_of(body) for body in Body.objects.filter(key__in=keys)} if keys else {}


def sentence(event: AffairEvent, process: Process, receivers: Mapping[str, str]) -> str:
    """What happened, in words, with the step, the outcome, to whom it went, and the reason."""
    known = bus.event_type_names()
    step = process.steps.get(event.step)
    parts = [str(known.get(f"services.affair.{event.name}", event.name))]
    if step is not None:
        parts.append(step.name.label)
        outcome = step.outcomes.get(str(event.data.get("outcome", "")))
        if outcome is not None:
            parts.append(outcome.label)
    elif event.name == "closed" and event.data.get("outcome") in process.ends:
        parts.append(process.ends[event.data["outcome"]].label)
    if event.name == "handed-over":
        parts.append(f"→ {receivers.get(str(event.data.get('to')), '')}")
    if event.name == "objection-answered":
        parts.append(str(Ruling(event.data["ruling"]).label))
    if event.data.get("objection"):
        parts.append(str(event.data["objection"]))
    parts += [str(event.data[name]) for name in ("reason", "note") if event.data.get(name)]
    if event.data.get("items"):
        parts.append(listed(event.data["items"]))
    return " · ".join(parts)

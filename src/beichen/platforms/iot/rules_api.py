"""`/api/rules`: the rules over readings, what they raised, and trying one on history."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from beichen.kernel.access.service import acting, require
from beichen.platforms.iot import service
from beichen.platforms.iot.api import writer
from beichen.platforms.iot.models import Rule
from beichen.platforms.iot.rights import READ

router = Router(tags=["rules"])


class TrialAsked(Schema):
    """A rule by its key, or as `rules.yaml` would say it, and the time on which it is tried."""

    key: str = ""
    rule: dict[str, Any] | None = None
    since: datetime
    until: datetime


class SwitchAsked(Schema):
    """Whether the rule is to be at work, and why."""

    on: bool
    reason: str


def entry(row: Rule) -> dict[str, Any]:
    """A rule as the list has it."""
    return {
        "key": row.key,
        "scene": row.scene,
        "name": {"zh": row.name, "en": row.name_en},
        "declared": row.declared,
        "version": row.version,
        "on": row.is_on,
        "reason": row.reason,
        "trouble": row.trouble,
        "changed_at": row.changed_at,
    }


@router.get("", summary="Rules")
def list_rules(request: HttpRequest) -> dict[str, Any]:
    """All rules that the asker may see, by key."""
    return {"rules": [entry(row) for row in service.rules(by=acting(request))[:5_000]]}


@router.post("/try", summary="Try a rule on history")
def try_it(request: HttpRequest, told: TrialAsked) -> dict[str, Any]:
    """What it would have raised of the things that the asker may see; nothing is raised."""
    by = writer(request)
    require(by, READ)
    found = service.try_rule(told.rule if told.rule is not None else told.key, told.since, told.until, by=by)
    return {
        "count": found.count,
        "days": {day.isoformat(): number for day, number in sorted(found.days.items())},
        "readings": found.readings,
        "things": found.things,
        "first": [
            {"thing": one.thing, "since": one.since, "raised_at": one.fired_at, "cleared_at": one.cleared_at,
             "values": one.values}
            for one in found.first
        ],
    }  # fmt: skip


@router.get("/{key}", summary="A rule and what it raised")
def show(request: HttpRequest, key: str, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> dict[str, Any]:
    """The newest first."""
    by = acting(request)
    row = service.find_rule(key, by=by)
    raised, holding = service.standing_of(row, by=by)
    return {
        **entry(row),
        "raised": raised,
        "holding": holding,
        "firings": [
            {"thing": one.thing.code, "version": one.version, "since": one.since, "raised_at": one.fired_at,
             "cleared_at": one.cleared_at, "values": one.values, "event": one.event, "is_demo": one.is_demo}
            for one in service.firings_of(row, by=by)[:limit]
        ],
    }  # fmt: skip


@router.post("/{key}/switch", summary="Switch a rule on or off")
def switch(request: HttpRequest, key: str, told: SwitchAsked) -> dict[str, Any]:
    """With a reason, which is kept."""
    return entry(service.switch_rule(key, is_on=told.on, reason=told.reason, by=writer(request)))

"""What models find: told once when it begins and once when it is over, with what explains it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.bus import service as bus
from beichen.kernel.org.models import Region
from beichen.platforms.ai.answers import Found
from beichen.platforms.ai.models import Finding, Model, Run
from beichen.registry.models import Object

CLEARED = "ai.finding.cleared"
MISSED = 2  # runs in a row that do not name a finding: then it is over
SPACE = uuid.UUID("2d0b8a1e-55a7-4f5e-9c2f-6d2a7a4f6b93")


def keep_findings(
    run: Run,
    row: Model,
    found: Sequence[Found],
    things: Mapping[str, Object],
    regions: Mapping[str, str],
    *,
    by: Actor,
) -> None:
    """Bring what stands to what the run says, in its transaction; whatever turns is told over the bus."""
    standing = {
        (one.thing.code, one.type): one
        for one in Finding.objects.filter(model=row, cleared_at=None).select_related("thing__region")
    }
    paths = _paths(things, regions)
    drafts: list[bus.Draft] = []
    fresh: list[Finding] = []
    for one in found:
        thing = things.get(one.thing)
        if thing is None:
            continue
        known = standing.pop((one.thing, one.type), None)
        if known is not None:
            known.at, known.missed, known.values = run.asked_for, 0, one.values
            known.text, known.text_en, known.version = one.zh, one.en, run.version
            known.save()
            continue
        made = _made(run, row, one, thing)
        fresh.append(made)
        drafts.append(_told(made, row, run, paths.get(one.thing, "")))
    Finding.objects.bulk_create(fresh)
    for known in standing.values():
        known.missed += 1
        if known.missed >= MISSED:
            known.cleared_at = run.asked_for
            drafts.append(_over(known, row, run, paths.get(known.thing.code, "")))
        known.save(update_fields=["missed", "cleared_at"])
    bus.publish_many(drafts, by=by)


def _paths(things: Mapping[str, Object], regions: Mapping[str, str]) -> dict[str, str]:
    """The paths of the regions in which things are: their own, or where the devices are that measure them."""
    found = {code: thing.region.path for code, thing in things.items() if thing.region is not None}
    lost = {code: regions[code] for code in things if code not in found and code in regions}
    rows = (
        dict(Region.objects.filter(code__in=set(lost.values())).values_list("code", "path")) if lost else {}
    )
    return found | {code: rows[region] for code, region in lost.items() if region in rows}


def _made(run: Run, row: Model, one: Found, thing: Object) -> Finding:
    identity = uuid.uuid5(SPACE, f"{row.key} {thing.pk} {one.type} {run.asked_for.isoformat()}")
    return Finding(
        model=row,
        thing=thing,
        type=one.type,
        version=run.version,
        text=one.zh,
        text_en=one.en,
        values=one.values,
        level=max(row.level, thing.level),
        since=run.asked_for,
        at=run.asked_for,
        event=str(identity),
        is_demo=run.is_demo,
    )


def _data(one: Finding, row: Model, run: Run) -> dict[str, Any]:
    data: dict[str, Any] = {
        **one.values,  # a kind of event that asks for one of these by its name is answered
        "model": row.key,
        "version": one.version,
        "thing": one.thing.code,
        "values": one.values,
        "since": one.since.isoformat(),
        "at": run.asked_for.isoformat(),
        "explanation": {"zh": one.text, "en": one.text_en},
        "text": one.text,
        **_place(one.thing.parsed()),
    }
    return data | ({"is_demo": True} if one.is_demo else {})


def _told(one: Finding, row: Model, run: Run, region: str) -> bus.Draft:
    data = _data(one, row, run)
    return bus.Draft(
        one.type, one.thing.code, data, source="/ai/models", region=region, level=one.level, id=one.event
    )


def _over(one: Finding, row: Model, run: Run, region: str) -> bus.Draft:
    data = {**_data(one, row, run), "type": one.type}
    identity = str(uuid.uuid5(SPACE, f"over {one.event}"))
    return bus.Draft(
        CLEARED, one.thing.code, data, source="/ai/models", region=region, level=one.level, id=identity
    )


def _place(document: Mapping[str, Any]) -> dict[str, float]:
    location = document.get("location")
    value = location.get("value") if isinstance(location, dict) else None
    if not isinstance(value, dict) or value.get("type") != "Point":
        return {}
    longitude, latitude = value["coordinates"][:2]
    return {"longitude": float(longitude), "latitude": float(latitude)}

"""Items, bundles and runs as JSON, for programs."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localtime

from beichen.fronts.services.items.bundling import parts_of
from beichen.fronts.services.items.catalogue import Entry
from beichen.fronts.services.items.declaration import unpacked
from beichen.fronts.services.items.models import BundleRun, ServiceBundle, ServiceItem
from beichen.fronts.services.items.whole import Whole


def entry(one: Entry) -> dict[str, Any]:
    """A line of the catalogue."""
    return {
        "key": one.key,
        "kind": one.kind,
        "name": {"zh": one.name_zh, "en": one.name_en},
        "about": {"zh": one.about_zh, "en": one.about_en},
        "body": one.body,
        "audience": list(one.audience),
        "events": list(one.events),
        "promised": one.promised,
        "legal": one.legal,
        "visits": one.visits,
        "online": one.online,
        "scene": one.scene,
    }


def whole(row: ServiceItem) -> dict[str, Any]:
    """An item as its scene declares it."""
    return {"key": row.key, "scene": row.scene, **unpacked(row.declared)}


def whole_bundle(row: ServiceBundle) -> dict[str, Any]:
    """A bundle as its scene declares it, with what its items ask for once; papers that parts give."""
    known = Whole(row)
    return {
        "key": row.key,
        "scene": row.scene,
        **unpacked(row.declared),
        "fields": {
            name: {"type": one.type, "name": {"zh": one.name.zh, "en": one.name.en}, "required": one.required}
            for name, one in known.fields(known.items).items()
        },
        "materials": {
            name: {"name": {"zh": one.name.zh, "en": one.name.en}, "required": one.required}
            for name, one in known.materials(known.items).items()
        },
        "within": known.within(known.items),
    }


def run_entry(run: BundleRun) -> dict[str, Any]:
    """A bundle's run with its parts."""
    return {
        "code": run.code,
        "bundle": run.bundle.key,
        "subject": run.subject,
        "region": run.region.code,
        "opened": localtime(run.opened_at).isoformat(timespec="seconds"),
        "closed": localtime(run.closed_at).isoformat(timespec="seconds") if run.closed_at else None,
        "good": run.is_good,
        "parts": [
            {
                "item": part.item.key,
                "state": part.state,
                "affair": part.affair.code if part.affair else None,
                "reason": part.reason,
            }
            for part in parts_of(run)
        ],
    }

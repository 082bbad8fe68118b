"""What programs are told of addresses and places."""

from __future__ import annotations

from typing import Any

from beichen.platforms.geo.addresses.matching import Match
from beichen.platforms.geo.addresses.models import Address
from beichen.platforms.geo.addresses.places import FoundPlace
from beichen.platforms.geo.addresses.reverse import Around


def address_answer(row: Address) -> dict[str, Any]:
    """An address of the library."""
    parts = {
        name: getattr(row, name)
        for name in ("road", "number", "estate", "building", "unit", "room")
        if getattr(row, name)
    }
    return {
        "code": row.code,
        "text": row.text,
        "kind": row.kind,
        "name": {"zh": row.name, "en": row.name_en},
        "region": row.region.code if row.region else None,
        "parts": parts,
        "longitude": row.longitude,
        "latitude": row.latitude,
        "cell": f"{row.cell:x}",
        "standing": row.standing,
        "source": row.source,
        "licence": row.licence,
        "version": row.version,
    }


def match_answer(found: Match) -> dict[str, Any]:
    """A match with its parts, the reasons, and what else it may be."""
    return {
        "score": found.score,
        "accepted": found.is_accepted,
        "precision": found.precision,
        "code": found.code or None,
        "address": found.address,
        "name": found.name,
        "region": found.region or None,
        "longitude": found.longitude,
        "latitude": found.latitude,
        "parts": found.parts.as_dict(),
        "reasons": [one._asdict() for one in found.reasons],
        "others": [
            {"code": one.known.code, "address": one.known.text, "score": round(one.score, 3)}
            for one in found.others
        ],
    }


def point_answer(found: Around) -> dict[str, Any]:
    """What is at a point."""
    return {
        "address": found.address.text if found.address else None,
        "code": found.address.code if found.address else None,
        "address_m": found.address_m,
        "road": found.road or None,
        "road_m": found.road_m,
        "region": found.region or None,
    }


def found_place(found: FoundPlace) -> dict[str, Any]:
    """A place that fits what was typed."""
    return {**found._asdict(), "region": found.region or None}

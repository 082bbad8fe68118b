"""An address as a file or a steward states it, and the columns that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import h3.api.basic_int as h3

from beichen.platforms.geo.addresses.gazetteer import PlaceFacts
from beichen.platforms.geo.addresses.grammar import Words, parse
from beichen.platforms.geo.addresses.models import Address, AddressKind, Standing
from beichen.platforms.geo.addresses.notation import folded
from beichen.platforms.geo.addresses.parts import block_of, door_of, first_number

RESOLUTION = 10
READ_FROM_TEXT = frozenset(
    ("road", "number", "first_number", "estate", "building", "unit", "room", "door", "block")
)
STATED = ("road", "number", "estate", "building", "unit", "room")
_WEIGHTS = {AddressKind.PLACE: 12, AddressKind.JUNCTION: 8, AddressKind.DOOR: 6, AddressKind.BUILDING: 5}


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """One address. Empty parts are read from ``text``, an empty ``region`` (a code) is found by place."""

    code: str
    text: str
    longitude: float
    latitude: float
    source: str
    licence: str
    kind: str = AddressKind.DOOR
    name: str = ""
    name_en: str = ""
    region: str = ""
    road: str = ""
    number: str = ""
    estate: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    standing: str = Standing.CURRENT
    level: int = 1


def columns_of(facts: AddressFacts, words: Words, regions: Mapping[str, int]) -> dict[str, Any]:
    """Every column of the library that follows from the facts."""
    parts = parse(facts.text, words)
    told = {name: folded(str(getattr(facts, name))) for name in STATED}
    said = {name: told[name] or getattr(parts, name) for name in STATED}
    crossing = "" if told["number"] else parts.crossing
    return {
        "text": facts.text,
        "kind": facts.kind,
        "name": facts.name,
        "name_en": facts.name_en,
        "region_id": regions.get(facts.region),
        **{name: value[: _WIDTHS[name]] for name, value in said.items()},
        "first_number": first_number(said["number"]),
        "door": door_of(said["road"], said["number"], crossing)[:130],
        "block": block_of(said["estate"] or said["road"], said["building"])[:100],
        "longitude": facts.longitude,
        "latitude": facts.latitude,
        "cell": int(h3.latlng_to_cell(facts.latitude, facts.longitude, RESOLUTION)),
        "source": facts.source,
        "licence": facts.licence,
        "standing": facts.standing,
        "level": facts.level,
    }


_WIDTHS = {"road": 60, "number": 30, "estate": 60, "building": 30, "unit": 20, "room": 20}


def facts_of(row: Address) -> AddressFacts:
    """The facts that an address of the library says now."""
    values = {one.name: getattr(row, one.name) for one in fields(AddressFacts) if one.name != "region"}
    return AddressFacts(region=row.region.code if row.region else "", **values)


def place_of(row: Address, region: str) -> PlaceFacts:
    """The address as a named place: under its name, or as it is written."""
    return PlaceFacts(
        ref=f"address:{row.code}",
        kind="address",
        name=row.name or _label(row),
        name_en=row.name_en,
        about=row.text if row.name else "",
        longitude=row.longitude,
        latitude=row.latitude,
        region=region,
        weight=_WEIGHTS[AddressKind(row.kind)],
    )


def _label(row: Address) -> str:
    """A short way to call what has no name: 亚泰大街1138号, 长通家园A7栋, 人民大街与解放大路交汇处."""
    if row.kind == AddressKind.JUNCTION and row.door:
        return f"{'与'.join(row.door.split('×'))}交汇处"
    number = f"{row.number}号" if row.number else ""
    building = f"{row.building}栋" if row.building else ""
    return (f"{row.road}{number}{row.estate}{building}" or row.text)[:120]

"""What a scanned code says of a report: the object's place, district and kind of event, to fill a form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from beichen.hubs.events.forms import districts
from beichen.hubs.events.queries import all_kinds
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Region
from beichen.platforms.geo.service import region_at
from beichen.registry import service as registry
from beichen.registry.models import Object

LONGEST = 300
"""Characters of what a code may hold."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the form is filled with; empty where the object does not say."""

    code: str
    name: str
    kind: str = ""
    region: str = ""
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None


def code_in(text: str) -> str:
    """The object's code in what was scanned: the code itself, or an address that ends with it (`/c/CODE`)."""
    found = text.replace("\0", "").strip()[:LONGEST]
    if "://" in found:
        found = found.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    return found.upper() if not found.lower().startswith("urn:") else found


def scanned(text: str, *, by: Actor) -> dict[str, Any]:
    """What the object behind a scanned text says. Raises ProblemError REG-104 where ``by`` sees none."""
    code = code_in(text)
    is_urn = code.lower().startswith("urn:")
    row = registry.object_by_urn(code, by=by) if is_urn else registry.object_by_code(code, by=by)
    longitude, latitude = _place(row)
    name = row.name or row.type.name or row.code
    return asdict(
        Scanned(
            code=row.code,
            name=name,
            kind=_kind(str(_value(row, "category"))),
            region=_district(row, longitude, latitude),
            address=f"{name} {row.code}" if name != row.code else row.code,
            longitude=longitude,
            latitude=latitude,
        )
    )


def _value(row: Object, field: str) -> Any:
    """A field's value; empty where it is not there, or is for fewer eyes than the object itself."""
    attribute = row.parsed().get(field)
    if not isinstance(attribute, dict) or field in row.type.levels:
        return ""
    return attribute.get("value", "")


def _place(row: Object) -> tuple[float | None, float | None]:
    """WGS 84 degrees of a point; of another shape nobody says where on it something is wrong."""
    shape = _value(row, "location")
    if not isinstance(shape, dict) or shape.get("type") != "Point":
        return None, None
    longitude, latitude = shape["coordinates"][:2]
    return float(longitude), float(latitude)


def _kind(category: str) -> str:
    """The one kind of event of the object's category (GB/T 30428); empty for none and for several."""
    keys = [row.key for row in all_kinds() if row.category is not None and row.category.code == category]
    return keys[0] if len(keys) == 1 else ""


def _district(row: Object, longitude: float | None, latitude: float | None) -> str:
    path = row.region.path if row.region is not None else ""
    if not path and longitude is not None and latitude is not None:
        found = Region.objects.filter(code=region_at(longitude, latitude), is_current=True).first()
        path = found.path if found is not None else ""
    return next((one.code for one in districts() if path.startswith(one.path)), "")

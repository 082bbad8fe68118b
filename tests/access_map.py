"""The addresses of the map's room, for `test_access`: the address library and its files."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from beichen.kernel.actor import system
from beichen.platforms.geo.addresses.facts import AddressFacts
from beichen.platforms.geo.addresses.library import add_addresses
from beichen.platforms.geo.models import AddressRow, AddressSheet

SHEET = {"file": ("a.csv", "地址\n某路1号\n".encode())}
LIBRARY = {
    "sheet": ("a.csv", "地址,经度,纬度\n某路2号,125.3,43.8\n".encode()),
    "source": "x",
    "licence": "x",
    "datum": "wgs84",
}
CORRECTED = {"text": "某路1号", "longitude": 125.3, "latitude": 43.8, "standing": "current"}
AREA = {
    "type": "Polygon",
    "coordinates": [[[125.0, 43.0], [125.001, 43.0], [125.001, 43.001], [125.0, 43.001], [125.0, 43.0]]],
}
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "addresses": [("GET", "addresses", None)],
    "addresses/files": [("POST", "addresses/files", SHEET)],
    "addresses/library": [("POST", "addresses/library", LIBRARY)],
    "addresses/files/<slug:code>": [("GET", "addresses/files/KEPT", None)],
    "addresses/files/<slug:code>/rows.csv": [("GET", "addresses/files/KEPT/rows.csv", None)],
    "addresses/<slug:code>": [
        ("GET", "addresses/kept", None),
        ("POST", "addresses/kept", {**CORRECTED, "name": "y", "reason": "known", "version": 1}),
    ],
    "api/geo/places": [("GET", "api/geo/places?q=x", None)],
    "api/geo/addresses/search": [("GET", "api/geo/addresses/search?q=x", None)],
    "api/geo/addresses/match": [("POST", "api/geo/addresses/match", {"addresses": ["x"]})],
    "api/geo/addresses/reverse": [("GET", "api/geo/addresses/reverse?longitude=125&latitude=43", None)],
    "api/geo/addresses/sheets": [("POST", "api/geo/addresses/sheets", SHEET)],
    "api/geo/addresses/sheets/<slug:sheet_code>": [("GET", "api/geo/addresses/sheets/KEPT", None)],
    "api/geo/addresses/sheets/<slug:sheet_code>/rows.csv": [
        ("GET", "api/geo/addresses/sheets/KEPT/rows.csv", None)
    ],
    "api/geo/addresses/<slug:address_code>": [
        ("GET", "api/geo/addresses/kept", None),
        ("PATCH", "api/geo/addresses/kept", {"name": "y", "reason": "known"}),
    ],
    "api/geo/cells": [("GET", "api/geo/cells?longitude=125&latitude=43", None)],
    "api/geo/cells/<str:cell>": [("GET", "api/geo/cells/8a317662a467fff", None)],
    "api/geo/grid/<slug:region_code>": [
        ("GET", "api/geo/grid/990102001001", None),
        ("PUT", "api/geo/grid/990102001001", {"features": [{"type": "Feature", "geometry": AREA}]}),
    ],
    "api/geo/grid/<slug:region_code>/cut": [("POST", "api/geo/grid/990102001001/cut", {"area": AREA})],
}


def keep_addresses() -> None:
    """An address of the city's own, and an administrator's file of one row."""
    facts = AddressFacts("kept", "某路1号", 125.3, 43.8, "x", "x")
    add_addresses([facts], by=system("test"))
    now = timezone.now()
    sheet = AddressSheet.objects.create(
        code="KEPT",
        owner="client:tests",
        name="x",
        headings=["地址"],
        column=0,
        total=1,
        created_at=now,
        touched_at=now,
    )
    AddressRow.objects.create(sheet=sheet, number=2, cells=["某路1号"])

"""The addresses of OGC API, for `test_access`."""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import system
from beichen.platforms.geo import service
from beichen.platforms.geo.source import Asked

BY = system("test")

_SEEN = "lists what the reader may see; a test of the room holds that the rest does not exist"
OPEN = {
    "ogc": _SEEN,
    "ogc/": "the same",
    "ogc/conformance": "which standards are kept to",
    "ogc/api": "the definition of the interface",
    "ogc/collections": _SEEN,
    "ogc/tiles": "names the schemes of tiles",
    "ogc/tiles/<str:scheme>": _SEEN,
    "ogc/tiles/<str:scheme>/<str:zoom>/<str:row>/<str:column>": _SEEN,
    "ogc/tileMatrixSets": "definitions of a standard",
    "ogc/tileMatrixSets/<str:scheme>": "the same",
    "ogc/styles": "names the styles",
    "ogc/styles/<str:name>": _SEEN,
}
_ONE, _DISTRICTS = "ogc/collections/<str:key>", "ogc/collections/districts"
_SCHEME = "tiles/WebMercatorQuad"
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    _ONE: [("GET", _DISTRICTS, None)],
    f"{_ONE}/queryables": [("GET", f"{_DISTRICTS}/queryables", None)],
    f"{_ONE}/schema": [("GET", f"{_DISTRICTS}/schema", None)],
    f"{_ONE}/items": [("GET", f"{_DISTRICTS}/items", None)],
    f"{_ONE}/items/<path:name>": [("GET", f"{_DISTRICTS}/items/{{district}}", None)],
    f"{_ONE}/tiles": [("GET", f"{_DISTRICTS}/tiles", None)],
    f"{_ONE}/tiles/<str:scheme>": [("GET", f"{_DISTRICTS}/{_SCHEME}", None)],
    f"{_ONE}/tiles/<str:scheme>/<str:zoom>/<str:row>/<str:column>": [
        ("GET", f"{_DISTRICTS}/{_SCHEME}/0/0/0", None)
    ],
    f"{_ONE}/styles": [("GET", f"{_DISTRICTS}/styles", None)],
    f"{_ONE}/styles/<str:name>": [("GET", f"{_DISTRICTS}/styles/light", None)],
}


def ogc_numbers() -> dict[str, str]:
    """What stands for the names in the samples' addresses."""
    source = service.source_of(service.layer("districts"), BY)
    return {"district": source.columns(Asked(limit=1))["id"][0].as_py()}

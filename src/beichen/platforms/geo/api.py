"""`/api/geo`: the list of layers, and each layer's GeoJSON as the map reads it.

A layer's entity tag is the hash of its content, weak because two encodings share it: a map that has it
gets 304 without the content being read. The bytes go out gzipped as they are kept, or unpacked for a
client that does not accept gzip.
"""

from __future__ import annotations

import gzip
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from ninja import Field, Router, Schema

from beichen.kernel.access.service import acting, decide, require, visible
from beichen.kernel.actor import PUBLIC
from beichen.platforms.geo import service
from beichen.platforms.geo.models import Layer

router = Router(tags=["geo"])

GEOJSON = "application/geo+json"
FRESH_SECONDS = 300
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


@router.get("/layers", summary="The map's layers, from the bottom up")
def list_layers(request: HttpRequest) -> list[dict[str, Any]]:
    """Names, licence, attribution, box and hash of every layer; no features."""
    rows = visible(acting(request), service.READ, service.layers())
    return [_described(row) for row in rows]


@router.get("/layers/{slug:key}", summary="A layer's features as GeoJSON")
def read_layer(request: HttpRequest, key: str) -> HttpResponse:
    """The whole layer, cacheable for five minutes and then by its entity tag."""
    by = acting(request)
    require(by, service.READ)
    row = service.layer(key)
    require(by, service.READ, row)
    etag = f'W/"{row.sha256}"'
    known = parse_etags(request.headers.get("if-none-match", ""))
    if etag in known or "*" in known:
        answer = HttpResponse(status=304)
    else:
        answer = _answer(request, service.content(row))
    answer.headers["ETag"] = etag
    kept_by = "public" if decide(PUBLIC, service.READ, row) else "private"
    answer.headers["Cache-Control"] = f"{kept_by}, max-age={FRESH_SECONDS}"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


class PointsIn(Schema):
    """Up to 1,000 places: longitude and latitude, WGS 84."""

    points: list[tuple[Longitude, Latitude]] = Field(max_length=1_000)


@router.post("/regions", summary="The smallest region that each place lies in")
def locate(request: HttpRequest, told: PointsIn) -> dict[str, list[str]]:
    """Codes in the order of the places; empty for one that no region's area holds. Nothing is written."""
    require(acting(request), service.READ)
    return {"regions": [service.region_at(longitude, latitude) for longitude, latitude in told.points]}


def _answer(request: HttpRequest, zipped: bytes) -> HttpResponse:
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return HttpResponse(gzip.decompress(zipped), content_type=GEOJSON)
    answer = HttpResponse(zipped, content_type=GEOJSON)
    answer.headers["Content-Encoding"] = "gzip"
    return answer


def _described(row: Layer) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": {"zh": row.name, "en": row.name_en},
        "kind": row.kind,
        "source": row.source,
        "licence": row.licence,
        "attribution": row.attribution,
        "zoom": [row.min_zoom, row.max_zoom],
        "style": row.style,
        "region_property": row.region_property,
        "replaceable": row.replaceable,
        "features": row.feature_count,
        "box": [row.west, row.south, row.east, row.north],
        "sha256": row.sha256,
        "url": f"/api/geo/layers/{row.key}",
    }

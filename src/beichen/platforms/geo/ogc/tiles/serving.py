"""A tile as it is answered: from the client's own cache, from ours, or made."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from beichen.platforms.geo.ogc.answers import TILE, kept_answer
from beichen.platforms.geo.ogc.catalogue import Collection
from beichen.platforms.geo.ogc.questions import condition_of, during_of, names_of, only_known, within
from beichen.platforms.geo.ogc.tiles import cache
from beichen.platforms.geo.ogc.tiles.encoding import MAX_BYTES, MAX_FEATURES, drawn
from beichen.platforms.geo.ogc.tiles.schemes import Tile
from beichen.platforms.geo.source import Asked

FRESH_SECONDS = 60
WORTH = 600
"""Bytes from which a tile is gzipped."""
_MADE_BY = "3"  # another when the encoder writes the same features otherwise
_NARROWING = ("filter", "filter-lang", "filter-crs", "datetime", "properties")


def answer(
    request: HttpRequest, found: list[Collection], tile: Tile, known: tuple[str, ...] = ()
) -> HttpResponse:
    """The tile of one layer, or of several in one; 204 when nothing lies in it."""
    only_known(request.GET, (*_NARROWING, "f", *known))
    is_plain = not any(name in request.GET for name in _NARROWING)
    tags = [one.described.tag if is_plain else "" for one in found]
    tag = _entity_tag(found, tags, tile) if all(tags) else ""
    same = kept_answer(request, tag) if tag else None
    if same is not None:
        return same
    wants_gzip = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    content, is_zipped = _content(request, found, tags, tile, wants_gzip)
    response = HttpResponse(content, content_type=TILE, status=200 if content else 204)
    if is_zipped:
        response["Content-Encoding"] = "gzip"
    if tag:
        response["ETag"] = f'"{tag}"'
        reach = "public" if all(one.is_open for one in found) else "private"
        response["Cache-Control"] = f"{reach}, max-age={FRESH_SECONDS}"
    else:
        response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept-Encoding"
    return response


def _entity_tag(found: list[Collection], tags: list[str], tile: Tile) -> str:
    named = "\n".join(f"{one.key} {tag}" for one, tag in zip(found, tags, strict=True))
    state = hashlib.blake2b(f"{_MADE_BY}\n{named}".encode(), digest_size=10).hexdigest()
    return f"{state}-{tile.zoom}-{tile.row}-{tile.column}"


def _content(
    request: HttpRequest, found: list[Collection], tags: list[str], tile: Tile, wants_gzip: bool
) -> tuple[bytes, bool]:
    """The bytes, and whether they are gzipped."""
    if len(found) == 1:
        return _of_one(request, found[0], tags[0], tile, wants_gzip)
    parts: list[bytes] = []
    size = 0
    for one, tag in zip(found, tags, strict=True):
        if size < 2 * MAX_BYTES and one.layer.min_zoom <= tile.zoom:
            part, _is_zipped = _of_one(request, one, tag, tile, False)
            parts.append(part)
            size += len(part)
    whole = b"".join(parts)  # layers of a tile stand behind each other: tiles joined are one
    if wants_gzip and len(whole) > WORTH:
        return gzip.compress(whole, 1, mtime=0), True
    return whole, False


def _of_one(
    request: HttpRequest, one: Collection, tag: str, tile: Tile, wants_gzip: bool
) -> tuple[bytes, bool]:
    place = cache.place_of(one.key, f"{_MADE_BY} {tag}", tile) if tag else None
    zipped_place = place.with_suffix(".mvt.gz") if place is not None else None
    if wants_gzip and zipped_place is not None and (kept := cache.kept(zipped_place)) is not None:
        return kept, True
    plain = _plain(request, one, place, tile, keep=not wants_gzip)
    if not wants_gzip or len(plain) <= WORTH:
        if place is not None and wants_gzip:
            cache.keep(place, plain)
        return plain, False
    zipped = gzip.compress(plain, 1, mtime=0)
    if zipped_place is not None:
        cache.keep(zipped_place, zipped)
    return zipped, True


def _plain(request: HttpRequest, one: Collection, place: Path | None, tile: Tile, *, keep: bool) -> bytes:
    if place is None:
        return _made(request, one, tile)
    found = cache.kept(place)
    if found is None:
        found = _made(request, one, tile)
        if keep:
            cache.keep(place, found)
    return found


def _made(request: HttpRequest, one: Collection, tile: Tile) -> bytes:
    fields = one.described.fields
    query = request.GET
    asked = Asked(limit=MAX_FEATURES, box=tile.box, zoom=tile.zoom)
    if query:
        asked = Asked(
            limit=MAX_FEATURES,
            box=tile.box,
            zoom=tile.zoom,
            during=during_of(query.get("datetime", "")),
            condition=condition_of(query, fields),
            names=names_of(query.get("properties", ""), {field.name: field.kind for field in fields}),
        )
    return drawn(one.source, within(asked), tile, one.key)

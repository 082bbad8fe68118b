"""Features of a collection: pages and single ones, as bytes that are joined, not built."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse

from beichen.platforms.geo.ogc.answers import GEOJSON, HTML, SCHEMA, kept_answer, root_of, zipped
from beichen.platforms.geo.ogc.catalogue import Collection
from beichen.platforms.geo.ogc.codes import NO_FEATURE, refused
from beichen.platforms.geo.ogc.links import Link, address, as_header, forms_of, link
from beichen.platforms.geo.ogc.questions import Question, cursor_of, only_known, query_of
from beichen.platforms.geo.ogc.systems import PLAIN, System, system_of
from beichen.platforms.geo.ogc.turning import in_system
from beichen.platforms.geo.source import Answer, version_of
from beichen.problem import said


class Place(NamedTuple):
    """What decides the links of a page: those of one place are the same."""

    root: str
    key: str
    text: str
    trail: tuple[str, ...]
    after: str
    form: str


def place_of(request: HttpRequest, one: Collection, question: Question, after: str, form: str) -> Place:
    """Where a page stands; ``after`` is the mark of the one behind it."""
    text = str(request.META.get("QUERY_STRING", ""))
    return Place(root_of(request), one.key, text, question.trail, after, form)


def links_of_page(place: Place) -> list[Link]:
    """`self`, `alternate`, `collection`, and to the pages before and behind."""
    root, key, text, trail, after, form = place
    asked, cursor, narrowed = _parted(text)
    at = partial(_page_at, address(root, "collections", key, "items"), narrowed)
    kinds = {"json": GEOJSON, "html": HTML}
    other = "html" if form == "json" else "json"
    found = [link(at(asked, cursor), "self", kinds[form]), link(at(other, cursor), "alternate", kinds[other])]
    if after:
        found.append(link(at(asked, cursor_of((*trail, after))), "next", kinds[form]))
    if trail:
        before = cursor_of(trail[:-1]) if trail[1:] else ""
        found.append(link(at(asked, before), "prev", kinds[form]))
    found.append(link(address(root, "collections", key), "collection"))
    names = address(root, "collections", key, "queryables")
    found.append(link(names, "http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA))
    return found


@lru_cache(maxsize=256)
def _written(place: Place) -> tuple[orjson.Fragment, str]:
    """The links as JSON and as a header."""
    links = links_of_page(place)
    return orjson.Fragment(orjson.dumps(links)), as_header(links)


@lru_cache(maxsize=512)
def _parted(text: str) -> tuple[str, str, str]:
    """Format and cursor of a query, and what else it holds, encoded."""
    query = query_of(text).dict()
    asked, cursor = str(query.pop("f", "")), str(query.pop("cursor", ""))
    return asked, cursor, urlencode(query)


def _page_at(href: str, narrowed: str, form: str, cursor: str) -> str:
    """The address of a page; ``narrowed`` are the parameters that all pages share, encoded once."""
    more = urlencode({name: value for name, value in (("f", form), ("cursor", cursor)) if value})
    query = "&".join(part for part in (narrowed, more) if part)
    return f"{href}?{query}" if query else href


def page(request: HttpRequest, one: Collection, question: Question) -> HttpResponse:
    """A page of features as GeoJSON."""
    found = one.source.page(question.asked)
    links, header = _written(place_of(request, one, question, found.after, "json"))
    features = in_system(found.features, question.system)
    answer = HttpResponse(_collected(features, found, links), content_type=GEOJSON)
    answer["Content-Crs"] = f"<{question.system.uri}>"
    answer["Link"] = header
    return zipped(answer, request)


def _collected(features: list[bytes], found: Answer, links: orjson.Fragment) -> bytes:
    about: dict[str, Any] = {"numberReturned": len(features)}
    if found.matched is not None:
        about["numberMatched"] = found.matched
    about["timeStamp"] = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    about["links"] = links
    return b"".join(
        (
            b'{"type":"FeatureCollection",',
            orjson.dumps(about)[1:-1],
            b',"features":[',
            b",".join(features),
            b"]}",
        )
    )


def feature_of(one: Collection, key: str) -> bytes:
    """A feature as it is kept. Raises ProblemError GEO-614, also for one that may not be seen."""
    found = one.source.feature(key)
    if found is None:
        raise refused(NO_FEATURE, said("there is no feature {key}", key=key[:60]))
    return found


def system_asked(request: HttpRequest) -> System:
    """The system of a request for one feature, the only parameter that it may have beside its format."""
    only_known(request.GET, ("f", "crs"))
    return system_of(request.GET["crs"]) if "crs" in request.GET else PLAIN


def item(request: HttpRequest, one: Collection, key: str) -> HttpResponse:
    """One feature as GeoJSON; its version is its entity tag."""
    system = system_asked(request)
    kept = feature_of(one, key)
    tag = version_of(kept) if system.is_plain else f"{version_of(kept)}-{system.name.rpartition(':')[2]}"
    known = kept_answer(request, tag)
    if known is not None:
        return known
    root = root_of(request)
    href = address(root, "collections", one.key, "items", key)
    links = [
        *forms_of(href, request.GET.dict(), "json", GEOJSON),
        link(address(root, "collections", one.key), "collection"),
    ]
    (turned,) = in_system([kept], system)
    body = b"".join((turned.rstrip()[:-1], b',"links":', orjson.dumps(links), b"}"))
    answer = HttpResponse(body, content_type=GEOJSON)
    answer["Content-Crs"] = f"<{system.uri}>"
    answer["ETag"] = f'"{tag}"'
    answer["Link"] = as_header(links)
    return answer

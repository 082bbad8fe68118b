"""Links of the interface (RFC 8288), in documents and in headers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from beichen.platforms.geo.ogc.answers import GEOJSON, HTML, JSON

Link = dict[str, Any]


def link(href: str, rel: str, kind: str = JSON, title: str = "", **more: Any) -> Link:
    """One link."""
    found: Link = {"href": href, "rel": rel, "type": kind}
    return {**found, **({"title": title} if title else {}), **more}


@lru_cache(maxsize=1_024)
def address(root: str, *parts: str, **query: str) -> str:
    """An address of the interface."""
    path = "/".join((root, *(quote(one, safe="") for one in parts)))
    return f"{path}?{urlencode(query)}" if query else path


def with_query(href: str, query: Mapping[str, Any], **changes: str) -> str:
    """The address with a request's parameters, some of them changed; an empty one is left out."""
    kept = {name: value for name, value in query.items() if name not in changes}
    kept |= {name: value for name, value in changes.items() if value}
    return f"{href}?{urlencode(kept)}" if kept else href


def forms_of(href: str, query: Mapping[str, Any], form: str, kind: str = JSON) -> list[Link]:
    """`self` and `alternate`: the document as JSON and as a page."""
    kinds = {"json": kind, "html": HTML}
    other = "html" if form == "json" else "json"
    return [
        link(with_query(href, query), "self", kinds[form]),
        link(with_query(href, query, f=other), "alternate", kinds[other]),
    ]


def as_header(links: list[Link]) -> str:
    """The links of a page as a header."""
    return ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in links)


__all__ = ["GEOJSON", "Link", "address", "as_header", "forms_of", "link", "with_query"]

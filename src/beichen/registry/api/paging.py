"""Links to the next and the previous page (clause 6.3.10)."""

from __future__ import annotations

from urllib.parse import quote_plus

from django.http import HttpResponse

from beichen.registry.api.call import Call


def add_pages(
    call: Call, response: HttpResponse, path: str, *, limit: int, offset: int, has_more: bool
) -> None:
    """Add the links to an answer that holds the page from ``offset`` on."""
    pages = []
    if offset:
        pages.append(("prev", max(0, offset - limit)))
    if has_more:
        pages.append(("next", offset + limit))
    links = [response["Link"]] if "Link" in response else []
    for relation, start in pages:
        asked = {
            **{name: values[-1] for name, values in call.parameters.items()},
            "limit": str(limit),
            "offset": str(start),
        }
        # The names are ones that this operation knows: only values need quoting.
        words = [
            f"{name}={value if value.isalnum() and value.isascii() else quote_plus(value, ':/*')}"
            for name, value in sorted(asked.items())
        ]
        links.append(f'<{path}?{"&".join(words)}>; rel="{relation}"; type="{response["Content-Type"]}"')
    if links:
        response["Link"] = ", ".join(links)

"""How a request is answered: format, language, headers; what goes wrong becomes a document.

A browser that asks for a page gets one; every program gets JSON. `f` in the address decides before `Accept`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.http import parse_etags
from django.views.decorators.csrf import csrf_exempt

from beichen.platforms.geo.ogc.codes import NO_FORMAT, NO_METHOD, refused
from beichen.problem import ProblemError, nearest, said

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA, TILE = "application/schema+json", "application/vnd.mapbox-vector-tile"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM = "application/problem+json"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
View = Callable[..., HttpResponseBase]


def format_of(request: HttpRequest, offered: tuple[str, ...] = ("json", "html")) -> str:
    """The format that is asked for, one of ``offered``. Raises ProblemError GEO-612."""
    asked = request.GET.get("f")
    if asked is None:
        return "html" if "html" in offered and wants_page(request) else offered[0]
    if asked in offered:
        return asked
    raise refused(
        NO_FORMAT, said("{name!r} is not offered here", name=asked[:20]), "f", nearest(asked[:20], offered)
    )


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser asks: it names HTML itself."""
    return HTML in request.META.get("HTTP_ACCEPT", "")


def language_of(request: HttpRequest) -> str:
    """`en` or `zh`: what a page is in, or for programs what they say first."""
    if hasattr(request, "LANGUAGE_CODE"):
        return "en" if str(translation.get_language()).startswith("en") else "zh"
    return "en" if request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower().startswith("en") else "zh"


def root_of(request: HttpRequest) -> str:
    """The address of the interface, for links."""
    kept = request.__dict__.get("_ogc_root")
    if kept is None:
        kept = request.__dict__["_ogc_root"] = f"{request.scheme}://{request.get_host()}/ogc"
    return str(kept)


def json_answer(request: HttpRequest, content: Any, kind: str = JSON, *, status: int = 200) -> HttpResponse:
    """A document."""
    answer = HttpResponse(orjson.dumps(content), content_type=kind, status=status)
    answer["Content-Language"] = language_of(request)
    return answer


def page_answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of the house."""
    return render(request, f"platforms_geo_ogc/{template}.html", context)


def kept_answer(request: HttpRequest, tag: str) -> HttpResponse | None:
    """304 for a client that has the answer of this entity tag, else None."""
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known is None:
        return None
    named = {one.removeprefix("W/") for one in parse_etags(known)}
    if f'"{tag}"' not in named and "*" not in named:
        return None
    answer = HttpResponse(status=304)
    answer["ETag"] = f'"{tag}"'
    return answer


def zipped(answer: HttpResponse, request: HttpRequest) -> HttpResponse:
    """The answer gzipped for who reads that, where it is worth it."""
    answer["Vary"] = "Accept-Encoding"
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "") and len(answer.content) > 1_000:
        answer.content = gzip.compress(answer.content, 1, mtime=0)
        answer["Content-Encoding"] = "gzip"
    return answer


def answering(*methods: str) -> Callable[[View], View]:
    """For a view of the interface: GET, HEAD and ``methods``; what goes wrong becomes a problem document."""
    allowed = ("GET", "HEAD", *methods)

    def wrapped(view: View) -> View:
        @csrf_exempt  # a session's write is checked where it is made; programs come with a key
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in allowed:
                    return _not_answered(request, allowed)
                answer = view(request, *args, **kwargs)
            except ProblemError as error:
                answer = problem_answer(request, error)
            answer["Access-Control-Allow-Origin"] = "*"
            return answer

        return answered

    return wrapped


def _not_answered(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
        answer["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, Content-Crs, Idempotency-Key, If-Match"
        )
    else:
        error = refused(NO_METHOD, said("{method} is not answered here", method=str(request.method)[:20]))
        answer = problem_answer(request, error)
    answer["Allow"] = answer["Access-Control-Allow-Methods"] = ", ".join((*allowed, "OPTIONS"))
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def problem_answer(request: HttpRequest, error: ProblemError) -> HttpResponse:
    """What was refused: a page for a browser that reads, else RFC 9457."""
    if hasattr(request, "LANGUAGE_CODE") and request.method == "GET" and wants_page(request):
        return render(request, "web/problem.html", {"problem": error.problems[0]}, status=error.status)
    answer = HttpResponse(orjson.dumps(error.as_dict()), status=error.status, content_type=PROBLEM)
    if error.status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer

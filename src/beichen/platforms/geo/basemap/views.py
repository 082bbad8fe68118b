"""`/map/base.pmtiles`, by parts, and `/map/style.json`, for the map of every page and for other clients."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.actor import PUBLIC
from beichen.platforms.geo.basemap import service
from beichen.platforms.geo.basemap.palette import Theme
from beichen.platforms.geo.basemap.ranges import Span, pieces_of, read_span, span_of
from beichen.platforms.geo.service import READ
from beichen.problem import Problem, ProblemError, Where, code, nearest, said

NOT_BUILT = code("GEO-703", "The base map is not built yet.", status=404)
NO_RANGE = code("GEO-704", "The range lies outside the file.", status=416)
NO_THEME = code("GEO-705", "The map has no such appearance or language.", status=422)

MEDIA = "application/vnd.pmtiles"
FRESH_SECONDS = 300
LARGE = 1 << 20
LANGUAGES = ("zh", "en")


def _keepable(request: HttpRequest, answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    kept_by = "public" if decide(PUBLIC, READ) else "private"
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = f"{kept_by}, max-age={FRESH_SECONDS}"
    return answer


def _is_known(request: HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("if-none-match", ""))
    return etag in known or "*" in known


@require_safe
def archive(request: HttpRequest) -> HttpResponseBase:
    """The archive or the part of it that `Range` names. Raises ProblemError GEO-703 and GEO-704."""
    require(acting(request), READ)
    file = service.archive_file()
    try:
        status = file.stat()
    except FileNotFoundError:
        hint = said("it is built a few seconds after the city is loaded: beichen map build")
        raise ProblemError(Problem(NOT_BUILT, said("there is no base map yet"), hint=hint)) from None
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    if _is_known(request, etag):
        return _keepable(request, HttpResponse(status=304), etag)
    header = request.headers.get("range", "")
    if request.headers.get("if-range", etag) != etag:
        header = ""  # of another file: the whole of this one
    try:
        span = span_of(header, status.st_size)
    except ValueError:
        message = said("the file has {size} bytes", size=status.st_size)
        raise ProblemError(Problem(NO_RANGE, message, Where(field="Range"))) from None
    answer = _part(request, file, span or Span(0, status.st_size))
    if span is not None:
        answer.status_code = 206
        last = span.start + span.length - 1
        answer.headers["Content-Range"] = f"bytes {span.start}-{last}/{status.st_size}"
    answer.headers["Accept-Ranges"] = "bytes"
    return _keepable(request, answer, etag)


def _part(request: HttpRequest, file: Path, span: Span) -> HttpResponseBase:
    if request.method == "HEAD":
        answer: HttpResponseBase = HttpResponse(content_type=MEDIA)
    elif span.length <= LARGE:
        answer = HttpResponse(read_span(file, span), content_type=MEDIA)
    else:
        answer = StreamingHttpResponse(pieces_of(file, span), content_type=MEDIA)
    answer.headers["Content-Length"] = str(span.length)
    return answer


def _choice(request: HttpRequest, name: str, valid: tuple[str, ...], default: str) -> str:
    chosen = request.GET.get(name, default)
    if chosen not in valid:
        message = said("there is no {name} of this name", name=name)
        raise ProblemError(Problem(NO_THEME, message, Where(field=name), nearest(chosen[:40], valid)))
    return chosen


@require_safe
def style(request: HttpRequest) -> HttpResponseBase:
    """The style for MapLibre: `theme` light or dark, `lang` zh or en. Raises ProblemError GEO-705."""
    require(acting(request), READ)
    theme = Theme(_choice(request, "theme", tuple(Theme), Theme.LIGHT))
    spoken = "en" if get_language() == "en" else "zh"
    language = _choice(request, "lang", LANGUAGES, spoken)
    content = orjson.dumps(service.style_document(theme, "en" if language == "en" else "zh-hans"))
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    if _is_known(request, etag):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type="application/json")
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    _keepable(request, answer, etag)
    answer.headers["Cache-Control"] = "no-cache"  # asked for again each time, and mostly answered with 304
    return answer

"""`/map/base.pmtiles`, by parts, and `/map/style.json`, for the map of every page and for other clients."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, require
from beichen.platforms.geo.basemap import service
from beichen.platforms.geo.basemap.pages import appearance, is_known, keepable, style_answer
from beichen.platforms.geo.basemap.ranges import Span, pieces_of, read_span, span_of
from beichen.platforms.geo.service import READ
from beichen.problem import Problem, ProblemError, Where, code, said

NOT_BUILT = code("GEO-703", "The base map is not built yet.", status=404)
NO_RANGE = code("GEO-704", "The range lies outside the file.", status=416)

MEDIA = "application/vnd.pmtiles"
LARGE = 1 << 20


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
    if is_known(request, etag):
        return keepable(request, HttpResponse(status=304), etag)
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
    return keepable(request, answer, etag)


def _part(request: HttpRequest, file: Path, span: Span) -> HttpResponseBase:
    if request.method == "HEAD":
        answer: HttpResponseBase = HttpResponse(content_type=MEDIA)
    elif span.length <= LARGE:
        answer = HttpResponse(read_span(file, span), content_type=MEDIA)
    else:
        answer = StreamingHttpResponse(pieces_of(file, span), content_type=MEDIA)
    answer.headers["Content-Length"] = str(span.length)
    return answer


@require_safe
def style(request: HttpRequest) -> HttpResponseBase:
    """The style for MapLibre: `theme` light or dark, `lang` zh or en. Raises ProblemError GEO-705."""
    require(acting(request), READ)
    return style_answer(request, service.style_document(*appearance(request)))

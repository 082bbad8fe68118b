"""What answers with a style share: the appearance that is asked for, entity tags, who may keep the answer."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from beichen.kernel.access.service import decide
from beichen.kernel.actor import PUBLIC
from beichen.platforms.geo.basemap.palette import Theme
from beichen.platforms.geo.service import READ
from beichen.problem import Problem, ProblemError, Where, code, nearest, said

__all__ = ["appearance", "is_known", "keepable", "style_answer"]

NO_THEME = code("GEO-705", "The map has no such appearance or language.", status=422)

FRESH_SECONDS = 300
LANGUAGES = ("zh", "en")


def keepable(request: HttpRequest, answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    """The answer with its tag, for as long as it may be kept, by everybody or by its reader alone."""
    kept_by = "public" if decide(PUBLIC, READ) else "private"
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = f"{kept_by}, max-age={FRESH_SECONDS}"
    return answer


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the client has the answer of this tag."""
    known = parse_etags(request.headers.get("if-none-match", ""))
    return etag in known or "*" in known


def _choice(request: HttpRequest, name: str, valid: tuple[str, ...], default: str) -> str:
    chosen = request.GET.get(name, default)
    if chosen not in valid:
        message = said("there is no {name} of this name", name=name)
        raise ProblemError(Problem(NO_THEME, message, Where(field=name), nearest(chosen[:40], valid)))
    return chosen


def appearance(request: HttpRequest) -> tuple[Theme, str]:
    """The appearance and language (as Django names it) that are asked for. Raises ProblemError GEO-705."""
    theme = Theme(_choice(request, "theme", tuple(Theme), Theme.LIGHT))
    spoken = "en" if get_language() == "en" else "zh"
    language = _choice(request, "lang", LANGUAGES, spoken)
    return theme, "en" if language == "en" else "zh-hans"


def style_answer(request: HttpRequest, document: dict[str, Any]) -> HttpResponseBase:
    """A style, or 304 for who has it."""
    content = orjson.dumps(document)
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    if is_known(request, etag):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type="application/json")
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    keepable(request, answer, etag)
    answer.headers["Cache-Control"] = "no-cache"  # asked for again each time, and mostly answered with 304
    return answer

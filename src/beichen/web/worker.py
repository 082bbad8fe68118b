"""`/worker.js`: the site's one service worker, at the root so that its scope is the whole house."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

SOURCE = Path(__file__).parent / "static/web/js/worker.js"


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script. Browsers ask for it anew and install it when a byte of it has changed."""
    return HttpResponse(_source(), content_type="text/javascript; charset=utf-8")

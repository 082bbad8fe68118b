"""`/worker.js`: the site's one service worker, at the root so that its scope is the house.

`/offline` stands for pages that are not kept; `/manifest.webmanifest` puts the house on a first screen.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from beichen import __version__
from beichen.kernel.org.service import city_name
from beichen.web import offline

SOURCE = Path(__file__).parent / "static/web/js/worker.js"


@cache
def script() -> str:
    """The worker, with what it keeps; its version changes with any file, by the names of the manifest."""
    source = SOURCE.read_text(encoding="utf-8")
    assets = offline.assets()
    shell = {
        "version": hashlib.sha256("\n".join((__version__, source, *assets)).encode()).hexdigest()[:16],
        "header": offline.HEADER,
        "away": reverse("web:offline"),
        "assets": assets,
        "pages": [
            {"path": page.path, "by": page.by, "first": [f"{page.path}{query}" for query in page.first]}
            for page in offline.pages()
        ],
    }
    return f"const SHELL = {orjson.dumps(shell).decode()};\n{source}"


@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script. Browsers ask for it anew and install it when a byte of it has changed."""
    return HttpResponse(script(), content_type="text/javascript; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What the house is called on a phone's first screen (W3C Web App Manifest)."""
    name = city_name(english=get_language() == "en") or "北辰 Beichen"
    content = {
        "name": f"{name} · 北辰" if name != "北辰 Beichen" else name,
        "short_name": name,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": "en" if get_language() == "en" else "zh-Hans",
        "background_color": "#f5f2ea",
        "theme_color": "#1d4f7c",
        "icons": [{"src": static("web/star.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
    }
    return HttpResponse(orjson.dumps(content), content_type="application/manifest+json")


@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """What the worker shows for a page that it does not keep, while there is no network."""
    return render(request, "web/offline.html", {"pages": offline.pages()})

"""What every page knows: the city, the navigation, the appearance, and whether it shows demo data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from beichen import __version__
from beichen.kernel.org.service import city_name
from beichen.settings import settings
from beichen.web.head import head_counts
from beichen.web.links import navigation
from beichen.web.offline import is_shell
from beichen.web.views import THEME_COOKIE, THEMES


def page(request: HttpRequest) -> dict[str, Any]:
    """Template variables of every page."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    language = get_language() or "zh-hans"
    return {
        "demo": settings().demo,
        "release": __version__,
        "city": city_name(english=language == "en"),
        "navigation": navigation(request),
        "head_counts": () if is_shell(request) else head_counts(request),
        "is_shell": is_shell(request),
        "theme": theme if theme in THEMES else "",
        "page_language": "en" if language == "en" else "zh-Hans",
    }

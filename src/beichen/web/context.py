"""What every page knows: the city, the navigation, the appearance, and whether it shows demo data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from beichen import __version__
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import Subject, chosen_subject, is_subject_chosen
from beichen.kernel.org.service import city_name
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen.web.head import head_counts
from beichen.web.links import navigation
from beichen.web.offline import is_shell
from beichen.web.views import EASY, READING_COOKIE, THEME_COOKIE, THEMES


def page(request: HttpRequest) -> dict[str, Any]:
    """Template variables of every page."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    language = get_language() or "zh-hans"
    return {
        "demo": settings().demo,
        "upstream": settings().upstream_name,
        "release": __version__,
        "city": city_name(english=language == "en"),
        "navigation": navigation(request),
        "head_counts": () if is_shell(request) else head_counts(request),
        "is_shell": is_shell(request),
        "theme": theme if theme in THEMES else "",
        "reading": EASY if request.COOKIES.get(READING_COOKIE) == EASY else "",
        "acting_for": _acting_for(request),
        "page_language": "en" if language == "en" else "zh-Hans",
    }


def _acting_for(request: HttpRequest) -> Subject | None:
    """Whom the reader acts for in this session, asked only of those who chose somebody else.

    It is the reader again once that representation is over: the page says so until they choose anew.
    """
    account = getattr(request, "user", None)
    if is_shell(request) or not isinstance(account, Account) or account.person_id is None:
        return None
    if not is_subject_chosen(request):
        return None
    try:
        subject = chosen_subject(request)
    except ProblemError:  # a program's key beside a session: it acts for nobody
        return None
    return subject

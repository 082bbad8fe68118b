"""Sessions of browsers: who ends one takes its cookie away, nobody else."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


class KeepingSessionMiddleware(SessionMiddleware):
    """Django's, but a session that is not there any more leaves the browser's cookie alone.

    Signing in gives a browser a new session and ends the one of before. What it had asked just before, such
    as a page that the service worker keeps, would find none and take the cookie away: the new one by then.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Take the cookie away only where this request has emptied the session."""
        session = getattr(request, "session", None)
        known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if session is not None and known and session.is_empty() and not session.modified:
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)

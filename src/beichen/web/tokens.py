"""The token of the house's own pages, against forms that another site sends (cross-site request forgery)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers


class TokenMiddleware(CsrfViewMiddleware):
    """Django's, but a browser is told a token once, not again with each form that it is shown.

    Signing in gives a browser a new token. An answer to what it had asked just before, such as a page that
    the service worker keeps or another tab, would bring back the one of before, and the next form be
    refused. So the cookie has no age to renew: it lasts as long as the browser runs.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave the cookie as it is where the browser has the token already."""
        if request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            patch_vary_headers(response, ("Cookie",))
            known = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
            request.META["CSRF_COOKIE_NEEDS_UPDATE"] = known != request.META["CSRF_COOKIE"]
        return super().process_response(request, response)

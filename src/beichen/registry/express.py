"""The short way for programs: requests of open protocols without a session skip what only people need.

Sessions, languages, CSRF cookies and messages cost more than reading a page of objects. A request that
carries a session cookie takes the long way, so that a signed-in person acts as such, with a CSRF token; so
does one that asks for a page. The setting ``EXPRESS`` names the prefixes and their addresses.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, URLResolver
from django.urls.resolvers import RegexPattern

from beichen.web.errors import TOLD, answer_to


class ExpressMiddleware:
    """Stands first; answers requests of programs, passes on everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._resolvers = {
            prefix: URLResolver(RegexPattern(r"^/"), urls) for prefix, urls in settings.EXPRESS.items()
        }
        self._prefixes = tuple(self._resolvers)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on."""
        path = request.path_info
        if not path.startswith(self._prefixes) or not self._is_express(request):
            return self.get_response(request)
        resolver = next(found for prefix, found in self._resolvers.items() if path.startswith(prefix))
        try:
            match = resolver.resolve(path)
        except Resolver404:
            return self.get_response(request)
        request.user = AnonymousUser()
        response = self._answer(request, match)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Length"] = str(len(response.content))
        return response

    def _answer(self, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
        """The view's answer, or what its error is worth; a mistake of ours is Django's to tell."""
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except TOLD as error:
            return answer_to(error, request)
        return response

    def _is_express(self, request: HttpRequest) -> bool:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return False
        if "text/html" in request.headers.get("accept", "") or request.GET.get("f") == "html":
            return False
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return False
        try:
            request.get_host()
        except DisallowedHost:
            return False
        return True

"""The short way for programs: requests of open protocols without a session skip what only people need.

Sessions, languages, CSRF cookies and messages cost more than reading a page of objects. A request that
carries a session cookie takes the long way, so that a signed-in person acts as such, with a CSRF token; so
does one that asks for a page. The setting ``EXPRESS`` names the prefixes and their addresses. What an address
and a query mean is found once: they alone decide it, and programs come again with the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, URLResolver
from django.urls.resolvers import RegexPattern

from beichen.web.errors import TOLD, answer_to

KEPT = 512  # of addresses, and of queries, the newest


class ExpressMiddleware:
    """Stands first; answers requests of programs, passes on everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._resolvers = {
            prefix: URLResolver(RegexPattern(r"^/"), urls) for prefix, urls in settings.EXPRESS.items()
        }
        self.prefixes = tuple(self._resolvers)
        self._match = lru_cache(KEPT)(self._found)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on."""
        match = self.way_of(request)
        return self.get_response(request) if match is None else self.answer(request, match)

    def way_of(self, request: HttpRequest) -> ResolverMatch | None:
        """Who answers on the short way; None for a request that takes the long one. Asks no database."""
        path = request.path_info
        if not path.startswith(self.prefixes) or not self._is_express(request):
            return None
        try:
            return self._match(path)
        except Resolver404:
            return None

    def answer(self, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
        """The answer of who was found. A mistake of ours is raised, for Django to tell."""
        request.user = AnonymousUser()
        response = self._answer(request, match)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Length"] = str(len(response.content))
        return response

    def _found(self, path: str) -> ResolverMatch:
        resolver = next(found for prefix, found in self._resolvers.items() if path.startswith(prefix))
        return resolver.resolve(path)

    def _answer(self, request: HttpRequest, match: ResolverMatch) -> HttpResponse:
        """The view's answer, or what its error is worth; a mistake of ours is Django's to tell."""
        try:
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except TOLD as error:
            return answer_to(error, request)
        return response

    def _is_express(self, request: HttpRequest) -> bool:
        sent = request.META
        if "HTTP_COOKIE" in sent and settings.SESSION_COOKIE_NAME in request.COOKIES:
            return False
        query = request.__dict__["GET"] = _query(sent.get("QUERY_STRING", ""))
        if "text/html" in sent.get("HTTP_ACCEPT", "") or query.get("f") == "html":
            return False
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return False
        try:
            request.get_host()
        except DisallowedHost:
            return False
        return True


@lru_cache(KEPT)
def _query(text: str) -> QueryDict:
    """The parameters of a query as the server handed it over (PEP 3333), which nobody can change."""
    return QueryDict(text.encode("iso-8859-1", "replace"))

"""Error answers: a problem document for programs, a page for people, never a stack trace."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_noop as _

from beichen.problem import Problem, ProblemError, code

BAD_REQUEST = code("WEB-400", "The request cannot be read.", status=400)
FORBIDDEN = code("WEB-403", "This is not allowed.", status=403)
NOT_FOUND = code("WEB-404", "There is nothing at this address.", status=404)
AWAY = code("WEB-503", "The house cannot answer just now.", status=503)
SERVER_ERROR = code("WEB-500", "Beichen made a mistake; it was recorded.", status=500)

RETRY_SECONDS = 30
_log = logging.getLogger(__name__)
PROBLEM_TYPE = "application/problem+json"
# Where programs speak an open protocol: what goes wrong there is a document, whatever the client accepts.
PROTOCOLS = ("/api/", "/events", "/ngsi-ld/", "/open311/", "/tlog/")
SHARED = ("/ogc",)  # pages stand there too, for clients that name HTML
TOLD = (ProblemError, OperationalError, DataError)


def _asks_for_page(request: HttpRequest) -> bool:
    if request.path.startswith(SHARED):
        return "text/html" in request.headers.get("accept", "")
    return request.accepts("text/html") and not request.path.startswith(PROTOCOLS)


def problem_response(problem: Problem, request: HttpRequest) -> HttpResponse:
    """``problem`` as a page when a browser asks for one, else as an RFC 9457 document."""
    if _asks_for_page(request):
        return render(request, "web/problem.html", {"problem": problem}, status=problem.status)
    return JsonResponse(problem.as_dict(), status=problem.status, content_type=PROBLEM_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for 400."""
    return problem_response(
        Problem(BAD_REQUEST, _("The form or the link was damaged; go back and try again.")), request
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for 403."""
    return problem_response(Problem(FORBIDDEN, _("Your account does not open this page.")), request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of our own page; ``reason`` is Django's, for its log."""
    words = _("The form is too old, or comes from elsewhere; open it again.")
    return problem_response(Problem(FORBIDDEN, words), request)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for 404."""
    return problem_response(
        Problem(NOT_FOUND, _("The link may be old, or a letter of the address is wrong.")), request
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for 500."""
    problem = Problem(SERVER_ERROR, _("Please try again in a moment."))
    if not _asks_for_page(request):
        return JsonResponse(problem.as_dict(), status=500, content_type=PROBLEM_TYPE)
    # Without the shell: what failed may be the database that the shell asks.
    return HttpResponse(render_to_string("web/failure.html", {"problem": problem}), status=500)


def _away(request: HttpRequest, exception: OperationalError) -> HttpResponse:
    """The database is away: nothing was kept, and when to come again."""
    _log.error("the database cannot be used: %s", exception)
    problem = Problem(AWAY, _("Nothing was lost that was confirmed; please try again in a moment."))
    if _asks_for_page(request):
        # Without the shell, which asks the database.
        response = HttpResponse(render_to_string("web/failure.html", {"problem": problem}), status=503)
    else:
        response = JsonResponse(problem.as_dict(), status=503, content_type=PROBLEM_TYPE)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def answer_to(error: ProblemError | OperationalError | DataError, request: HttpRequest) -> HttpResponse:
    """What is said of a problem, of a database that is away, or of a text that no database keeps.

    Raises ``error`` again where it is a mistake of ours.
    """
    if isinstance(error, ProblemError):
        return problem_response(error.problems[0], request)
    if isinstance(error, OperationalError):
        return _away(request, error)
    if "NUL" not in str(error):  # psycopg says it of a value, before it is sent; SQLite keeps such texts
        raise error
    return problem_response(Problem(BAD_REQUEST, _("It holds a character that no text holds.")), request)


class ProblemMiddleware:
    """Turns a ProblemError that a view let go into its answer, instead of a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer problems; leave every other exception to Django."""
        return answer_to(exception, request) if isinstance(exception, TOLD) else None

"""Answers: bytes with their media type and context, and problems as clauses 5.5.2 and 6.3.2 want them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from beichen.problem import Problem, ProblemError, shorten
from beichen.registry.api.call import JSON, LD_JSON
from beichen.registry.document.context import Context
from beichen.registry.document.names import CORE_CONTEXT
from beichen.registry.problems import ERROR_TYPES, ERRORS, NO_METHOD

View = Callable[..., HttpResponse]
_LINK = '<{}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


def problem_document(error: ProblemError) -> dict[str, Any]:
    """An RFC 9457 document whose type is the standard's where it has one."""
    document = error.as_dict()
    name = ERROR_TYPES.get(error.problems[0].code)
    if name is not None:
        document["type"] = ERRORS + name
    return document


def refuse(error: ProblemError) -> HttpResponse:
    """The answer to a request that cannot be served."""
    response = HttpResponse(orjson.dumps(problem_document(error)), status=error.status)
    response["Content-Type"] = JSON
    return response


def context_value(context: Context) -> Any:
    """What stands as @context in an answer: the user's, and the core's."""
    if context.is_core:
        return CORE_CONTEXT
    source = context.source if isinstance(context.source, list) else [context.source]
    return source[0] if len(source) == 1 else source


def answer(content: Any, media_type: str, context: Context | None = None, status: int = 200) -> HttpResponse:
    """An answer with a body; plain JSON names its context in a Link header (clause 6.3.5)."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    response = HttpResponse(body, status=status)
    response["Content-Type"] = media_type
    if context is not None and media_type == JSON:
        value = context_value(context)
        if isinstance(value, str):
            response["Link"] = _LINK.format(value)
    return response


def empty(status: int = 204) -> HttpResponse:
    """An answer without a body."""
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response


def endpoint(**methods: View) -> View:
    """A view that calls the function for the method and turns problems into answers."""

    @csrf_exempt
    @wraps(next(iter(methods.values())))
    def view(request: HttpRequest, **parts: str) -> HttpResponse:
        handler = methods.get(request.method or "")
        try:
            if handler is None:
                allowed = ", ".join(sorted(methods))
                message = shorten(f"{request.method} is not answered here")
                raise ProblemError(Problem(NO_METHOD, message, hint=allowed))
            return handler(request, **parts)
        except ProblemError as error:
            response = refuse(error)
            if error.status == 405:
                response["Allow"] = ", ".join(sorted(methods))
            return response

    return view


__all__ = ["JSON", "LD_JSON", "answer", "context_value", "empty", "endpoint", "problem_document", "refuse"]

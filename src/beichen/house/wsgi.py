"""The web process: pages and APIs under WSGI, served by granian.

The short way of programs (:mod:`beichen.registry.express`) begins here, before Django's handler and its
signals, which together cost as much as reading a page of features. Connections are looked at before and after
a request, and mistakes are told, as there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response

from beichen.settings import refuse_unsafe

refuse_unsafe()  # also when another server than ours runs this module
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")

_django = get_wsgi_application()

from beichen.registry.express import ExpressMiddleware  # noqa: E402 - reads the settings that were chosen above


def _no_other(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("what takes the long way is Django's from the beginning")


_express = ExpressMiddleware(_no_other)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's answer; a whole one as a list, which granian sends at once instead of part by part."""
    told = _shortly(environ)
    if told is not None:
        start_response(f"{told.status_code} {told.reason_phrase}", list(told.items()))
        return [told.content]
    response = _django(environ, start_response)
    if not isinstance(response, HttpResponse):
        return response  # a stream, or a file of the server's own
    content = [response.content]
    response.close()
    return content


def _shortly(environ: dict[str, Any]) -> HttpResponse | None:
    """The answer of the short way; None where the request takes the long one."""
    if not environ["PATH_INFO"].startswith(_express.prefixes):
        return None
    # Whoever has a cookie may be signed in, and below another address links begin otherwise.
    if "HTTP_COOKIE" in environ or environ.get("SCRIPT_NAME"):
        return None
    request = WSGIRequest(environ)
    try:
        match = _express.way_of(request)
        if match is None:
            return None
        close_old_connections()
        response = _express.answer(request, match)
    except Exception as error:  # noqa: BLE001 - as around Django's handler; it is recorded there
        response = response_for_exception(request, error)
    if response.status_code >= 400:
        log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
    close_old_connections()
    return response

"""The web process: pages and APIs under WSGI, served by granian."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

from beichen.settings import refuse_unsafe

refuse_unsafe()  # also when another server than ours runs this module
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beichen.house.django")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's answer; a whole one as a list, which granian sends at once instead of part by part."""
    response = _django(environ, start_response)
    if not isinstance(response, HttpResponse):
        return response  # a stream, or a file of the server's own
    content = [response.content]
    response.close()
    return content

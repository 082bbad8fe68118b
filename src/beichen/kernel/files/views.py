"""Downloads: the decision first, then the bytes, never run by the browser."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting
from beichen.kernel.files import service
from beichen.kernel.files.pages import attachment


@require_safe
def download(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The file with this code, as an attachment."""
    return attachment(service.find(code, by=acting(request)))

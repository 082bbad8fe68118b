"""Downloads: the decision first, then the bytes, never run by the browser."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting
from beichen.kernel.files import service


@require_safe
def download(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The file with this code, as an attachment."""
    row = service.find(code, by=acting(request))
    response = StreamingHttpResponse(service.open_stored(row), content_type=row.media_type)
    response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    response["ETag"] = f'"{row.hash}"'
    response["Cache-Control"] = "private, no-cache"
    return response

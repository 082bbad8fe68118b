"""What pages of other rooms share about files: the answer that hands one over."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from beichen.kernel.files.models import StoredFile
from beichen.kernel.files.service import open_stored


def attachment(row: StoredFile) -> StreamingHttpResponse:
    """The file as a download, never run by the browser; who may read it was decided before.

    Raises ProblemError FIL-105.
    """
    response = StreamingHttpResponse(open_stored(row), content_type=row.media_type)
    response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    response["ETag"] = f'"{row.hash}"'
    response["Cache-Control"] = "private, no-cache"
    return response

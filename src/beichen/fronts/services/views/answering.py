"""What the pages of applicants share: files as answers, problems at the fields of a page."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from beichen.fronts.services.applicant.models import Upload
from beichen.kernel.files.service import open_stored
from beichen.problem import Problem

SHOWN = frozenset({"image/jpeg", "application/pdf"})


def shown_file(upload: Upload) -> HttpResponseBase:
    """A file for a browser to show, when it was written anew or looked through; else to keep.

    Raises ProblemError FIL-105.
    """
    file = upload.file
    response = StreamingHttpResponse(open_stored(file), content_type=file.media_type)
    response["Content-Length"] = str(file.size)
    is_kept = file.media_type not in SHOWN
    response["Content-Disposition"] = content_disposition_header(is_kept, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def at_field(problem: Problem, name: str) -> Problem:
    """The same problem at the field that a page shows."""
    return replace(problem, where=replace(problem.where, field=name))

"""The reader itself, run in a process of its own with bounds of time and memory (`kernel/jobs/aside`)."""

from __future__ import annotations

import resource

from beichen.fronts.services.applicant.models import Upload
from beichen.fronts.services.applicant.reading import keep_read
from beichen.fronts.services.applicant.recognising import fields_of
from beichen.fronts.services.forms.telling import field_at
from beichen.kernel.files.service import open_stored

SECONDS, BYTES, LINES = 60, 4 << 30, 200


def see(code: str) -> None:
    """Read the picture of an upload and keep what it says; a picture that cannot be read is kept as such."""
    keep_bounds()
    upload = (
        Upload.objects.select_related("file", "draft__form").filter(code=code, draft__isnull=False).first()
    )
    if upload is None or upload.draft is None:
        return
    if upload.draft.form is None:
        keep_read(code, None)  # a form that nobody declared names no text to look for
        return
    kind = field_at(upload.draft.form.declared, tuple(upload.field.split("."))).get("x-read")
    if kind is None:
        return
    lines = lines_of(b"".join(open_stored(upload.file)))
    keep_read(code, fields_of(kind, lines))


def keep_bounds() -> None:
    """Let this process take no more time and memory than a picture may."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def lines_of(picture: bytes) -> list[str]:
    """The texts of a picture from top to bottom."""
    from rapidocr import RapidOCR

    found = RapidOCR(params={"Global.log_level": "error"})(picture)
    texts = list(getattr(found, "txts", None) or ())
    return [str(text) for text in texts[:LINES]]

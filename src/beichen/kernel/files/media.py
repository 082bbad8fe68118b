"""Which types of file are taken, and whether a content is what its name says.

A name's ending alone is never believed: the content's signature must allow it. Types that a browser
would run (HTML, SVG, scripts, programs) are not on the list.
"""

from __future__ import annotations

from pathlib import PurePath

import puremagic

from beichen.problem import Problem, ProblemError, Where, code, nearest, said

TYPE_REFUSED = code("FIL-101", "Files of this type are not taken.", status=415)
CONTENT_DIFFERS = code("FIL-102", "The content is not what the file's name says.", status=415)

HEAD = 8192  # bytes that decide: every signature on the list lies within them
SIGNED = {
    "jpg": ("image/jpeg", {".jpg", ".jpeg", ".jfif", ".jpe"}),
    "jpeg": ("image/jpeg", {".jpg", ".jpeg", ".jfif", ".jpe"}),
    "png": ("image/png", {".png"}),
    "webp": ("image/webp", {".webp"}),
    "gif": ("image/gif", {".gif"}),
    "pdf": ("application/pdf", {".pdf"}),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", {".docx", ".zip"}),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", {".xlsx", ".zip"}),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", {".pptx", ".zip"}),
    "zip": ("application/zip", {".zip"}),
    "mp4": ("video/mp4", {".mp4", ".m4v"}),
    "mp3": ("audio/mpeg", {".mp3"}),
    "wav": ("audio/wav", {".wav"}),
}
TEXTS = {
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
    "json": "application/json",
    "geojson": "application/geo+json",
}
MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<?php", b"#!")


def _is_text(head: bytes) -> bool:
    if b"\0" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # The head may end within a character: up to three bytes of it are forgiven.
            head[: len(head) - 3 if len(head) == HEAD else None].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 6:
                continue
        return True
    return False


def media_type_of(name: str, head: bytes) -> str:
    """The media type of a file called ``name`` whose first bytes are ``head``.

    Raises ProblemError FIL-101 for a type that is not taken, FIL-102 when the content is another.
    """
    ending = PurePath(name).suffix.lower().lstrip(".")
    where = Where(field=name[:60])
    if ending in TEXTS:
        if _is_text(head):
            return TEXTS[ending]
        raise ProblemError(
            Problem(CONTENT_DIFFERS, said("the content is not text, as .{ending} says", ending=ending), where)
        )
    if ending not in SIGNED:
        hint = nearest(ending, [*SIGNED, *TEXTS])
        raise ProblemError(
            Problem(
                TYPE_REFUSED,
                said("files that end in .{ending} are not taken", ending=ending[:20]),
                where,
                hint,
            )
        )
    media_type, endings = SIGNED[ending]
    try:
        found = {match.extension for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    if not found & endings:
        raise ProblemError(
            Problem(CONTENT_DIFFERS, said("the content is not what .{ending} says", ending=ending), where)
        )
    return media_type

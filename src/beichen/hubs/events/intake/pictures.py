"""Photographs as they are kept: decoded, turned upright, made no larger than a screen needs, written anew.

Whatever else a picture carried (a program, a place, a second picture, a camera's number) is left behind with
its old bytes. One that would unpack to more than :data:`MOST_PIXELS` is refused before it is unpacked.
"""

from __future__ import annotations

import io
import warnings
from typing import Protocol

from beichen.kernel.actor import Actor
from beichen.kernel.files import service as files
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.problem import Problem, ProblemError, Where, code, said

BAD_PICTURE = code("EVT-407", "The picture cannot be taken.", status=422)
MOST_BYTES = 15 << 20
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048


class Readable(Protocol):
    """What a picture is read from: an uploaded or an open file."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes."""


_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def keep_picture(
    stream: Readable, name: str, *, by: Actor, region: Region | None = None, body: Body | None = None
) -> StoredFile:
    """Store a photograph as a fresh JPEG of level L2. Raises ProblemError EVT-407, FIL-101 to 104."""
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _bad(name, said("larger than {limit} MB", limit=MOST_BYTES >> 20))
    fresh = io.BytesIO(written_anew(content, name))
    stem = name.rpartition(".")[0] or "photo"
    return files.store(fresh, f"{stem[:80]}.jpg", by=by, level=Level.L2, region=region, body=body)


def written_anew(content: bytes, name: str = "photo") -> bytes:
    """The picture as a JPEG that holds its pixels and nothing else. Raises ProblemError EVT-407."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_large(name)
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except UnidentifiedImageError:
        raise _bad(name, said("no JPEG, PNG, WebP or GIF")) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(name) from None
    except (OSError, ValueError, SyntaxError):
        raise _bad(name, said("the picture is damaged")) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = io.BytesIO()
    upright.save(fresh, "JPEG", quality=85, optimize=True)
    return fresh.getvalue()


def _too_large(name: str) -> ProblemError:
    return _bad(name, said("more than {limit} million pixels", limit=MOST_PIXELS // 1_000_000))


def _bad(name: str, message: str) -> ProblemError:
    hint = said("send a photograph as JPEG, PNG, WebP or GIF")
    return ProblemError(Problem(BAD_PICTURE, message, Where(field=name[:60]), hint))

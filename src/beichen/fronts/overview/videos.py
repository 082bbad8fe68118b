"""Sources of video (视频源) that a city declares: checked, and made rows of.

The house keeps where a source is and what is to be seen there in words. It records nothing and recognises
nothing; a reader's browser asks the source itself, if its host is among `BEICHEN_VIDEO_HOSTS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from beichen.fronts.overview.models import VideoSource
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document
from beichen.problem import Problem, nearest, said, shorten
from beichen.settings import settings


def faults_of_videos(document: Document) -> Iterator[Problem]:
    """Keys that stand twice, and widgets whose source is declared nowhere in the document."""
    seen: set[str] = set()
    for number, source in enumerate(document.value.get("videos", [])):
        if source["key"] in seen:
            where = document.position(("videos", number, "key"))
            message = said("{key!r} stands twice", key=source["key"])
            yield Problem(NO_REFERENCE, shorten(message), where)
        seen.add(source["key"])
    for number, screen in enumerate(document.value.get("screens", [])):
        for place, widget in enumerate(screen["widgets"]):
            if "video" in widget and widget["video"] not in seen:
                where = document.position(("screens", number, "widgets", place, "video"))
                message = said("nothing declares {name} {key}", name="video", key=widget["video"])
                yield Problem(NO_REFERENCE, shorten(message), where, nearest(widget["video"], seen))


def sources_of(declared: Sequence[dict[str, Any]], owner: str) -> list[VideoSource]:
    """The rows of declared sources; where no region is named a source is of the whole city."""
    bodies = {row.key: row for row in Body.objects.filter(key__in={one.get("owner", "") for one in declared})}
    codes = {one.get("region", "") for one in declared}
    regions = {row.code: row for row in Region.objects.filter(code__in=codes, is_current=True)}
    city = city_region()
    return [
        VideoSource(
            owner=owner,
            position=number,
            key=one["key"],
            name=one["name"]["zh"],
            name_en=one["name"]["en"],
            form=one["form"],
            address=one["address"],
            text=one["text"]["zh"],
            text_en=one["text"]["en"],
            source=one["source"],
            level=Level[one.get("level", "L1")].value,
            body=bodies.get(one.get("owner", "")),
            region=regions.get(one.get("region", ""), city),
        )
        for number, one in enumerate(declared)
    ]


def is_allowed(address: str) -> bool:
    """Whether browsers may ask the host of an address: the setting names it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" in settings().video_origins

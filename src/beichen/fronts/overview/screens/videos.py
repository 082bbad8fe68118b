"""Widgets bound to a source of video: shown by the reader's browser, told in words beside the picture."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from beichen.fronts.overview.models import VideoSource
from beichen.fronts.overview.rights import READ
from beichen.fronts.overview.screens.content import Content, Video, nothing
from beichen.fronts.overview.screens.looking import Looking
from beichen.fronts.overview.videos import is_allowed
from beichen.kernel.access.service import visible


def video(widget: dict[str, Any], looking: Looking) -> Content:
    """The source, or why it is not shown."""
    if looking.at is not None:
        return nothing(_("No past moment can be shown: nothing is recorded."))
    row = visible(looking.by, READ, VideoSource.objects.filter(key=widget["video"])).first()
    if row is None:
        return nothing(
            _("There is no source of video “%(key)s” that you may see.") % {"key": widget["video"]}
        )
    if not is_allowed(row.address):
        host = urlsplit(row.address).netloc
        return nothing(
            _("Browsers may not ask %(host)s: BEICHEN_VIDEO_HOSTS does not name it.") % {"host": host}
        )
    return Content(
        video=Video(row.form, row.address, row.named(looking.language), row.told(looking.language)),
        source=row.source,
        at=looking.now,
        status=_("As it happens; nothing is recorded"),
    )

"""The way from the list of layers to a page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beichen.web.links import Link


def crumbs(*more: Link) -> list[Link]:
    """The list of layers, and what lies below it on the way."""
    return [Link(_("Map layers"), reverse("layers:index")), *more]

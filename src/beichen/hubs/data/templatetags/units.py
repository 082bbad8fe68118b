"""`{% load units %}`: units in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from beichen.hubs.data.unit_names import unit_name
from beichen.web.templatetags.beichen import foreign

register = template.Library()


@register.filter
def unit(value: str) -> SafeString | str:
    """A unit; marked as Chinese on an English page where it has no English name."""
    name = unit_name(value or "")
    return name if name.isascii() or name != value else foreign(name)

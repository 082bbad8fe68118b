"""What codes of addresses and matches are called on pages."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

PRECISIONS = {
    "address": _("An address of the library"),
    "nearby": _("Between or beside addresses"),
    "road": _("The road alone"),
    "region": _("The region alone"),
    "none": _("Not found"),
}
PARTS = {
    "text": pgettext("address", "Text"),
    "road": pgettext("place", "Road"),
    "number": _("House number"),
    "crossing": _("Junction of roads"),
    "estate": _("Compound or building's name"),
    "building": pgettext("address", "Building"),
    "room": _("Room"),
    "county": _("District"),
    "region": pgettext("place", "Region"),
}
AGREEMENTS = {
    "same": pgettext("agreement", "the same"),
    "like": pgettext("agreement", "nearly the same"),
    "near": pgettext("agreement", "near"),
    "missing": pgettext("agreement", "not in the library"),
    "other": pgettext("agreement", "another"),
}
FIELDS = {
    "text": pgettext("address", "Text"),
    "name": pgettext("address", "Name"),
    "name_en": _("English name"),
    "region": _("Code of the region"),
    "longitude": _("Longitude"),
    "latitude": _("Latitude"),
    "standing": pgettext("address", "State"),
    "source": _("Source"),
    "licence": _("Licence"),
}
NOT_STATED = gettext_noop("not stated")
"""What stands as the licence of features and addresses that say none; pages translate it as they show it."""
_LOADED = "load of "


def reason_words(reason: str) -> str:
    """Why an address was changed: what a person wrote, or what a load of addresses writes itself."""
    if reason.startswith(_LOADED):
        return gettext("load of {owner}").format(owner=reason.removeprefix(_LOADED))
    return gettext("no longer brought") if reason == "no longer brought" else reason

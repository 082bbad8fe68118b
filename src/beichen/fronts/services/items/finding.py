"""Finding what is declared: an item, a bundle, a window by its key, and its typed declaration."""

from __future__ import annotations

from typing import Any

from beichen.fronts.services.items.declaration import (
    Bundle,
    Item,
    Window,
    read_bundle_entry,
    read_item_entry,
    read_window_entry,
)
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem, ServiceWindow
from beichen.fronts.services.items.problems import NO_BUNDLE, NO_ITEM, NO_WINDOW, none
from beichen.problem import said

MOST = 500


def item(key: str) -> ServiceItem:
    """The item of this key that is offered. Raises ProblemError SRV-401."""
    row = ServiceItem.objects.filter(key=_plain(key), is_offered=True).first()
    if row is None:
        raise none(NO_ITEM, said("there is no item {key!r}", key=key[:60]), key, _known(ServiceItem))
    return row


def read_item(row: ServiceItem) -> Item:
    """What its scene declares."""
    return read_item_entry(row.declared)


def bundle(key: str) -> ServiceBundle:
    """The bundle of this key that is offered. Raises ProblemError SRV-409."""
    row = ServiceBundle.objects.filter(key=_plain(key), is_offered=True).first()
    if row is None:
        raise none(NO_BUNDLE, said("there is no bundle {key!r}", key=key[:60]), key, _known(ServiceBundle))
    return row


def read_bundle(declared: dict[str, Any]) -> Bundle:
    """A bundle's declaration."""
    return read_bundle_entry(declared)


def window(key: str) -> ServiceWindow:
    """The window of this key that is offered. Raises ProblemError SRV-404."""
    row = ServiceWindow.objects.filter(key=_plain(key), is_offered=True).first()
    if row is None:
        raise none(NO_WINDOW, said("there is no window {key!r}", key=key[:60]), key, _known(ServiceWindow))
    return row


def read_window(row: ServiceWindow) -> Window:
    """What is declared of it."""
    return read_window_entry(row.declared)


def windows() -> list[ServiceWindow]:
    """All windows that are offered."""
    return list(ServiceWindow.objects.filter(is_offered=True).order_by("key")[:MOST])


def _plain(key: str) -> str:
    """A key as a database takes it: one with a character that none holds is nobody's."""
    return "" if "\x00" in key else key[:60]


def _known(model: Any) -> list[str]:
    return list(model.objects.filter(is_offered=True).order_by("key").values_list("key", flat=True)[:MOST])

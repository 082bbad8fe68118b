"""What items are called, for figures that are counted by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from beichen.fronts.services.items.models import ServiceItem


def item_names(keys: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """The names of items, also of those that are offered no more, by their keys."""
    rows = ServiceItem.objects.filter(key__in=list(keys)).values_list("key", "name", "name_en")
    return {key: (name, name_en) for key, name, name_en in rows}

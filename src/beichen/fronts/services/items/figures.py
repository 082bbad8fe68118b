"""Figures of services as a declared table: a row for each group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.items.statistics import Figures
from beichen.web.tables import Column, Table


def figures_table(
    rows: Iterable[Figures], names: dict[str, str], title: Any, kept: dict[str, str]
) -> Table[Figures]:
    """Figures of a group: a row for each of it."""
    columns: list[Column[Figures]] = [
        Column(
            "group",
            title,
            lambda one: names.get(one.group, one.group) or "–",
            None,
            ("group",),
            is_header=True,
        ),
        _number("count", _("Concluded")),
        _number("promised", _("Promised days")),
        _number("real", _("Real days")),
        _number("legal", _("Days by law")),
        _number("in_time", _("In time, %")),
        _number("zero_trip", _("Without coming, %")),
        _number("one_day", _("Within a day, %")),
        _number("steps", _("Steps")),
        _number("reused", _("Papers reused, %")),
        _number("asked", _("Asked for material, %")),
        Column("rated", _("Ratings"), lambda one: int(one.rated or 0), None, ("rated",), is_number=True),
        _number("pleased", _("Satisfied, %")),
    ]
    return Table("statistics", _("Figures of services"), list(rows), columns, (), ("group",), kept=kept)


def _number(name: str, title: Any) -> Column[Figures]:
    return Column(name, title, lambda one: getattr(one, name), None, (name,), is_number=True)

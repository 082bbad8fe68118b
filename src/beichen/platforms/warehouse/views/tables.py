"""`/tables`: what tables there are; a table with a sample, receipts and checks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.kernel.access.service import acting, require
from beichen.kernel.levels import Level
from beichen.kernel.scene.service import package_names
from beichen.platforms.warehouse import service
from beichen.platforms.warehouse.facts import Column as Declared
from beichen.platforms.warehouse.facts import ColumnType, TableFacts
from beichen.platforms.warehouse.models import Receipt, ReceiptKind, WarehouseTable
from beichen.platforms.warehouse.naming import ROOM
from beichen.platforms.warehouse.views.shown import grid, moment
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Rows, Table, answer

SAMPLE = 20
TYPES = {
    ColumnType.TEXT: _("Text value"),
    ColumnType.INTEGER: _("Whole number"),
    ColumnType.NUMBER: _("Number with a fraction"),
    ColumnType.BOOLEAN: _("Yes or no"),
    ColumnType.DATE: _("Date"),
    ColumnType.TIME: _("Moment"),
    ColumnType.JSON: _("JSON"),
}


def _title(row: WarehouseTable) -> str:
    return row.en if get_language() == "en" else row.zh


def _owner(row: WarehouseTable, named: Mapping[str, str]) -> str:
    return gettext("The house") if row.owner == ROOM else named.get(row.owner, row.owner)


def _link(row: WarehouseTable) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("platforms_warehouse:table", args=[row.name]), _title(row)
    )


def _refused(row: Receipt) -> SafeString | int:
    if not row.refused_file:
        return row.refused
    return format_html('<a href="{}">{}</a>', reverse("file", args=[row.refused_file]), row.refused)


def _failed(row: Receipt) -> int:
    return sum(1 for result in row.results.all() if result.failed or result.problem)


def _tables(named: Mapping[str, str]) -> list[Column[WarehouseTable]]:
    return [
        Column("title", _("Table"), _title, _link, ("title",), is_header=True),
        Column("name", _("Name in SQL"), lambda row: row.name, sort=("name",)),
        Column("owner", _("Kept by"), lambda row: row.owner, partial(_owner, named=named), ("owner",)),
        Column("level", _("Data level"), lambda row: f"L{row.level}", sort=("level",)),
        Column(
            "rows", _("Rows"), lambda row: row.rows, lambda row: f"{row.rows:,}", ("rows",), is_number=True
        ),
        Column(
            "written",
            _("Last written"),
            lambda row: row.written_at,
            lambda row: moment(row.written_at),
            ("at",),
        ),
    ]


RECEIPTS: list[Column[Receipt]] = [
    Column("at", _("At"), lambda row: row.at, lambda row: moment(row.at), ("at",), is_header=True),
    Column("kind", _("What was done to it"), lambda row: str(ReceiptKind(row.kind).label)),
    Column("source", _("Came from"), lambda row: row.source, sort=("source",)),
    Column("load", _("Batch"), lambda row: row.load, is_exported_only=True),
    Column("read", _("Rows read"), lambda row: row.read, is_number=True, sort=("read",)),
    Column("accepted", _("Rows accepted"), lambda row: row.accepted, is_number=True, sort=("accepted",)),
    Column(
        "refused", _("Rows refused"), lambda row: row.refused, lambda row: _refused(row), ("refused",), True
    ),
    Column("changed", _("Rows changed"), lambda row: row.changed, is_number=True, sort=("changed",)),
    Column("checks", _("Checks failed"), _failed, is_number=True),
    Column("version", _("Table version"), lambda row: row.version, is_number=True, sort=("version",)),
]


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Every table that the reader may read or write."""
    by = acting(request)
    require(by, service.READ)
    rows = service.seen(by)
    levels = Filter("level", _("Data level"), "level", [(str(level.value), level.name) for level in Level])
    found: Table[WarehouseTable] = Table(
        "tables",
        _("Tables of the city"),
        rows,
        _tables(package_names()),
        [levels],
        ("name", "zh", "en", "owner"),
    )
    return answer(request, found, "platforms_warehouse/index.html")


@require_safe
def table(request: HttpRequest, name: str) -> HttpResponseBase:
    """A table: its columns, a sample within the reader's rights, its receipts, what its checks found last."""
    by = acting(request)
    row = service.known(name, by=by)
    facts = row.facts
    receipts: Table[Receipt] = Table(
        "receipts",
        _("Receipts of loads"),
        service.receipts(name, by=by),
        RECEIPTS,
        [Filter("kind", _("What was done to it"), "kind", ReceiptKind.choices)],
        ("source", "load"),
        page_size=20,
    )
    may_read = any(one.name == name for one in service.readable(by))
    context = {
        "row": row,
        "title": _title(row),
        "owner": _owner(row, package_names()),
        "columns": Rows(gettext("Columns"), _heads(facts), facts.columns),
        "sample": _sample(name, by) if may_read else None,
        "checks": _checks(row),
        "question": f"select *\nfrom {name}\nlimit 100",
        "crumbs": [Link(_("Tables"), reverse("platforms_warehouse:index")), Link(name)],
    }
    return answer(request, receipts, "platforms_warehouse/table.html", context)


def _heads(facts: TableFacts) -> list[Column[Declared]]:
    """What is said of each column of a table."""

    def need(column: Declared) -> str:
        if column.name in facts.key:
            return gettext("Key column")
        return gettext("Yes") if column.name in facts.required else ""

    def title(column: Declared) -> str:
        return column.en if get_language() == "en" else column.zh

    return [
        Column("title", _("Column"), title, is_header=True),
        Column(
            "name",
            _("Name in SQL"),
            lambda one: one.name,
            lambda one: format_html("<code>{}</code>", one.name),
        ),
        Column("type", _("Type"), lambda one: TYPES[one.type]),
        Column("level", _("Data level"), lambda one: f"L{facts.level_of(one)}"),
        Column("need", _("Must be filled"), need),
    ]


def _checks(row: WarehouseTable) -> list[dict[str, Any]]:
    """Each check with what it found last."""
    last: dict[str, Any] = {}
    for result in row.results.order_by("-id")[:200]:
        last.setdefault(result.check_key, result)
    return [{"key": check.key, "result": last.get(check.key)} for check in row.facts.checks]


def _sample(name: str, by: Any) -> dict[str, Any]:
    """Some rows; personal data is empty, for nobody said what it is needed for."""
    try:
        found = service.ask(f'select * from "{name}"', by=by, limit=SAMPLE, seconds=5)
    except ProblemError as error:
        return {"problem": error.problems[0]}
    return grid(found)

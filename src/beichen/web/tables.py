"""Declared tables: columns, filters and search over rows → a page, a CSV file, an Excel sheet.

A room declares a :class:`Table`; :func:`answer` gives the page, the part that HTMX asks for, or the
export, all from the same selection. The address holds the whole state, so that a view can be sent to
a colleague. Rows are a queryset (selected in the database) or a list that was worked out. Long because a
table, what its address says and how a page of it is shown are read together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beichen.web.exports import FORMATS, export

RowT = TypeVar("RowT")
Words = str | Promise
PAGE_SIZE = 50
MOST_BESIDE = 3  # columns that fit beside each other on a phone; a row of more becomes a card there


@dataclass(frozen=True, slots=True)
class Column(Generic[RowT]):
    """One column. ``value`` is what is exported and sorted; ``html`` what the page shows instead.

    ``sort`` names the fields that order a queryset; for a list any name makes the column sortable.
    """

    key: str
    title: Words
    value: Callable[[RowT], Any]
    html: Callable[[RowT], Any] | None = None
    sort: tuple[str, ...] = ()
    is_number: bool = False
    is_header: bool = False
    is_exported_only: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows the rows: ``field`` equals the chosen value, or (a tuple, in lists) holds it."""

    key: str
    title: Words
    field: str
    choices: Sequence[tuple[str, Words]]


@dataclass(frozen=True, slots=True)
class Table(Generic[RowT]):
    """What can be listed, how it is searched, filtered and ordered, and what it is called."""

    key: str
    title: Words
    rows: Any  # QuerySet[RowT] | Sequence[RowT]
    columns: Sequence[Column[RowT]]
    filters: Sequence[Filter] = ()
    search: tuple[str, ...] = ()
    page_size: int = PAGE_SIZE
    kept: Mapping[str, str] = field(default_factory=dict)  # what every address of this table says too

    def select(self, chosen: State) -> Any:
        """The rows of a state, not yet cut into pages."""
        if isinstance(self.rows, QuerySet):
            return self._select_query(self.rows, chosen)
        return self._select_list(list(self.rows), chosen)

    def _select_query(self, rows: QuerySet[Any], chosen: State) -> QuerySet[Any]:
        for item in self.filters:
            if item.key in chosen.filters:
                rows = rows.filter(**{item.field: chosen.filters[item.key]})
        if chosen.query:
            found = Q()
            for name in self.search:
                found |= Q(**{f"{name}__icontains": chosen.query})
            rows = rows.filter(found)
        column = self.sorted_by(chosen)
        if column is not None:
            sign = "-" if chosen.is_descending else ""
            rows = rows.order_by(*(f"{sign}{name}" for name in column.sort), "pk")
        return rows

    def _select_list(self, rows: list[RowT], chosen: State) -> list[RowT]:
        for item in self.filters:
            if item.key in chosen.filters:
                wanted = chosen.filters[item.key]
                rows = [row for row in rows if wanted in _values(getattr(row, item.field))]
        if chosen.query:
            needle = chosen.query.casefold()
            rows = [
                row
                for row in rows
                if any(needle in str(getattr(row, name)).casefold() for name in self.search)
            ]
        column = self.sorted_by(chosen)
        if column is not None:
            known = [row for row in rows if column.value(row) is not None]
            missing = [row for row in rows if column.value(row) is None]
            rows = sorted(known, key=column.value, reverse=chosen.is_descending) + missing
        return rows

    def sorted_by(self, chosen: State) -> Column[RowT] | None:
        """The column that the state orders by, when it names one that may be ordered."""
        name = chosen.sort.removeprefix("-")
        return next((column for column in self.columns if column.key == name and column.sort), None)


@dataclass(frozen=True, slots=True)
class State:
    """What the address says: search words, filters, order, page. Values that fit nothing are dropped."""

    path: str
    query: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    number: int = 1
    kept: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: HttpRequest, table: Table[Any]) -> State:
        """The state that ``request`` asks for."""
        query = request.GET
        filters = {
            item.key: query[item.key]
            for item in table.filters
            if query.get(item.key) and query[item.key] in {str(value) for value, _label in item.choices}
        }
        number = query.get("page", "1")
        return cls(
            path=request.path,
            query=query.get("q", "").strip()[:100],
            filters=filters,
            sort=query.get("sort", ""),
            number=max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1,
            kept=table.kept,
        )

    @property
    def is_descending(self) -> bool:
        """Whether the order goes from high to low."""
        return self.sort.startswith("-")

    def address(self, **changes: str | int) -> str:
        """The address of this state with ``changes``; empty values are left out."""
        values: dict[str, str | int] = {
            **self.kept,
            "q": self.query,
            **self.filters,
            "sort": self.sort,
            **changes,
        }
        words = urlencode({key: value for key, value in values.items() if value not in ("", None)})
        return f"{self.path}?{words}" if words else self.path


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the page shows it."""

    html: Any
    label: Words
    numeric: bool
    is_header: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where a click leads, and how the column is ordered now."""

    title: Words
    numeric: bool
    href: str
    order: str


class TablePage:
    """One page of a table, with everything that its template says."""

    def __init__(self, table: Table[Any], state: State) -> None:
        self.key, self.title, self.path = table.key, table.title, state.path
        self.query, self.sort = state.query, state.sort
        self.searchable, self.kept = bool(table.search), table.kept
        self._table, self._state = table, state
        selected = table.select(state)
        self.total = selected.count() if isinstance(selected, QuerySet) else len(selected)
        self.count = max(1, -(-self.total // table.page_size))
        self.number = min(state.number, self.count)
        first = (self.number - 1) * table.page_size
        shown = selected[first : first + table.page_size]
        visible = [column for column in table.columns if not column.is_exported_only]
        self.rows = [[_cell(column, row) for column in visible] for row in shown]
        self.headings = [self._heading(column) for column in visible]
        self.has_cards = len(visible) > MOST_BESIDE

    def _heading(self, column: Column[Any]) -> Heading:
        if not column.sort:
            return Heading(column.title, column.is_number, "", "")
        is_current = self._table.sorted_by(self._state) is column
        descending = is_current and self._state.is_descending
        following = column.key if not is_current or descending else f"-{column.key}"
        order = ("descending" if descending else "ascending") if is_current else ""
        return Heading(column.title, column.is_number, self._state.address(sort=following), order)

    @property
    def filters(self) -> Iterator[dict[str, Any]]:
        """The filters with the chosen value marked."""
        for item in self._table.filters:
            chosen = self._state.filters.get(item.key, "")
            choices = [
                {"value": value, "label": label, "is_chosen": str(value) == chosen}
                for value, label in item.choices
            ]
            yield {"key": item.key, "title": item.title, "choices": choices}

    @property
    def exports(self) -> list[dict[str, str]]:
        """Links to the whole selection as files."""
        return [{"label": label, "href": self._state.address(format=name)} for name, label in FORMATS.items()]

    @property
    def previous(self) -> str:
        """The address of the page before, empty on the first."""
        return self._state.address(page=self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        """The address of the page after, empty on the last."""
        return self._state.address(page=self.number + 1) if self.number < self.count else ""

    @property
    def summary(self) -> str:
        """How many rows there are."""
        return ngettext("%(count)d row", "%(count)d rows", self.total) % {"count": self.total}

    @property
    def is_narrowed(self) -> bool:
        """Whether words or filters leave rows out."""
        return bool(self._state.query or self._state.filters)

    @property
    def empty_title(self) -> str:
        """What an empty selection says."""
        return _("Nothing fits this search.") if self.is_narrowed else _("There is nothing here yet.")

    @property
    def empty_text(self) -> str:
        """What to do about an empty selection."""
        return _("Use fewer words, or choose other filters.") if self.is_narrowed else ""

    @property
    def empty_href(self) -> str:
        """Where all rows are; empty when these are all."""
        cleared = dict.fromkeys(("q", *self._state.filters), "")
        return self._state.address(**cleared) if self.is_narrowed else ""

    @property
    def empty_action(self) -> str:
        """The words of the link back to all rows."""
        return _("Show all")


class Rows(Generic[RowT]):
    """A few rows under the same kind of heads, without search, order or pages: a part of a page.

    ``title`` is what a screen reader calls it; on a phone rows of many columns become cards.
    """

    def __init__(self, title: Words, columns: Sequence[Column[RowT]], rows: Iterable[RowT]) -> None:
        shown = [column for column in columns if not column.is_exported_only]
        self.title = title
        self.headings = [Heading(column.title, column.is_number, "", "") for column in shown]
        self.rows = [[_cell(column, row) for column in shown] for row in rows]
        self.has_cards = len(shown) > MOST_BESIDE

    @property
    def label(self) -> str:
        """What the part that scrolls is called: the card around it has the title already."""
        return _("Rows: %(label)s") % {"label": self.title}

    def __bool__(self) -> bool:
        """Whether there is a row."""
        return bool(self.rows)


def _values(value: Any) -> tuple[str, ...]:
    """What a list's filter compares: a field may hold several values."""
    several = value if isinstance(value, tuple) else (value,)
    return tuple(str(one) for one in several)


def _cell(column: Column[Any], row: Any) -> Cell:
    content = column.html(row) if column.html is not None else column.value(row)
    shown = "–" if content is None or content == "" else content
    return Cell(shown, column.title, column.is_number, column.is_header)


def answer(
    request: HttpRequest, table: Table[Any], template: str, context: dict[str, Any] | None = None
) -> HttpResponseBase:
    """The export, the table alone for HTMX, or ``template`` with the page as ``table``."""
    state = State.of(request, table)
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        return export(table.key, table.columns, table.select(state), wanted)
    page = TablePage(table, state)
    asked = request.headers
    is_part = asked.get("HX-Target") == f"table-{table.key}" and "HX-History-Restore-Request" not in asked
    name = "web/components/table.html" if is_part else template
    response = render(request, name, {"page": page} if is_part else {**(context or {}), "table": page})
    patch_vary_headers(response, ["HX-Request"])
    return response

"""A declared table: the same selection as a page, for HTMX, as CSV and as Excel."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import format_html
from openpyxl import load_workbook

from beichen.kernel.org.models import Region
from beichen.web.exports import export
from beichen.web.tables import Column, Filter, Rows, State, Table, TablePage


@dataclass(frozen=True)
class Town:
    name: str
    kind: str
    people: int | None


TOWNS = [Town("南关", "district", 3), Town("=1+1", "county", None), Town("榆树", "county", 12)]
COLUMNS: list[Column[Town]] = [
    Column("name", "Name", lambda town: town.name, sort=("name",), is_header=True),
    Column("people", "People", lambda town: town.people, sort=("people",), is_number=True),
]
KINDS = [("district", "District"), ("county", "County")]


def towns(**changes: Any) -> Table[Town]:
    options: dict[str, Any] = {"filters": [Filter("kind", "Kind", "kind", KINDS)], "search": ("name",)}
    return Table("towns", "Towns", TOWNS, COLUMNS, **{**options, **changes})


def asked(query: str) -> HttpRequest:
    return RequestFactory().get(f"/towns?{query}")


def names(query: str) -> list[str]:
    table = towns()
    return [str(row[0].html) for row in TablePage(table, State.of(asked(query), table)).rows]


def content(wanted: str) -> bytes:
    response = export("towns", COLUMNS, TOWNS, wanted)
    assert isinstance(response, StreamingHttpResponse)
    return response.getvalue()


def test_search_filter_and_order_combine() -> None:
    assert names("kind=county") == ["=1+1", "榆树"]
    assert names("kind=county&q=榆") == ["榆树"]
    assert names("sort=-people") == ["榆树", "南关", "=1+1"], "a missing value stands last either way"
    assert names("sort=people") == ["南关", "榆树", "=1+1"]


def test_values_that_fit_nothing_are_dropped() -> None:
    table = towns()
    state = State.of(asked("kind=village&sort=secret&page=99999999"), table)
    page = TablePage(table, state)
    assert (len(page.rows), page.number, state.filters) == (3, 1, {})


def test_the_address_keeps_the_state() -> None:
    table = towns(page_size=1)
    page = TablePage(table, State.of(asked("kind=county&q=1&sort=name"), table))
    assert page.exports[0]["href"] == "/towns?q=1&kind=county&sort=name&format=csv"
    following = TablePage(table, State.of(asked("page=2"), table))
    assert (following.previous, following.next) == ("/towns?page=1", "/towns?page=3")


def test_headings_turn_the_order_round() -> None:
    table = towns()
    first, second = TablePage(table, State.of(asked("sort=name"), table)).headings
    assert (first.order, first.href) == ("ascending", "/towns?sort=-name")
    assert (second.order, second.href) == ("", "/towns?sort=people")


def test_csv_is_utf8_for_spreadsheets_and_runs_no_formula() -> None:
    body = content("csv").decode()
    assert body.startswith("\ufeffName,People\r\n")
    assert "'=1+1" in body


def test_files_hold_what_sheets_can_hold() -> None:
    """A control character would stop the sheet half way; a wide equals sign is one to some spreadsheets."""
    columns = [Column("name", "Name", lambda row: row)]
    answer = export("t", columns, ["坑\x0b洞", "＝1+1"], "xlsx")
    sheet = load_workbook(BytesIO(b"".join(answer))).active
    assert sheet is not None
    assert [row[0].value for row in sheet] == ["Name", "坑洞", "'＝1+1"]


def test_excel_keeps_numbers_as_numbers() -> None:
    sheet = load_workbook(BytesIO(content("xlsx"))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[4]] == ["榆树", 12]


@pytest.mark.django_db
def test_a_queryset_is_selected_in_the_database(django_assert_num_queries: Any) -> None:
    Region.objects.create(code="1", name="甲", level="county", path="/1/")
    Region.objects.create(code="2", name="乙", level="street", path="/2/")
    table: Table[Region] = Table(
        "regions",
        "Regions",
        Region.objects.all(),
        [Column("name", "Name", lambda row: row.name, sort=("name",))],
        [Filter("level", "Level", "level", [("county", "County")])],
        ("name",),
    )
    with django_assert_num_queries(2):
        page = TablePage(table, State.of(asked("level=county&q=甲&sort=-name"), table))
    assert [str(row[0].html) for row in page.rows] == ["甲"]


def test_a_card_names_its_values_in_plain_words() -> None:
    """A heading that is drawn with markup stands in an attribute without it."""
    heading = format_html('<span class="hidden-visually">{}</span>', "Choose")
    columns = [*COLUMNS, *(Column(f"c{n}", heading, lambda town: town.kind) for n in range(2))]
    table = Table("towns", "Towns", TOWNS, columns)
    page = TablePage(table, State.of(asked(""), table))
    assert page.has_cards
    shown = render_to_string("web/components/table.html", {"page": page})
    assert 'data-label="Choose"' in shown


def test_a_few_rows_are_a_table_with_names_for_cards_and_readers() -> None:
    columns = [*COLUMNS, *(Column(f"c{n}", f"C{n}", lambda town: town.kind) for n in range(2))]
    rows = Rows("Towns", columns, TOWNS)
    assert rows
    assert not Rows("Towns", columns, [])
    shown = render_to_string("web/components/rows.html", {"page": rows})
    assert 'data-label="C0"' in shown
    assert "has-cards" in shown
    assert "has-cards" not in render_to_string(
        "web/components/rows.html", {"page": Rows("Towns", columns[:2], TOWNS)}
    )
    assert "Towns" in shown
    assert shown.count('role="rowheader"') == len(TOWNS)


def test_an_empty_selection_leads_back_to_all_rows_and_an_empty_table_nowhere() -> None:
    table = towns(kept={"plan": "fifteenth"})
    nothing_fits = TablePage(table, State.of(asked("plan=fifteenth&q=nowhere&kind=county"), table))
    assert nothing_fits.rows == []
    assert nothing_fits.empty_href == "/towns?plan=fifteenth"
    empty = Table("towns", "Towns", [], COLUMNS)
    page = TablePage(empty, State.of(asked(""), empty))
    assert page.empty_href == ""
    assert "<a " not in render_to_string("web/components/empty.html", {"title": "-", "href": page.empty_href})

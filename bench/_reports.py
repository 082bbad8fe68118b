"""Makes and times the reports of :mod:`bench.reports` in a process of its own, one JSON line each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any

import django
import docx
import openpyxl
import orjson
import weasyprint

from bench.measure import Row, seconds

DAY, YEAR = date(2026, 1, 15), 2024
KINDS = {"brief": "brief", "yearly": "monitoring report", "compendium": "whole plan"}


def prepare() -> Any:
    """The pilot city in an empty database; its plan."""
    from django.core.management import call_command

    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.scene import service as packages
    from beichen.kernel.scene.section import PackageKind
    from beichen.plan.service import current_plan

    call_command("migrate", verbosity=0)
    load_roles(by=system("bench"))
    city = packages.find_package("changchun", PackageKind.CITY)
    packages.install(city, by=system("bench"), kind=PackageKind.CITY)
    return current_plan()


def make(plan: Any, kind: str, wanted: str) -> bytes:
    """A report from the database to its bytes."""
    from beichen.plan.reports.service import Order, render_report, write_report

    return render_report(write_report(plan, Order(YEAR, kind), made_on=DAY), wanted)


def bare_word(tables: list[list[list[str]]]) -> None:
    """The rows as Word tables, nothing else."""
    word = docx.Document()
    for rows in tables:
        table = word.add_table(len(rows), len(rows[0]))
        for row, line in zip(rows, table.rows, strict=True):
            for text, cell in zip(row, line.cells, strict=True):
                cell.text = text
    word.save(BytesIO())


def bare_book(tables: list[list[list[str]]]) -> None:
    """The rows as sheets, nothing else."""
    book = openpyxl.Workbook(write_only=True)
    for rows in tables:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(BytesIO())


def bare_page(tables: list[list[list[str]]]) -> str:
    """The cells joined."""
    return "".join(f"<td>{text}</td>" for rows in tables for row in rows for text in row)


def bare_layout(page: str) -> None:
    """The finished page laid out."""
    weasyprint.HTML(string=page).write_pdf()


def main() -> None:
    """Each kind in each format."""
    django.setup()
    from beichen.plan.reports.document import Table, as_builtins, blocks
    from beichen.plan.reports.rendering.html import as_page
    from beichen.plan.reports.service import Order, write_report

    plan = prepare()
    for kind, name in KINDS.items():
        document = write_report(plan, Order(YEAR, kind), made_on=DAY)
        tables = [
            [[cell.text for cell in row] for row in block.rows]
            for block in blocks(document)
            if isinstance(block, Table) and block.rows
        ]
        cells = sum(len(row) for rows in tables for row in rows)
        peers: dict[str, tuple[str, Callable[[], object]]] = {
            "pdf": ("WeasyPrint", partial(bare_layout, as_page(document))),
            "docx": ("python-docx", partial(bare_word, tables)),
            "xlsx": ("openpyxl", partial(bare_book, tables)),
            "html": ("a join", partial(bare_page, tables)),
            "json": ("orjson", partial(orjson.dumps, as_builtins(document))),
        }
        for wanted, (peer, bare) in peers.items():
            ours = seconds(partial(make, plan, kind, wanted), times=3)
            row = Row(f"{name} as {wanted}", cells, ours, peer, seconds(bare, times=3))
            print(json.dumps(asdict(row)), flush=True)


if __name__ == "__main__":
    main()

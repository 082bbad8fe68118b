"""The same plan in other layouts: wrapped anew, with page numbers, in other characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from beichen.plan.importer.codes import Findings
from beichen.plan.importer.entries import read_entries
from beichen.plan.importer.lines import read_lines
from beichen.plan.importer.outline import divide
from beichen.plan.importer.passages import paragraphs
from beichen.plan.importer.tables import find_region

WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in (*range(0x30, 0x3A), *range(0x41, 0x5B))})


def pieces(text: str) -> tuple[list[str], list[int]]:
    """A plan as its headings and paragraphs, one string each; and which of them are rows of the table."""
    read = read_lines(text)
    region = find_region(read.kept)
    divisions, _ = divide(read.kept, Findings(), region)
    table = read.kept[region.first : region.notes + 1] if region else ()
    found: list[str] = []
    rows: list[int] = []
    for division in divisions:
        if division.heading is not None:
            found.append(text[division.heading.start : division.heading.end].strip())
        for line in table if division.holds_table else ():
            rows.append(len(found))
            found.append(text[line.start : line.end])
        if division.is_box:
            spans = [_entry_span(entry.passage.offsets, text) for entry in read_entries(division.lines)]
        else:
            spans = [(group[0].start, group[-1].end) for group in paragraphs(division.lines)]
        found += [_joined(text[start:end]) for start, end in spans]
    return found, rows


def _entry_span(offsets: Sequence[int], text: str) -> tuple[int, int]:
    start = text.rfind("\n", 0, offsets[0]) + 1
    return start, offsets[-1] + 1


def _joined(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    return "".join(line for line in lines if not re.fullmatch(r"\d{1,4}", line))


def wrap(text: str, width: int, *, blank: bool = False, page_every: int = 0, page: str = "{}") -> str:
    """The plan with its paragraphs wrapped to ``width`` characters and a page number every so many lines."""
    strings, rows = pieces(text)
    lines: list[str] = []
    pages = 0
    for i, string in enumerate(strings):
        cut = [string] if i in rows or string.startswith(("第", "专栏")) else _cut(string, width)
        for line in cut:
            lines.append(line)
            if page_every and len(lines) % page_every == 0 and i not in rows:
                pages += 1
                lines.append(page.format(pages))
    return ("\n\n" if blank else "\n").join(lines) + "\n"


def _cut(string: str, width: int) -> list[str]:
    return [string[i : i + width] for i in range(0, len(string), width)]

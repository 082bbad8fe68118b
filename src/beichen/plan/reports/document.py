"""A report as data: title, sections, paragraphs, tables, figures, sources.

Every format is rendered from this and nothing else, so that all of them say the same. A document is
written in one language, is never changed once made, and survives JSON unchanged (:func:`as_json`,
:func:`from_json`). A number that stands in a table keeps its typed value beside the words that people
read; where it was found is a number into :attr:`Document.sources`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from beichen.web.charts import Chart

SCHEMA = "beichen.plan.report/1"
ColumnKind = Literal["text", "number", "year", "status", "source"]


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cell: what people read, and the typed value where it is a number; ``tone`` is a status."""

    text: str = ""
    value: float | int | None = None
    tone: str = ""


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column's head, what stands in it, and its share of the width."""

    title: str
    kind: ColumnKind = "text"
    share: int = 10


class Paragraph(msgspec.Struct, frozen=True, omit_defaults=True, tag="paragraph"):
    """Running text; a ``lead`` opens a chapter, a ``note`` is small, ``address`` stands without indent."""

    text: str
    style: Literal["", "lead", "note", "address"] = ""


class Listing(msgspec.Struct, frozen=True, omit_defaults=True, tag="list"):
    """Points, one a line."""

    items: tuple[str, ...]


class Tile(msgspec.Struct, frozen=True, omit_defaults=True):
    """One number that is seen first; ``tone`` is a status."""

    label: str
    value: str
    tone: str = ""


class Tiles(msgspec.Struct, frozen=True, omit_defaults=True, tag="tiles"):
    """A row of numbers that are seen first."""

    items: tuple[Tile, ...]


class Table(msgspec.Struct, frozen=True, omit_defaults=True, tag="table"):
    """Rows under heads; ``key`` names the sheet in a workbook and is unique in the document."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


class Figure(msgspec.Struct, frozen=True, omit_defaults=True, tag="figure"):
    """A chart with what it shows said in words; ``key`` is unique in the document."""

    key: str
    chart: Chart
    note: str = ""
    is_stacked: bool = False
    is_small: bool = False


Block = Paragraph | Listing | Tiles | Table | Figure


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """A chapter: its blocks, then those below it. An annex (附录) is counted apart."""

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    is_annex: bool = False


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where figures were found. ``number`` is what cells and sentences cite in brackets."""

    number: int
    title: str
    url: str = ""
    about: str = ""


class About(msgspec.Struct, frozen=True):
    """One line of the cover: what it says, and of what."""

    label: str
    text: str


class Document(msgspec.Struct, frozen=True):
    """A report. ``is_short`` is one page without cover and contents; ``is_demo`` marks made-up content."""

    title: str
    subtitle: str
    language: Literal["zh", "en"]
    kind: str
    plan: str
    year: int
    head: str
    about: tuple[About, ...]
    sections: tuple[Section, ...]
    sources: tuple[Source, ...] = ()
    notice: str = ""
    is_demo: bool = False
    is_short: bool = False
    schema: str = SCHEMA


def as_json(document: Document) -> bytes:
    """The document as UTF-8 JSON, readable and always in the same order."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1)


def as_builtins(document: Document) -> dict[str, Any]:
    """The document as a database's JSON column keeps it."""
    found: dict[str, Any] = msgspec.to_builtins(document)
    return found


def from_json(content: bytes | dict[str, Any]) -> Document:
    """The document that was written. Raises ``msgspec.ValidationError`` for anything else."""
    if isinstance(content, bytes):
        return msgspec.json.decode(content, type=Document)
    return msgspec.convert(content, type=Document)


def blocks(document: Document) -> Iterator[Block]:
    """Every block in reading order."""
    for placed in outline(document):
        yield from placed.section.blocks


class Placed(msgspec.Struct, frozen=True):
    """A section where it stands: ``level`` from 1, ``number`` as it is printed, ``anchor`` for links."""

    level: int
    number: str
    anchor: str
    section: Section


_DIGITS = "〇一二三四五六七八九"


def chinese_number(number: int) -> str:
    """A counting number up to 99 in Chinese: 1 is 一, 10 十, 21 二十一."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _number(language: str, way: tuple[int, ...], is_annex: bool) -> str:
    last = way[-1]
    if language == "en":
        if is_annex:
            return "Annex " + ".".join([chr(64 + way[0]), *map(str, way[1:])])
        return ".".join(map(str, way))
    if len(way) == 1:
        return f"附录{chinese_number(last)}" if is_annex else f"{chinese_number(last)}、"
    return f"（{chinese_number(last)}）" if len(way) == 2 else f"{last}."


def outline(document: Document) -> Iterator[Placed]:
    """Every section in reading order with its printed number."""
    counts = {True: 0, False: 0}
    for place, section in enumerate(document.sections):
        if not section.title:  # an opening: it stands before what is counted
            yield Placed(1, "", f"opening-{place}", section)
            continue
        counts[section.is_annex] += 1
        yield from _placed(document.language, section, (counts[section.is_annex],), section.is_annex)


def _placed(language: str, section: Section, way: tuple[int, ...], is_annex: bool) -> Iterator[Placed]:
    number = _number(language, way, is_annex) if section.title else ""
    anchor = "-".join(["annex" if is_annex else "part", *map(str, way)])
    yield Placed(len(way), number, anchor, section)
    for index, below in enumerate(section.sections, 1):
        yield from _placed(language, below, (*way, index), is_annex)

"""The plan's indicator table (主要指标): every row with its base, its target and how it binds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beichen.plan.importer import codes
from beichen.plan.importer.codes import Findings
from beichen.plan.importer.facts import Attribute, Comparator, Indicator, IndicatorPart, Period, stable_key
from beichen.plan.importer.folding import is_chinese
from beichen.plan.importer.lines import TABLE_END, Lines
from beichen.plan.importer.rows import Row, header_words, read_row, rows_of_cells, segments, words
from beichen.plan.importer.tables import Columns, Region, columns
from beichen.plan.importer.units import comparator

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_STARRED = re.compile(r"\*.{0,12}?(20\d\d) ?年")
_CIRCLED = re.compile(r"([①-⑳])[^①-⑳]{0,20}?(20\d\d) ?年(?:底)?(?:数据|数|值|实际)")
_KEEPS = re.compile(r"保持|持平|不变|维持")
_ATTRIBUTES: dict[str, Attribute] = {
    "约束": "binding",
    "预期": "expected",
    "指导": "expected",
    "引导": "expected",
}
_NOTHING = re.compile(r"[-—/]*\Z|无\Z")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What all rows of one table share."""

    columns: Columns
    base: str | None
    target: str
    notes: str
    location: str


@dataclass(frozen=True, slots=True)
class _Value:
    raw: str
    number: float | None
    comparator: Comparator
    bracketed: bool

    @property
    def present(self) -> bool:
        return not _NOTHING.match(self.raw)


def _value(raw: str) -> _Value:
    raw = raw.strip()
    match = _NUMBER.search(raw.replace(",", ""))
    if match is None or _NOTHING.match(raw):
        return _Value(raw, None, "=", False)
    plain = raw.replace(",", "")
    sign = comparator(plain[: match.start()], plain[match.end() :])
    return _Value(raw, float(match.group()), sign, "〔" in raw)


def _frame(header: str, notes: str, location: str, years: tuple[int, int]) -> _Frame:
    found = columns(header)
    printed = [c for c in found.values if c != "growth"]
    target = str(years[1]) if str(years[1]) in printed or not printed else printed[-1]
    earlier = [c for c in printed if c < target]
    base = str(years[0] - 1) if str(years[0] - 1) in earlier else max(earlier, default=None)
    return _Frame(found, base, target, notes, location)


def _default_columns(count: int, frame: _Frame) -> list[str]:
    base = frame.base or "base"
    return [[], [frame.target], [base, frame.target], [base, frame.target, "growth"]][min(count, 3)]


def _by_column(row: Row, frame: _Frame) -> dict[str, str]:
    if row.by_column:
        return row.by_column
    names = list(frame.columns.values)
    if len(names) < len(row.values) <= 3 or not names:
        names = _default_columns(len(row.values), frame)
    if len(row.values) == 1 and len(names) > 1:
        grows = re.search("增长|增速|增幅", row.name) and "growth" in names
        names = ["growth" if grows else frame.target]
    return dict(zip(names, row.values, strict=False))


def _base_year(raw: str, frame: _Frame, start_year: int) -> int:
    if "*" in raw and (match := _STARRED.search(frame.notes)):
        return int(match.group(1))
    for sign, year in _CIRCLED.findall(frame.notes):
        if sign in raw:
            return int(year)
    return int(frame.base) if frame.base else start_year - 1


def _period(row: Row, from_growth: bool, value: _Value, columns_: Columns) -> Period:
    if value.bracketed or re.search("累计", row.name + row.unit + value.raw):
        return "cumulative"
    if from_growth:
        return "cumulative" if columns_.cumulative else "annual_average"
    return "annual_average" if "年均" in row.name else "level"


def _kept(value: _Value, base: _Value) -> _Value:
    if (
        value.number is None
        and base.number is not None
        and _KEEPS.search(value.raw)
        and "同步" not in value.raw
    ):
        return _Value(value.raw, base.number, "=", False)
    return value


def _printed(cell: str, row: Row, read: Lines) -> str:
    """A cell in the signs of the source: 「＞70」 where the folded row has 「>70」."""
    places = [i for i in range(row.start, row.end) if read.folded[i] not in " \t\n|"]
    at = "".join(read.folded[i] for i in places).find(cell)
    return cell if at < 0 else "".join(read.text[i] for i in places[at : at + len(cell)])


def _indicator(
    rows: Sequence[Row], number: int, frame: _Frame, years: tuple[int, int], read: Lines
) -> Indicator:
    row = rows[0]
    cells = _by_column(row, frame)
    base = _value(cells.get(frame.base or "base", ""))
    level, growth = _value(cells.get(frame.target, "")), _value(cells.get("growth", ""))
    from_growth = growth.present and not level.present
    target = _kept(growth if from_growth else level, base)
    parts = tuple(_part(r, frame, growth.raw, read) for r in rows) if len(rows) > 1 else ()
    start, end = rows[0].start, rows[-1].end
    name = "、".join(r.name for r in rows)
    extra = growth if growth.present and not from_growth else _value("")
    return Indicator(
        key=stable_key("indicator", name),
        number=number,
        group=row.group,
        name=name,
        unit=row.unit,
        base_value=base.number,
        base_raw=_printed(base.raw, row, read),
        base_year=_base_year(base.raw, frame, years[0]) if base.present else None,
        target_value=target.number,
        target_raw=_printed(target.raw, row, read),
        target_year=int(frame.target) if frame.target.isdigit() else years[1],
        comparator=target.comparator if target.number is not None else None,
        period=_period(row, from_growth, target, frame.columns),
        growth_value=extra.number,
        growth_raw=_printed(extra.raw, row, read),
        attribute=next((_ATTRIBUTES[r.attribute] for r in rows if r.attribute), None),
        parts=parts,
        location=frame.location,
        start=start,
        end=end,
        raw=re.sub(r"\s+", " ", read.text[start:end]),
    )


def _part(row: Row, frame: _Frame, shared: str, read: Lines) -> IndicatorPart:
    cells = _by_column(row, frame)
    base, level = _value(cells.get(frame.base or "base", "")), _value(cells.get(frame.target, ""))
    growth = _value(cells.get("growth", "") or shared)
    target = _kept(level if level.present else growth, base)
    sign = target.comparator if target.number is not None else None
    raws = _printed(base.raw, row, read), _printed(target.raw, row, read)
    return IndicatorPart(row.name, row.unit, base.number, raws[0], target.number, raws[1], sign)


def _numbered(rows: Sequence[Row]) -> list[tuple[int, list[Row]]]:
    """Rows under their numbers: a row without one fills a gap in the count or belongs to the row above."""
    if not any(row.number for row in rows):
        return [(i, [row]) for i, row in enumerate(rows, 1)]
    numbered: list[tuple[int, list[Row]]] = []
    for i, row in enumerate(rows):
        last = numbered[-1][0] if numbered else 0
        if row.number is not None and row.number > last:
            numbered.append((row.number, [row]))
            continue
        ahead = next((r.number for r in rows[i + 1 :] if r.number is not None), None)
        blanks = next((j for j, r in enumerate(rows[i:]) if r.number is not None), len(rows) - i)
        alone = (
            not numbered or (ahead is not None and ahead - last > blanks) or (row.attribute and ahead is None)
        )
        if alone or (ahead is None and len(row.values) == len(rows[i - 1].values)):
            numbered.append((last + 1, [row]))
        else:
            numbered[-1][1].append(row)
    return numbered


def _spread_groups(rows: Sequence[Row]) -> None:
    """Give every row its group: counted groups by their counts, else each row its predecessor's."""
    counted = [(row.group, row.group_count) for row in rows if row.group and row.group_count]
    group = next((row.group for row in rows if row.group), "")
    leading = not rows[0].group if rows else False
    if leading and counted and sum(count or 0 for _, count in counted) == len(rows):
        names = [name for name, count in counted for _ in range(count or 0)]
        for row, name in zip(rows, names, strict=True):
            row.group = name
        return
    for row in rows:
        group = row.group = row.group or group


def _check_counts(groups: Sequence[tuple[str, int]], found: Sequence[Indicator], findings: Findings) -> None:
    for name, count in groups:
        seen = [i for i in found if i.group == name]
        if seen and len(seen) != count:
            message = f"{name} says {count} indicators, {len(seen)} were read"
            findings.add(codes.COUNT_DIFFERS, (seen[0].start, seen[-1].end), message)


def _check(indicator: Indicator, findings: Findings) -> None:
    span = (indicator.start, indicator.end)
    if not indicator.target_raw or _NOTHING.match(indicator.target_raw):
        findings.add(codes.ROW_INCOMPLETE, span, f"indicator {indicator.number} has no target")
    if indicator.attribute is None:
        findings.add(codes.ROW_INCOMPLETE, span, f"indicator {indicator.number} is neither 约束性 nor 预期性")
    if not indicator.unit and not indicator.parts:
        findings.add(codes.ROW_INCOMPLETE, span, f"indicator {indicator.number} has no unit")


def read_indicators(
    read: Lines, region: Region, location: str, years: tuple[int, int], findings: Findings
) -> tuple[Indicator, ...]:
    """The indicators of the table in ``region``; ``years`` are the plan's first and last."""
    table = [line for line in read.kept[region.first : region.last + 1] if line.text != TABLE_END]
    notes = "".join(line.text for line in read.kept[region.last : region.notes + 1])
    found = words(table)
    skip = header_words(found)
    header = " ".join(w.text for w in found[:skip])
    frame = _frame(header, notes, location, years)
    rows = rows_of_cells(read.folded, table, frame.columns)
    if rows is None:
        rows = []
        expected = 1
        for segment in segments(found[skip:]):
            row = read_row(segment, expected, frame.columns, findings)
            if not any(map(is_chinese, row.name)):
                findings.add(
                    codes.ROW_UNREADABLE, (row.start, row.end), "this belongs to no row of the table"
                )
                continue
            expected = (row.number or expected - 1) + 1
            rows.append(row)
    return _finish(rows, frame, years, read, findings)


def _finish(
    rows: Sequence[Row], frame: _Frame, years: tuple[int, int], read: Lines, findings: Findings
) -> tuple[Indicator, ...]:
    counts = [(row.group, row.group_count) for row in rows if row.group_count]
    numbered = _numbered(rows)
    _spread_groups([members[0] for _, members in numbered])
    indicators = tuple(_indicator(members, n, frame, years, read) for n, members in numbered)
    for indicator in indicators:
        _check(indicator, findings)
    _check_counts([(name, count) for name, count in counts if count], indicators, findings)
    return indicators

"""The real plan set anew: its words joined into paragraphs, its indicator table set in other ways."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_HEADING = re.compile(r"\s*(?:第[一二三四五六七八九十百]+[篇章节] |专栏 ?\d+)")
_ENTRY = re.compile(
    r"（[一二三四五六七八九十]+）|[^，。；：]{2,14}产业链。|\d{1,2}[.．]|[一二三四五六七八九十]+、"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FULL = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
_HEAD = ("序号", "类别", "指标", "2020年", "2025年", "年均增长/累计", "属性")
_RUNNING = "长春市国民经济和社会发展第十四个五年规划纲要"
Row = tuple[str, ...]
_GROUPS = ((3, "经济发展"), (6, "创新驱动"), (13, "民生福祉"), (18, "绿色转型"), (20, "安全保障"))
_ROWS = """
地区生产总值（GDP）增长（%） 3.6 - 6.5左右 预期性
全员劳动生产率增长（%） - - ＞6.5 预期性
常住人口城镇化率（%） 65左右 ＞70 - 预期性
研发经费投入增长（%） - - ＞10 预期性
每百万人口发明专利拥有量（件） 1534* 2000 - 预期性
数字经济核心产业增加值占地区生产总值比例（%） - 10 - 预期性
居民人均可支配收入增长率（%） 5.7 - 与GDP增长基本保持同步 预期性
城镇调查失业率（%） - - ≤6 预期性
高中阶段教育毛入学率（%） 98.5 100 - 约束性
每千人口拥有执业（助理）医师数（人） 3.35 3.4 - 预期性
基本养老保险参保人数（万人） 470 520 - 预期性
每千人口拥有3岁以下婴幼儿托位数（个） 3 4.5 - 预期性
人均预期寿命（岁） 79.24* 79左右 - 预期性
单位GDP能源消耗降低（%） 3.64* 按省下达 - 约束性
单位GDP二氧化碳排放降低（%） 1.42* 按省下达 - 约束性
空气质量优良天数比率（%） 83.3 ＞84 - 约束性
地表水达到或好于III类水体的比例（%） - 31.25 - 约束性
森林覆盖率（%） 8.1* 8.2 - 约束性
粮食综合生产能力（亿斤） 233 260 - 约束性
能源综合生产能力（万吨标煤） 246 350 - 约束性
"""
ADDED: tuple[Row, ...] = (
    ("21", "安全保障", "重要产品抽检合格率（%）", "-", "＞98.5", "-", "预期性"),
    ("22", "民生福祉", "养老机构护理型床位占比（%）", "41.5", "≥55", "-", "约束性"),
    ("23", "经济发展", "进出口总额（亿元）", "1026", "1480", "7.6", "预期性"),
)


def real_rows() -> list[Row]:
    """The twenty rows in cells: number, group, name, base, target, growth, attribute."""
    rows = []
    for number, line in enumerate(_ROWS.split("\n")[1:-1], 1):
        group = next(name for last, name in _GROUPS if number <= last)
        rows.append((str(number), group, *line.split(" ")))
    return rows


def other_numbers(rows: Sequence[Row]) -> list[Row]:
    """The rows with every number changed."""
    rng = random.Random(7)

    def changed(match: re.Match[str]) -> str:
        value = float(match.group()) * rng.uniform(0.8, 1.3)
        return f"{value:.{len(match.group().partition('.')[2])}f}" if "." in match.group() else f"{value:.0f}"

    return [(*row[:3], *(_NUMBER.sub(changed, cell) for cell in row[3:6]), row[6]) for row in rows]


def reversed_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows from last to first, numbered anew."""
    return [(str(number), *row[1:]) for number, row in enumerate(reversed(rows), 1)]


def without_base(rows: Sequence[Row]) -> list[Row]:
    """The rows with no base value."""
    return [(*row[:3], "-", *row[4:]) for row in rows]


def _paragraphs(lines: Sequence[str]) -> list[str]:
    found: list[str] = []
    current = ""
    for line in map(str.strip, lines):
        if not line or re.fullmatch(r"\d{1,3}", line):
            continue
        if current and (_HEADING.match(line) or _ENTRY.match(line)):
            found.append(current)
            current = ""
        current += line
        short = (line[-1] in "。：" and len(line) <= 27) or (len(line) < 22 and line[-1] not in "、，")
        if short or _HEADING.match(line):
            found.append(current)
            current = ""
    return [*found, current] if current else found


def _table(style: str, rows: Sequence[Row]) -> list[str]:
    if style == "bars":
        return [f"| {' | '.join(row)} |" for row in (_HEAD, ("---",) * len(_HEAD), *rows)]
    if style == "cells":
        return [cell for row in (_HEAD, *rows) for cell in row]
    if style == "split":
        lines = [" ".join((*_HEAD[:1], *_HEAD[2:5])), " ".join(_HEAD[5:])]
        for row in rows:
            half = max(3, len(row[2]) // 2)
            lines += [f"{row[0]} {row[2][:half]}", f"{row[2][half:]} {row[3]}", " ".join(row[4:])]
        return lines
    kept = [(row[:1] + row[2:] if style == "no groups" else row) for row in (_HEAD, *rows)]
    return [("\t" if style == "tabs" else "   ").join(row) for row in kept]


def _wrapped(paragraphs: Sequence[str], width: int, page: Callable[[int], str] | None) -> list[str]:
    lines: list[str] = []
    for paragraph in paragraphs:
        size = len(paragraph) if _HEADING.match(paragraph) else width
        for at in range(0, len(paragraph), size):
            lines.append(paragraph[at : at + size])
            if page is not None and len(lines) % 32 == 0:
                lines += page(len(lines) // 32).split("\n")
    return lines


def reset(
    text: str, rows: Sequence[Row], style: str, width: int, page: Callable[[int], str] | None = None
) -> str:
    """The plan with its lines broken at ``width``, ``rows`` as its table, and page numbers."""
    lines = [line for line in text.split("\n") if line.strip()]
    first = next(i for i, line in enumerate(lines) if "专栏 1 “" in line)
    last = next(i for i, line in enumerate(lines) if line.startswith("注：①"))
    before, after = _paragraphs(lines[:first]), _paragraphs(lines[last + 2 :])
    table = [lines[first], *_table(style, rows), "注：带*的为2019年数据。"]
    return "\n".join([*_wrapped(before, width, page), *table, *_wrapped(after, width, page)])


def running(number: int) -> str:
    """A page number with the running header of the next page."""
    return f"- {number} -\n{_RUNNING}"


def full_width(text: str) -> str:
    """The text with full-width digits, points and percent signs."""
    return text.translate(_FULL)


def spaced(text: str) -> str:
    """The text with no-break spaces, and indented by ideographic ones."""
    lines = ("\u3000\u3000" + line if len(line) > 20 else line for line in text.split("\n"))
    return "\n".join(lines).replace(" ", "\u00a0")


def renamed(text: str) -> str:
    """The text with its 篇 called 部分 and its boxes numbered in Chinese."""
    digits = "零一二三四五六七八九十"

    def box(match: re.Match[str]) -> str:
        number = int(match.group(1))
        return "专栏" + (digits[number] if number <= 10 else "十" + digits[number - 10])

    text = re.sub(r"(?m)^第([一二三四五六七八九十]+)篇 ", r"第\1部分 ", text)
    return re.sub(r"(?m)^ ?专栏 ?(\d+)", box, text)

"""The bodies that a plan names: departments, universities, institutes, enterprises, development zones.

A name is found by what such names end in (大学, 集团, 管委会) or by the list that it stands in
(「依托A、B等龙头企业」); once found it is looked for in the whole text. Generic words (各类高校) name none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from beichen.plan.importer.entries import read_entries
from beichen.plan.importer.facts import Body, Mention, Project, stable_key
from beichen.plan.importer.names import CUT, ENDING, GENERIC, TRADES, WHOLE
from beichen.plan.importer.outline import Division
from beichen.plan.importer.passages import Passage

_BEFORE = re.compile(r"[\u4e00-\u9fffA-Za-z（）·]{1,24}\Z")
_LISTED = re.compile(
    r"(?:以|依托|支持|发挥|与|推动|鼓励|整合|联合|深化与|发展|做大|做强)([^，。；：“”]{2,60}?)等"
    r"(?:一批|重点|龙头|骨干|优势|本土|本地|知名|零部件|大型|民营|整车|肉类|食品|行业|领军|在长|省内|相关|国内|国际|主要|的)*"
    r"(?:企业|高校|科研院所|院所|央企|集团)(?=[，。；、为和与等]|提|引|做|设|扩|建|发|加|合|国|拓)"
)
_SHORT_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,10}\Z")
_LONG_ENOUGH = 8
_SHORTEST = 2
_LONGEST = 26


def _starts(text: str, end: int) -> int:
    """Where a name begins that ends before ``end``: after the last word that is no part of names."""
    match = _BEFORE.search(text, max(0, end - 24), end)
    if match is None:
        return end
    start = match.start()
    for cut in CUT.finditer(text, start, end):
        start = cut.end()
    while text.count("）", start, end) > text.count("（", start, end):
        start = text.index("）", start, end) + 1
    while text.count("（", start, end) > text.count("）", start, end):
        start = text.rindex("（", start, end) + 1
    return start


def _names(text: str) -> Iterator[tuple[str, str]]:
    for match in ENDING.finditer(text):
        kind = match.lastgroup or ""
        start = _starts(text, match.start())
        name = text[start : match.end()]
        stem = text[start : match.start()]
        if (
            name in WHOLE
            or (len(name) > _LONG_ENOUGH and kind == "government")
            or (len(stem) >= _SHORTEST and len(name) <= _LONGEST and not GENERIC.match(stem))
        ):
            yield name, kind
    for match in _LISTED.finditer(text):
        for name in re.split("[、和]", CUT.sub("、", match.group(1)).strip("、")):
            if _SHORT_NAME.match(name) and name not in TRADES and not GENERIC.match(name):
                yield name, "enterprise"


def _stems(names: dict[str, str]) -> dict[str, str]:
    """「一汽」 beside 「一汽集团」: the short names that plans use for groups."""
    stems = {name[:-2]: kind for name, kind in names.items() if name.endswith("集团") and 4 <= len(name) <= 6}
    return {stem: kind for stem, kind in stems.items() if stem not in names and not GENERIC.match(stem)}


def _name_at(text: str, i: int, by_start: dict[str, list[str]]) -> str | None:
    """The longest name that begins here; one of two letters only where it stands alone."""
    for name in by_start.get(text[i : i + 2], ()):
        if text.startswith(name, i):
            short = len(name) == _SHORTEST and name not in WHOLE
            return None if short and not _alone(text, i, i + 2) else name
    return None


def _mentions(passages: Sequence[tuple[str, Passage]], names: dict[str, str]) -> dict[str, list[Mention]]:
    """Where each name stands, the longest name first."""
    by_start: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        by_start.setdefault(name[:2], []).append(name)
    found: dict[str, list[Mention]] = {}
    for location, passage in passages:
        i = 0
        while i < len(passage.text) - 1:
            here = _name_at(passage.text, i, by_start)
            if here is None:
                i += 1
                continue
            start, end = passage.span(i, i + len(here))
            found.setdefault(here, []).append(Mention(location, start, end))
            i += len(here)
    return found


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a short name is set off, as in a list (、修正、) or before a word of its kind (一汽集团)."""
    before = (
        start == 0
        or text[start - 1] in "，、。；与和以持托挥为动力"
        or text[max(0, start - 2) : start] in _TWO
    )
    after = text[end : end + 1] in "，、。；等与和" or re.match("集团|股份|建设|企业|等", text[end : end + 2])
    return before and bool(after)


_TWO = frozenset(("支持", "依托", "发挥", "推动", "服务", "围绕", "助推", "全力"))


def _passages(division: Division) -> list[Passage]:
    if division.is_box:
        return [entry.passage for entry in read_entries(division.lines)]
    return division.passages()


def _listed_names(projects: Sequence[Project]) -> Iterator[tuple[str, str]]:
    """Items of boxes that are bodies as a whole: no word of their names is cut off."""
    for project in projects:
        last = next(iter(reversed(list(ENDING.finditer(project.name)))), None)
        if (
            last is not None
            and last.end() == len(project.name)
            and not GENERIC.match(project.name[: last.start()])
        ):
            yield project.name, last.lastgroup or ""


def read_bodies(divisions: Sequence[Division], projects: Sequence[Project]) -> tuple[Body, ...]:
    """The bodies named in the plan, by first mention; ``projects`` are the boxes' items."""
    passages = [(d.location, passage) for d in divisions for passage in _passages(d)]
    names: dict[str, str] = dict(_listed_names(projects))
    for _, passage in passages:
        for name, kind in _names(passage.text):
            names.setdefault(name, kind)
    names |= _stems(names)
    bodies = [_body(name, names[name], mentions) for name, mentions in _mentions(passages, names).items()]
    return tuple(sorted(bodies, key=lambda body: (body.start, body.end)))


def _body(name: str, kind: str, mentions: Sequence[Mention]) -> Body:
    first = mentions[0]
    return Body(stable_key("body", name), name, kind, first.location, first.start, first.end, tuple(mentions))

"""Several metrics and their numbers in one clause: 「甲、乙产业产值分别达到800亿元、500亿元」."""

from __future__ import annotations

import re
from collections.abc import Sequence

from beichen.plan.importer.wording import METRIC

_MARK = "分别"
_CHANGE = re.compile(r"(?:年均|累计|平均)*(?:增长|递增|提高|提升|上升|增加|下降|降低|减少)?(?:年均|累计)*\Z")
_NEXT = re.compile(r"[、，和及]*")
_WHOSE = re.compile(
    r"城镇|农村|城市|乡村|城区|县域|进口|出口|国内|国际|境内|境外|男性|女性|公路|铁路|水路|航空"
)
_SHORTEST = 2


def respective(metric: str, before: Sequence[str]) -> list[str]:
    """The metric of each number where the first clause says 分别; empty when it does not.

    ``metric`` is what the first number was taken to measure, ``before`` the words before it and before
    each number that follows. Numbers and names must be of one count, or nothing is divided. The last
    name's kind (产值) and change (年均增长) are those of all.
    """
    if not before or _MARK not in before[0]:
        return []
    count = 1
    for words in before[1:]:
        if not _NEXT.fullmatch(words):
            break
        count += 1
    plain = metric.replace(_MARK, "")
    change = _CHANGE.search(plain)
    stem = plain[: change.start()] if change else plain
    names = [name for name in stem.split("、") if name]
    if len(names) == count - 1 and (match := re.search("[和及与]", names[-1])):
        names[-1:] = [names[-1][: match.start()], names[-1][match.end() :]]
    if len(names) != count or count < _SHORTEST or any(len(name) < _SHORTEST for name in names):
        return []
    suffix = change.group() if change else ""
    if (own := _WHOSE.match(names[-1])) and all(map(_WHOSE.fullmatch, names[:-1])):
        return [f"{whose}{names[-1][own.end() :]}{suffix}" for whose in (*names[:-1], own.group())]
    kind = METRIC.search(names[-1])
    shared = kind.group() if kind and kind.start() >= _SHORTEST else ""
    return [f"{name if METRIC.search(name) else name + shared}{suffix}" for name in names]

"""Messages of citizens that the benchmark is given, and which of them speak of the same thing.

The folder in BEICHEN_MESSAGES_DIR holds `zh_gov_messages_labelled.csv` (title, text, category_l1),
`zh_gov_message_taxonomy.csv` (level1 to level3) and `zh_gov_messages_hotspots.csv` (title, text, time).
They are not part of the project; nothing of them is printed or kept.
"""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path

VARIABLE = "BEICHEN_MESSAGES_DIR"

_REGION_CODES = re.compile(r"[A-Z]\d*[市区县]|[^\u4e00-\u9fffA-Za-z0-9]")
_PLACE = re.compile(r"(?:小区|新城|花园|家园|公寓|国际|公馆|苑|城|府|湾|郡|山庄|大厦|村|社区)\Z")
_GENERAL = re.compile(
    r"\A.?(?:安置小区|物业|公交|住宅|临街|相关|自来水|燃气|供水|地铁|小区|建|其|该|某|开发|房地产|居民|社区|违)"
    r"|学校|公司|公交|地铁|垃圾|街"
)
_BETWEEN = re.compile(
    r"的|了|是|在|有|和|与|请|反映|投诉|关于|举报|咨询|建议|希望|要求|请求|解决|什么|如何|何时|为什么|严重|附近|旁边"
    r"|问题|存在|噪音|施工|扰民|居民|业主|开发商|建设|规划"
)
_SUBJECTS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"施工|工地|凌晨|夜间",
        r"ktv|酒吧|唱歌|音乐|广场舞",
        r"麻将|棋牌",
        r"搅拌",
        r"停车|乱停|违停",
        r"捆绑|车位.*(?:强制|必须|销售|卖)|(?:强制|必须).*车位",
        r"油烟|烧烤|夜宵",
        r"房产证|产权|不动产|办证|两证",
        r"拆迁|征地|征收|棚改",
        r"学位|学区|入学|上学|择校|划片",
        r"公交",
        r"地铁|轻轨",
        r"拥堵|堵车|太堵|红绿灯|信号灯",
        r"违建|违章建|违规搭|违法建",
        r"自来水|停水|水压|供水",
        r"停电|供电",
        r"变电|高压线",
        r"燃气|天然气",
        r"暖气|供暖",
        r"工资|欠薪",
        r"垃圾",
        r"污水|臭味|异味|恶臭",
        r"扬尘|灰尘|粉尘|废气",
        r"集资|传销",
        r"退费|退款|退钱|退租",
        r"交房|延期|烂尾",
        r"质量|漏水|开裂",
        r"电梯",
        r"路灯|光污染",
        r"消防",
        r"收费",
        r"群租|旅馆|酒店",
    )
]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message and when it was sent."""

    title: str
    text: str
    time: datetime

    @property
    def whole(self) -> str:
        """Title and text."""
        return f"{self.title}。{self.text}"


def folder() -> Path | None:
    """Where the messages are, when somebody gave them."""
    given = os.environ.get(VARIABLE)
    return Path(given) if given else None


def labelled(place: Path) -> list[tuple[str, str]]:
    """Texts (title and text) with their class."""
    return [
        (f"{row['title']}。{row['text']}", row["category_l1"])
        for row in _rows(place / "zh_gov_messages_labelled.csv")
    ]


def taxonomy(place: Path) -> dict[str, list[str]]:
    """The names below each class, as keywords."""
    words: dict[str, list[str]] = defaultdict(list)
    for row in _rows(place / "zh_gov_message_taxonomy.csv"):
        words[row["level1"]] += [row["level1"], row["level2"], row["level3"]]
    return {label: [word for word in names if word != "其他"] for label, names in words.items()}


def sent(place: Path) -> list[Sent]:
    """The messages in the order in which they came."""
    found = [
        Sent(row["title"], row["text"], _time(row["time"]))
        for row in _rows(place / "zh_gov_messages_hotspots.csv")
    ]
    return sorted(found, key=lambda message: message.time)


def same_things(messages: list[Sent]) -> dict[str, set[tuple[int, int]]]:
    """By place, the pairs of messages whose titles name the same place and the same subject.

    Strict rather than whole: a place is a fragment of a title, of four to nine characters, that ends like
    the name of an estate, a village or a building, and stands in two to sixty titles; a subject
    is one of a list of troubles. What is named in the text alone, or in other words, is not found.
    """
    titles = [_REGION_CODES.sub(" ", message.title) for message in messages]
    subjects = [
        {number for number, subject in enumerate(_SUBJECTS) if subject.search(title)} for title in titles
    ]
    holders: dict[str, list[int]] = defaultdict(list)
    for number, title in enumerate(titles):
        for place in _places(title):
            holders[place].append(number)
    named: dict[tuple[int, int], str] = {}
    for place, numbers in sorted(holders.items(), key=lambda item: -len(item[0])):
        if 2 <= len(numbers) <= 60:
            for pair in combinations(numbers, 2):
                if subjects[pair[0]] & subjects[pair[1]]:
                    named[pair] = place  # the shortest name of the place is written last
    groups: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for pair, place in named.items():
        groups[place].add(pair)
    return groups


def _places(title: str) -> set[str]:
    found = {
        piece[start:end]
        for piece in _BETWEEN.sub(" ", title).split()
        for start in range(len(piece))
        for end in range(start + 4, min(len(piece), start + 9) + 1)
    }
    return {name for name in found if _PLACE.search(name) and not _GENERAL.search(name)}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _time(text: str) -> datetime:
    pattern = "%Y-%m-%d %H:%M:%S" if "-" in text else "%Y/%m/%d %H:%M:%S"
    return datetime.strptime(text, pattern)  # noqa: DTZ007 (only their order counts)

"""The units that plans count and measure in, as a pattern, and the signs and words of comparison."""

from __future__ import annotations

import re
from typing import Final

from beichen.plan.importer.facts import Comparator

_MEASURES: Final = re.findall(
    r"\S+",
    """
    个百分点 百分点 % ‰ 亿元人民币 亿元 万元 美元 欧元 元人民币 元 倍 番
    平方公里 平方千米 平方米 平米 立方米 公里 千米 海里 米 公顷 亩 ㎡ km
    吨标准煤 吨标煤 标准煤 标煤 吨油当量 公斤 千克 吨 斤 克 毫克 微克 毫升 升
    千瓦时 兆瓦时 度电 千瓦 兆瓦 MW GW kW kWh TWh Gbps Mbps TB PB PFlops EFlops P
    标准箱 标箱 TEU 架次 人次 场次 床位 泊位 车位 机架 站点 网点 个工作日 工作日 个月 小时 分钟 秒 天
    批次 周岁 岁 年一遇 年 人 名 位 户 家 个 项 所 座 条 处 辆 台 套 件 颗 头 只 羽 株 棵 匹 艘 架 列 对
    支 栋 幢 间 门 部 场 班 次 张 床 篇 例 宗 块 种 本 册 幅 枚 孔 标台
    """,
)
_PER: Final = re.findall(
    r"\S+",
    """
    立方米 平方米 平方公里 吨标准煤 吨标煤 吨 万人 千人 百人 人 年 天 日 月 次 户 亩 公顷 万元 元 小时 公里
    百公里 辆 车 千瓦时 台 ㎥ 升 万
    """,
)
_LONGEST_FIRST = sorted(dict.fromkeys(_MEASURES), key=len, reverse=True)

UNIT: Final = (
    "(?:" + "|".join(map(re.escape, _LONGEST_FIRST)) + ")"
    "(?:/(?:" + "|".join(map(re.escape, sorted(_PER, key=len, reverse=True))) + "))?"
)
"""A pattern for a unit without its magnitude: 辆, 立方米, 批次/千人."""

MAGNITUDE: Final = "(?:万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百)"
"""A pattern for the magnitudes that stand between a number and its unit."""

_WORDS: Final[tuple[tuple[str, Comparator], ...]] = (
    ("不低于", ">="),
    ("不少于", ">="),
    ("不小于", ">="),
    ("达到或超过", ">="),
    ("达到或高于", ">="),
    ("不超过", "<="),
    ("不高于", "<="),
    ("不大于", "<="),
    ("不多于", "<="),
    ("以上", ">="),
    ("以内", "<="),
    ("之内", "<="),
    ("以下", "<="),
    ("左右", "~"),
    ("上下", "~"),
    ("超过", ">"),
    ("突破", ">"),
    ("高于", ">"),
    ("大于", ">"),
    ("多于", ">"),
    ("优于", ">"),
    ("低于", "<"),
    ("小于", "<"),
    ("少于", "<"),
    ("≥", ">="),
    ("≤", "<="),
    (">", ">"),
    ("<", "<"),
    ("大约", "~"),
    ("约", "~"),
    ("接近", "~"),
    ("逼近", "~"),
    ("迈向", "~"),
    ("近", "~"),
    ("~", "~"),
    ("超", ">"),
    ("逾", ">"),
    ("余", ">"),
)


def comparator(before: str, after: str) -> Comparator:
    """What the words around a number say about it; what follows the number is nearer to the promise.

    「超过 5 万以上」 is ``>=``: the words after the number come first, then those before it.
    """
    for words in (after, before):
        for word, sign in _WORDS:
            if word in words:
                return sign
    return "="

"""Whether two metrics are the same: names of indicators and targets brought to one form and compared.

The importer has cut a metric out of its clause; here what plans word differently becomes one word
(GDP and 地区生产总值, 增速 and 年均增长), what says whose it is (全市, 我区) goes, and the rest is
compared by its pairs of neighbouring characters. Words that make two metrics different however alike
they look (城镇, 农村) must be the same in both.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from beichen.plan.importer.folding import fold

ALIKE = 0.72
"""The least share of common character pairs (Dice) at which two names may mean the same."""

_WHOLE = re.compile(r"\A(?:全市|全县|全区|全域|全省|我市|我县|我区|市域|县域|区域内|本市|本区|本县)")
_OPENING = re.compile(
    r"\A(?:新建|建成|完成|建设(?!用地)|力争|确保|努力|实现|力求|使|其中|到20\d\d年|累计|新增(?=城镇就业))+"
)
_CLOSING = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:建设)?(?:新增)?(?:面积|数量|总数|规模|个数)\Z")
_ASIDE = re.compile(r"[（(][^（）()]{0,20}[）)]")
_NOISE = re.compile(r"[\W_的]+")
_SYNONYMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"地区生产总值|国内生产总值|生产总值", "gdp"),
        (r"研究与试验发展|研究与开发|研发|r[&＆]d", "研发"),
        (r"研发(?:经费)?(?:支出|投入|经费)+", "研发投入"),
        (r"(?:年均)?(?:增长速度|增长率|增长幅度|增速|增幅|增长|递增)", "增长"),
        (r"年均|年平均|平均每年", ""),
        (r"(?:所)?占(?:全市|全区|全县|地区)?(?=.{0,12}(?:比重|比例|比率|份额|的?比))", "占"),
        (r"比重|比例|比率|占比|份额", "比"),
        (r"能源消耗|能源消费|综合能耗|能耗", "能耗"),
        (r"二氧化碳|co2", "碳"),
        (r"单位gdp", "单位gdp"),
        (r"下降率|下降|降低|减少", "降"),
        (r"常住人口城镇化率|户籍人口城镇化率|城镇化水平|城镇化率", "城镇化率"),
        (r"(?:空气质量)?优良天数(?:比|率|占比)+|空气质量优良率", "空气优良"),
        (r"地表水(?:达到或好于|优于|质量达到或好于)(?:iii|ⅲ|三)类(?:水体)?(?:的)?(?:比)?", "地表水优良"),
        (r"粮食综合生产能力|粮食生产能力|粮食产能|粮食总产能", "粮食产能"),
        (r"粮食总产量|粮食产量", "粮食产量"),
        (r"执业(?:（?助理）?)?医师(?:数)?", "医师"),
        (r"基本养老保险参保(?:人数)?", "养老参保"),
        (r"平均预期寿命|预期寿命|期望寿命", "寿命"),
        (r"人均可支配收入|可支配收入", "可支配收入"),
        (r"高新技术企业(?:数量|总数)?", "高新技术企业"),
        (r"每百万人口(?:拥有)?发明专利(?:拥有量)?", "每百万人发明专利"),
        (r"每万人口?(?:高价值)?发明专利(?:拥有量)?", "每万人发明专利"),
        (r"拥有量|拥有|总规模|总数|数量|总量(?!控制)", ""),
        (r"人口(?=.*托位)", "人"),
    )
)
_MARKS = re.compile(
    r"城镇|农村|乡村|城市|国家|省级|市级|初中|高中|小学|学前|高等|新能源|地表水|地下水|饮用水|生活|工业|农业|建筑"
    r"|服务业|第一产业|第二产业|第三产业|公路|铁路|新增|存量|女性|男性|能耗|碳|出口|进口|固定资产|一般公共预算"
    r"|零部件|整车|水稻|玉米|肉牛|生猪|大豆|人才|医师|护士|托位|床位|增长|比|降|年轻|每[百千万十]+"
)
_LOWER = re.compile(
    r"失业|浓度|死亡|事故|发生率|费用占|物流总费用|通行时间|耗水|用水量|漏损|赤字率|负债率|抚养比|师生比"
)

_REDUCTION = re.compile(r"(?:下降|降低|减少|压减|削减)(?:率|幅度|比例)?\Z")  # its number is how much less


@dataclass(frozen=True, slots=True)
class Name:
    """A metric in the form that is compared: its plain words, their pairs, and what tells it apart."""

    plain: str
    pairs: Counter[str]
    marks: frozenset[str]
    is_growth: bool


@lru_cache(maxsize=20_000)
def name_of(metric: str) -> Name:
    """The comparable form of a metric or an indicator's name."""
    plain = _ASIDE.sub("", fold(metric).lower())
    plain = _OPENING.sub("", _WHOLE.sub("", _OPENING.sub("", plain)))
    plain = _CLOSING.sub("", plain)
    for pattern, word in _SYNONYMS:
        plain = pattern.sub(word, plain)
    plain = _NOISE.sub("", plain)
    pairs = Counter(plain[at : at + 2] for at in range(max(1, len(plain) - 1)))
    return Name(plain, pairs, frozenset(_MARKS.findall(plain)), "增长" in plain)


def likeness(one: Name, other: Name) -> float:
    """1 for the same metric, else the share of common character pairs; 0 when a telling word differs."""
    if not one.plain or not other.plain:
        return 0.0
    if one.plain == other.plain:
        return 1.0
    if one.marks != other.marks:
        return 0.0
    common = sum((one.pairs & other.pairs).values())
    return 2 * common / (one.pairs.total() + other.pairs.total())


def lower_is_better(metric: str, comparator: str) -> bool:
    """Whether less is better: what the comparator says, else what the metric's words say."""
    if comparator in {"<", "<="}:
        return True
    if comparator in {">", ">="}:
        return False
    return _LOWER.search(metric) is not None and _REDUCTION.search(metric) is None

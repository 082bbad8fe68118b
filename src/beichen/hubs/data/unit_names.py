"""Units in the reader's language: Chinese as the source prints them, English put together from their parts.

``亿元`` is × 100 million yuan, behind a value; ``微克/立方米`` is µg/m³. What merely counts (``个``) is
said by the name of the indicator and needs no word. A unit that is not known stays as it is.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language

SCALES = {"万亿": "trillion", "亿": "100 million", "千万": "10 million", "百万": "million", "万": "10,000"}
COUNTERS = frozenset("个件项处座颗条家位名所支只张部种套艘台数")
WORDS = {
    "元": "yuan", "美元": "US dollars", "人": "people", "人次": "visits", "户": "households",
    "辆": "vehicles", "分": "points",
    "架次": "flights", "批次": "batches", "头": "head", "岁": "years", "年": "years", "天": "days",
    "个工作日": "working days", "小时": "hours", "分钟": "minutes", "番": "doublings", "倍": "times",
    "个百分点": "percentage points", "百分点": "percentage points", "公里": "km", "千米": "km", "米": "m",
    "平方公里": "km²", "平方千米": "km²", "平方米": "m²", "立方米": "m³", "公顷": "ha", "亩": "mu",
    "吨": "t", "公斤": "kg", "斤": "jin", "吨标煤": "t of coal equivalent",
    "吨标准煤": "t of coal equivalent",
    "毫米": "mm", "帕": "Pa", "千帕": "kPa", "兆帕": "MPa", "摄氏度": "°C",
    "微克": "µg", "毫克": "mg", "千瓦": "kW", "千瓦时": "kWh", "千人": "1,000 people", "床位": "beds",
}  # fmt: skip


@lru_cache(maxsize=512)
def english_unit(unit: str) -> str | None:
    """The unit in English, empty for a mere counter; None when it is not known."""
    parts = [_part(part.strip()) for part in unit.split("/")]
    if any(part is None for part in parts):
        return None
    return "/".join(part or "1" for part in parts if part is not None) if len(parts) > 1 else parts[0]


def _part(word: str) -> str | None:
    if word in COUNTERS:
        return ""
    if word in WORDS or word.isascii():
        return WORDS.get(word, word)
    for sign, scale in SCALES.items():
        if word.startswith(sign):
            rest = _part(word.removeprefix(sign)) if word != sign else ""
            return None if rest is None else f"× {scale} {rest}".strip()
    return None


def unit_name(unit: str) -> str:
    """``unit`` as it is read in the active language."""
    if (get_language() or "").startswith("zh"):
        return unit
    known = english_unit(unit)
    return unit if known is None else known

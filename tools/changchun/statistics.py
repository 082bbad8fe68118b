"""Statistics: the city's real annual and shorter-term values, and beside them its yearly targets.

Left out: values of confidence "low"; values of the province; values that their source calls expected
(预计), and growth rates that were computed from them. Yearly targets are not measurements: they go to
``annual-targets.csv``. Periods are SDMX observational time periods: 2024, 2024-Q1, 2020-S1, 2023-02,
2024-02-19, or a start and a length (2025-05-01/P5D).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tools.changchun import tables

Row = dict[str, str]
CITY = "220100"
COLUMNS = (
    "indicator", "name", "name_en", "region", "period", "relation", "value", "unit", "normalised_value",
    "normalised_unit", "status", "confidence", "source_title", "source_url", "quote", "note", "note_en",
)  # fmt: skip
TARGET_COLUMNS = (
    "indicator", "name", "name_en", "region", "period", "relation", "value", "unit", "confidence",
    "source_title", "source_url", "quote",
)  # fmt: skip
CONFIDENCES = ("high", "medium")
REGIONS = {"农安县": "220122", "公主岭市": "220184", "绿园区": "220106"}
PERIODS = {"2022 to 09-24": "2022-01-01/P267D", "2025-05": "2025-05-01/P5D"}
UNITS = {
    "": ("1", "1"),
    "%": ("1", "%"),
    "亿元": ("100000000", "CNY"),
    "元": ("1", "CNY"),
    "万人": ("10000", "{person}"),
    "人": ("1", "{person}"),
    "户": ("1", "{household}"),
    "万人次": ("10000", "{trip}"),
    "人次": ("1", "{trip}"),
    "亿人次": ("100000000", "{trip}"),
    "架次": ("1", "{flight}"),
    "万辆": ("10000", "{vehicle}"),
    "个": ("1", "{count}"),
    "家": ("1", "{count}"),
    "条": ("1", "{count}"),
    "座": ("1", "{count}"),
    "颗": ("1", "{count}"),
    "位": ("1", "{rank}"),
    "天": ("1", "d"),
    "公里": ("1", "km"),
    "平方千米": ("1", "km2"),
    "微克/立方米": ("1", "ug/m3"),
}
WITHOUT_ADDRESS = ("pages corpus, no address stored", "public GitHub file, repository not named by the index")
# The two public histories that the daily file joins: to 2019, and from 2025.
DAILY_AIR = (
    "https://github.com/jgp1755684677/big_data_honmework",
    "https://github.com/woccaqwq/python-AQI-",
)
# A work report of January states the year before its books are closed.
PRELIMINARY = re.compile("政府工作报告")


@dataclass(frozen=True, slots=True)
class Name:
    """A published name taken apart: what is counted, where, and whether it is a target."""

    plain: str
    region: str
    is_target: bool


def write(raw: Path, package: Path, out: Path) -> int:
    """Write ``statistics.csv`` and ``annual-targets.csv``; return the number of rows of both."""
    indicators = _indicators(package / "indicators.csv")
    published = tables.read(raw / "changchun_statistics.csv")
    expected = _expected(published)
    usable = [
        row
        for index, row in enumerate(published)
        if row["confidence"] in CONFIDENCES
        and not row["indicator_zh"].startswith("（吉林省）")
        and index not in expected
    ]
    values = [_value(row, indicators) for row in usable if not _name(row).is_target]
    targets = [_common(row, indicators) for row in usable if _name(row).is_target]
    values_written = tables.write(out / "statistics.csv", COLUMNS, sorted(values, key=_order))
    return values_written + tables.write(
        out / "annual-targets.csv", TARGET_COLUMNS, sorted(targets, key=_order)
    )


def _indicators(path: Path) -> dict[str, Row]:
    """The indicators by every name that they were published under."""
    found = {}
    for row in tables.read(path):
        for name in (row["name"], *filter(None, row["published_as"].split("|"))):
            found[name] = row
    return found


def _expected(rows: list[Row]) -> set[int]:
    """Values called expected, and growth rates whose level in the same source and year is expected."""
    levels = {
        (row["indicator_zh"], row["year"], row["source_title"]) for row in rows if "预计" in row["quote_fact"]
    }
    return {
        index
        for index, row in enumerate(rows)
        if (row["indicator_zh"].removesuffix("增速"), row["year"], row["source_title"]) in levels
        or (row["indicator_zh"], row["year"], row["source_title"]) in levels
    }


def _name(row: Mapping[str, str]) -> Name:
    name = row["indicator_zh"].replace("规上工业", "规模以上工业")
    is_target = "目标）" in name or name.startswith("轨道交通规划里程")
    plain = re.sub("（(一季度|上半年|2月|1月1日至9月24日|五一5天|20..年.*?)）", "", name)
    plain = plain.replace("（吉林省12城，上半年）", "")
    for prefix, region in REGIONS.items():
        if plain.startswith(prefix):
            return Name(plain.removeprefix(prefix), region, is_target)
    return Name(plain, CITY, is_target)


def _period(row: Mapping[str, str]) -> str:
    year = row["year"]
    return PERIODS.get(year) or year.replace("Q", "-Q").replace("H", "-S")


def _relation(row: Mapping[str, str]) -> str:
    quote = row["quote_fact"]
    for relation, words in (("at-least", "以上"), ("above", "突破"), ("about", "左右")):
        if words in quote:
            return relation
    return "exact"


def _common(row: Mapping[str, str], indicators: Mapping[str, Row]) -> Row:
    name = _name(row)
    indicator = indicators[name.plain]
    address = row["source_url_or_repo"]
    if address.startswith("this folder"):
        address = DAILY_AIR[row["year"] >= "2025"]
    return {
        "indicator": indicator["key"],
        "name": indicator["name"],
        "name_en": indicator["name_en"],
        "region": name.region,
        "period": _period(row),
        "relation": _relation(row),
        "value": row["value"],
        "unit": row["unit"],
        "confidence": row["confidence"],
        "source_title": _title(row),
        "source_url": "" if address in WITHOUT_ADDRESS else address,
        "quote": row["quote_fact"],
    }


def _title(row: Mapping[str, str]) -> str:
    if row["source_title"].startswith("computed"):
        return "由长春市空气质量日数据计算（公开历史数据网站）"
    return row["source_title"].replace("（网页存档，无地址）", "（网页存档）")


def _value(row: Mapping[str, str], indicators: Mapping[str, Row]) -> Row:
    scale, unit = UNITS[row["unit"]]
    found = _common(row, indicators)
    normalised = (Decimal(row["value"]) * Decimal(scale)).normalize()
    return found | {
        "normalised_value": f"{normalised:f}",
        "normalised_unit": unit,
        "status": _status(row),
        **_note(found),
    }


def _status(row: Mapping[str, str]) -> str:
    if row["source_title"].startswith("computed"):
        return "computed"
    return "preliminary" if PRELIMINARY.search(row["source_title"]) else "published"


def _note(found: Mapping[str, str]) -> Row:
    """What a reader must know before comparing this value with its neighbours."""
    key, period = found["indicator"], found["period"]
    if key in ("gdp", "gdp-per-capita") and period == "2018":
        return _words(
            "第四次全国经济普查修订前的数；不含公主岭市。",
            "Before the revision by the fourth economic census; without Gongzhuling.",
        )
    if key == "gdp" and period == "2019":
        return _words("由2020年数减去增量得出。", "The value of 2020 less the increase stated with it.")
    if key.endswith("-computed"):
        return _words(
            "实时发布数据的算术统计，未经审核，未扣除沙尘天气；与官方口径可有数个百分点之差。",
            "Counted from real-time data, not reviewed, dust days not deducted; may differ from official.",
        )
    if period == "2022-01-01/P267D":
        return _words("1月1日至9月24日累计。", "Cumulative from 1 January to 24 September.")
    return {}


def _words(note: str, note_en: str) -> Row:
    return {"note": note, "note_en": note_en}


def _order(row: Mapping[str, str]) -> tuple[str, str, str, str]:
    return row["indicator"], row["region"], row["period"], row["source_title"]

"""One way to write what people write in many: the folded form in which addresses are parsed and compared.

Full-width letters, traditional characters, blanks and signs; 号 as #, numerals in Chinese before a counter
(五号 → 5号), 之 and 附 between numbers (12号之3 → 12-3号), and the numbers in names of roads the other way
round (东3条街 → 东三条街), as the city's road signs have them.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
_TRADITIONAL = str.maketrans(
    "號樓區縣鎮鄉單層棟園場廈廣東長門馬頭橋鐵車電國華學醫銀業農溝嶺蘭龍慶濱灣島東貿匯興寧遼陽陰靜淨範衛環綠萬雲開關與無內條勝豐榮義鳳鴻",
    "号楼区县镇乡单层栋园场厦广东长门马头桥铁车电国华学医银业农沟岭兰龙庆滨湾岛东贸汇兴宁辽阳阴静净范卫环绿万云开关与无内条胜丰荣义凤鸿",
)
_DASHES = re.compile("[‐‑‒–—―−~～_]")
_DROPPED = re.compile(r"[\s,，。;；:：、·•・\"'“”‘’*<>《》【】\[\]|/\\]")
_HASH = re.compile(r"#(?:号|楼)?")
_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_NUMERAL = "零〇一二两三四五六七八九十百"
_COUNTED = re.compile(rf"([{_NUMERAL}]+)(?=号|栋|幢|单元|层|楼|室|户|期|区|座|门)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})(?=条|马路|道街|经街|纬路|环路|胡同)")
_BETWEEN = re.compile(r"(\d+)号?(?:之|附|副)(\d+)号?")
_BLOCK = re.compile("幢")
_NOTE = re.compile(r"[(（〔]([^()（）〔〕]*)[)）〕]?")


def folded(text: str) -> str:
    """The text in the one notation, without blanks; brackets stay. Cut at :data:`LONGEST` characters."""
    plain = unicodedata.normalize("NFKC", text[: 2 * LONGEST]).upper().translate(_TRADITIONAL)
    plain = "".join(one for one in plain if unicodedata.category(one)[0] != "C")
    plain = _DROPPED.sub("", _DASHES.sub("-", plain))
    plain = _BLOCK.sub("栋", _HASH.sub("号", plain)).replace("号号", "号").replace("号楼楼", "号楼")
    plain = _COUNTED.sub(lambda found: str(_number(found[1])), plain)
    plain = _NAMED.sub(lambda found: _words(int(found[1])), plain)
    return _BETWEEN.sub(r"\1-\2号", plain)[:LONGEST]


def without_notes(text: str) -> tuple[str, tuple[str, ...]]:
    """A folded text without what stands in brackets, and that."""
    notes = tuple(note for note in _NOTE.findall(text) if note)
    return _NOTE.sub("", text).replace(")", ""), notes


def _number(numeral: str) -> int | str:
    """三十二 as 32; digits one by one (一三八) as 138; what is no number stays."""
    if not any(unit in numeral for unit in "十百"):
        return int("".join(str(_DIGITS[one]) for one in numeral))
    total, digit = 0, 0
    for one in numeral:
        if one in "十百":
            total += (digit or 1) * (10 if one == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[one]
    return total + digit


def _words(number: int) -> str:
    """12 as 十二: the numbers in names of roads."""
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    head = "" if not tens else "十" if tens == 1 else digits[tens] + "十"
    return head + (digits[ones] if ones or not tens else "")

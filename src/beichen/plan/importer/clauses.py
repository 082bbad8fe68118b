"""A number in its clause: does the clause promise it, or does the number only describe something?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from beichen.plan.importer.quantities import Quantity
from beichen.plan.importer.wording import (
    ACTION,
    ACTION_BEFORE,
    BASED,
    CHANGE,
    DOES,
    DONE,
    FROM,
    LEVEL,
    NAME_FOLLOWS,
    OF,
    PER_HEAD,
    PLACE_FOLLOWS,
    PROJECT_LIST,
    RANKED,
)

COUNTED = frozenset("个家户项所座条处名位人件场次种支栋套辆台颗对张")
_SIZES = frozenset(("亩", "头", "只", "吨", "羽", "公顷", "平方米", "平方公里", "斤", "公斤", "千瓦", "兆瓦"))
_TIMES = frozenset(("小时", "分钟", "天", "年", "秒", "个月"))
_LEVEL_ENDS = re.compile(r"级?(?:规模|水平|目标|以上|[，。；、]|\Z)")
_OTHER_NUMBER = re.compile(r"(?:以上|以下|左右|规模|级)*[\u4e00-\u9fff“”（）]{2,20}\d")


_MONEY = frozenset(("元", "亿元", "万元", "美元"))
_COUNT_FOLLOWS = re.compile(r"(?:以上)?的?[\u4e00-\u9fff“”]{2,10}\d+[个家户]")
_EXCEEDS = re.compile(r"(?:超过|超|突破|大于|高于|不低于|不少于)\Z")


@dataclass(frozen=True, slots=True)
class Clause:
    """A quantity between the words before and after it; ``start`` is where ``before`` begins.

    ``follows`` says that a number of the same sentence came before; ``dated`` that the sentence says
    by when; ``year`` is the year that it names before the number, if any.
    """

    quantity: Quantity
    before: str
    after: str
    start: int
    follows: bool
    dated: bool
    year: int | None

    @property
    def verb(self) -> str:
        """The verb of level or change right before the number, "" when there is none."""
        match = LEVEL.search(self.before) or CHANGE.search(self.before)
        return match.group() if match else ""

    @property
    def acted_on(self) -> bool:
        """Whether an action stands right before the number: 新建50个."""
        return ACTION_BEFORE.search(self.before) is not None


def describes(clause: Clause) -> bool:
    """Whether the number only describes a thing: its size, its place, the value it had before."""
    quantity, before, after = clause.quantity, clause.before, clause.quantity.after + clause.after
    if FROM.search(before) or DONE.search(before) or PLACE_FOLLOWS.match(after):
        return True
    if quantity.unit in _TIMES and NAME_FOLLOWS.match(after):
        return re.search(r"(?:至|到|在|于)\Z", before) is None
    if quantity.unit == "年" and not re.search(r"年限|寿命|年数", before):
        return True
    if quantity.unit == "%":
        return False
    return _describes_size(clause, bool(clause.verb) or clause.acted_on, after)


def _describes_size(clause: Clause, close: bool, after: str) -> bool:
    quantity = clause.quantity
    if OF.match(after) and (not close or _EXCEEDS.search(clause.before)) and not clause.acted_on:
        return True
    if quantity.unit in _MONEY and _COUNT_FOLLOWS.match(after):
        return True
    if quantity.bare and _OTHER_NUMBER.match(after):
        return True
    if quantity.level:
        return _LEVEL_ENDS.match(after) is None or (not close and re.match("级?[、和]", after) is not None)
    if quantity.unit in _SIZES and PROJECT_LIST.match(after):
        return True
    return quantity.unit not in COUNTED and not close and _OTHER_NUMBER.match(after) is not None


def promises(clause: Clause, listed: bool) -> bool:
    """Whether the words around the number promise it; ``listed`` says that the number before was promised."""
    quantity, before = clause.quantity, clause.before
    acts = ACTION.search(before) is not None
    if quantity.unit == "番":
        return True
    if quantity.after == "前":
        return RANKED.search(before) is not None
    if quantity.small:
        doubled = quantity.unit == "倍" and CHANGE.search(before) is not None
        return doubled or (clause.dated and (bool(clause.verb) or acts) and quantity.unit in COUNTED)
    if quantity.bare:
        return bool(clause.verb) or clause.acted_on
    if clause.verb or DOES.match(clause.after) or PER_HEAD.search(before):
        return True
    if BASED.search(before):
        return False
    return acts or clause.dated or (listed and clause.follows)

"""What a promised number measures, and of whom: the metric and the subject of a clause."""

from __future__ import annotations

import re

from beichen.plan.importer.clauses import COUNTED, Clause
from beichen.plan.importer.quantities import Quantity
from beichen.plan.importer.wording import (
    DOES,
    GROWTH,
    HEAD,
    LEADING_ACTION,
    LEVEL,
    METRIC,
    MONEY,
    NOT_NAME,
    PEOPLE,
    PLACE,
    TAIL,
    UNIFIED,
    VERB_LEAD,
)

_NOUN = re.compile(r"(?:以上|左右|以下|以内|的)*([^，。；：、]{2,40}?)(?=[，。；：、]|[和及]\d|\Z)")
_BECOMES = re.compile(r".*(?:成为|作为|建成)(?=[\u4e00-\u9fff]{2})")
_OPENING = re.compile(r"\A([\u4e00-\u9fff]{2,6}?)实现(?=[^\d])")
_SUPPORTED = re.compile(
    r"(?:支持|推动|助推|鼓励|依托|引导)([\u4e00-\u9fff]{2,8}?)(?=发展|打造|实现|力争|建设|做|完成|壮大|集团|提)"
)
_PROMOTES = re.compile(r"(?:满足|提供|具备|确保)+")
_STRIVES = re.compile(r"(?:力争|确保|努力)(?:实现)?")
_SHARE = re.compile(r"(?:占比|比重|比例|率)\Z")
_QUOTED_SUBJECT = re.compile(r"“([^”]{1,8})”(?:构建|发展|建设|打造|形成|实现)\Z")
_PRINTED_NOUN = re.compile(r"[^，。；：、]{0,40}?(?=[，。；：、]|[和及]\d|\Z)")
_UNIFIED_NOUN = re.compile(r"集[^，。；]{2,40}?[于为]一体的[^，。；：、]{0,30}")
_TASK_TAIL = re.compile(r"(?:建设|等|目标|任务)\Z")
_COMPARED = re.compile(
    r"\A(?:比|较|与)(?:20\d\d年(?:底|末)?|“?十[一二三四五六]五”?(?:期?末|时期)|上年|现状)(?:相比)?(?=[\u4e00-\u9fff])"
)
_CHANGES = re.compile(r"(?:累计|总体|平均)?(?:提高|提升|上升|增加|下降|降低|减少)")
_LONGEST_SUBJECT = 14


def unit_of(quantity: Quantity, words: str) -> str:
    """The unit with its magnitude as printed; a bare 万 or 亿 is of people or of money, as the words say."""
    unit = quantity.magnitude + quantity.unit
    if quantity.level and not quantity.magnitude and quantity.low >= 100:
        return unit
    if not quantity.unit and quantity.magnitude:
        if PEOPLE.search(words):
            return unit + "人"
        if MONEY.search(words):
            return unit + "元"
    return unit


def _balanced(text: str) -> str:
    for opening, closing in ("“”", "（）", "《》"):
        if text.count(opening) > text.count(closing):
            text = text[: text.rindex(opening)] if text.endswith(opening) else text + closing
        elif text.count(closing) > text.count(opening):
            text = text.replace(closing, "", 1) if not text.endswith(closing) else text[:-1]
    return text


def _phrase(clause: Clause) -> str:
    """The noun phrase before the number: without the opening, the adverbs and the verb of level."""
    head = HEAD.match(clause.before)
    phrase = clause.before[head.end() :] if head else clause.before
    phrase = TAIL.sub("", LEVEL.sub("", phrase.lstrip("，、：；和及")))
    return _BECOMES.sub("", _STRIVES.sub("", phrase))


def noun_of(clause: Clause) -> str:
    """The words after the number that belong to it, as printed: 国际一流摄影棚."""
    if clause.quantity.unit == "%" and not clause.before.strip("，、"):
        return clause.after[:40]
    match = _UNIFIED_NOUN.match(clause.after) or _PRINTED_NOUN.match(clause.after)
    return match.group() if match else ""


def _noun_after(clause: Clause) -> str:
    if clause.quantity.unit == "%":
        return re.sub(r"\A(?:以上|左右)?的?", "", clause.after)
    noun = _NOUN.match(UNIFIED.sub("", clause.after, count=1))
    return _TASK_TAIL.sub("", noun.group(1)) if noun else ""


def _metric(clause: Clause, above: str) -> str:
    phrase = _phrase(clause)
    levelled = LEVEL.search(clause.before) is not None
    acted = _PROMOTES.match(phrase) if levelled else LEADING_ACTION.match(phrase)
    rest = phrase[acted.end() :] if acted else phrase
    if LEADING_ACTION.fullmatch(rest):
        rest = ""
    noun = _noun_after(clause)
    counted = clause.quantity.unit in COUNTED
    listed = acted is not None and "、" in rest
    governed = len(rest) < 2 or rest.endswith(("的", "等")) or (counted and (clause.acted_on or listed))
    if noun and governed:
        return noun
    if len(rest) < 2:
        return above
    if DOES.match(clause.after) and clause.quantity.unit != "%":
        return rest + re.sub(r"\A以?内", "", noun)
    return rest


def _named_subject(clause: Clause, sentence: str, lead: str) -> str:
    """A subject that the paragraph, the clause or the sentence names; "" when none does."""
    if lead and len(lead) <= _LONGEST_SUBJECT and not VERB_LEAD.match(lead) and not NOT_NAME.search(lead):
        return lead
    quoted = _QUOTED_SUBJECT.match(clause.before)
    return quoted.group(1) if quoted else ""


def _inherited(metric: str, clause: Clause, above: str) -> str:
    """A metric that rests on the one before: 「年均增长」 of what was named, a level of what grew."""
    metric = _COMPARED.sub("", metric)
    if above and _CHANGES.fullmatch(metric):
        return GROWTH.sub("", above) + metric
    if above and GROWTH.fullmatch(metric):
        return GROWTH.sub("", above) + metric
    if not metric or metric == above:
        return above if clause.quantity.unit == "%" else GROWTH.sub("", above) or above
    ranked = re.match(r"(?:跻身|进入|位居|位列|保持)(.+)", metric) if clause.quantity.after == "前" else None
    return f"{ranked.group(1)}排名" if ranked else metric


def subject_and_metric(clause: Clause, sentence: str, lead: str, above: str, whole: str) -> tuple[str, str]:
    """Whom the number is about and what it measures.

    ``lead`` is the leading sentence of the paragraph (a subject when it is a name), ``above`` the
    metric of the number before, on which a clause without words of its own rests, ``whole`` the
    word for all of the plan's region (全市).
    """
    metric = re.sub(r"\A在(?=城|农)", "", _balanced(_metric(clause, above).strip("，、的；：")))
    metric = _inherited(metric, clause, above) or whole
    if metric.startswith("占") and above and not _SHARE.search(metric):
        return above, f"{metric}比重"
    if "占" in metric[1:] and clause.quantity.unit == "%" and not _SHARE.search(metric):
        metric += "比重"
    if named := _named_subject(clause, sentence, lead):
        return named, metric
    if place := PLACE.match(metric):
        return place.group(), metric
    if (match := METRIC.search(metric)) and match.start() >= 2 and not re.search("[占达]", metric):
        return metric[: match.start()].rstrip("和及、"), metric
    supported = (_SUPPORTED.search(sentence) or _OPENING.search(sentence)) if len(metric) <= 4 else None
    return supported.group(1) if supported else whole, metric

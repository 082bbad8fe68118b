"""The consistency check as a pure function: what a plan says against the outline, and what it leaves out.

What a plan ought to carry: a development plan of a part of the city the outline's binding indicators, and
what the outline promises of its region by name; a special, regional or spatial plan the indicators and
headings of the outline that its entry in the catalogue covers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from beichen.plan.catalogue.comparing import compare
from beichen.plan.catalogue.finding import (
    Category,
    Finding,
    Quote,
    Severity,
    quote_organ,
    quote_quantity,
    quote_work,
)
from beichen.plan.catalogue.pairing import Pair, converted, pairs_of
from beichen.plan.catalogue.statements import Covers, Quantity, Statements, Work
from beichen.plan.service import likeness, name_of

_NUMBER = re.compile(
    r"(\d+(?:\.\d+)?)\s*((?:万|亿)?(?:平方米|平方公里|公里|米|亩|吨|千瓦|辆|台|套|个|座|床|元|立方米|公顷))"
)
_PUBLIC = frozenset({"government"})
_NAMED = re.compile(r"\A(?:市|省|区|县|各|全国|国家|中央)?(?:委|政府|人大|政协|党委)")
_ALIKE_WORKS = 0.8
_TELLING = 4  # characters of a name that say which project it is
_REGION_ENDING = re.compile(r"[市区县]\Z")


def check(
    outline: Statements,
    plan: Statements,
    *,
    covers: Covers | None = None,
    bodies: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Every finding of ``plan`` against ``outline``, the gravest first; each disagreement once.

    ``bodies`` are the plain names of the bodies that the city knows.
    """
    pairs = pairs_of(outline, plan)
    wanted = covers or Covers()
    found: dict[str, Finding] = {}
    sources = (
        (finding for pair in pairs for finding in compare(pair, plan)),
        _missing_quantities(outline, plan, pairs, wanted),
        _works(outline, plan, wanted),
        _organs(outline, plan, bodies),
    )
    for source in sources:
        for finding in source:
            found.setdefault(finding.key, finding)
    order = list(Severity)
    return sorted(found.values(), key=lambda item: (order.index(item.severity), item.category, item.key))


def _stem(region: str) -> str:
    return _REGION_ENDING.sub("", region)


def _ought(outline: Statements, plan: Statements, item: Quantity, covers: Covers) -> Severity | None:
    """How grave it is when ``plan`` does not carry ``item`` of the outline; None when it need not."""
    if item.of and item.of == plan.region and plan.region != outline.region:
        return Severity.MEDIUM
    if item.of:
        return None
    if plan.kind == "development":
        return Severity.HIGH if item.is_binding and plan.region != outline.region else None
    if item.number in covers.numbers and item.kind == "indicators":
        return Severity.HIGH if item.is_binding else Severity.MEDIUM
    return Severity.MEDIUM if item.kind == "targets" and covers.holds(item.location) else None


def _missing_quantities(
    outline: Statements, plan: Statements, pairs: list[Pair], covers: Covers
) -> Iterator[Finding]:
    carried = {(pair.ours.name.plain, pair.ours.of) for pair in pairs}
    said: set[tuple[str, str]] = set()
    for item in outline.quantities:
        severity = _ought(outline, plan, item, covers)
        name = (item.name.plain, item.of)
        if severity is None or name in carried or name in said:
            continue
        said.add(name)
        reason = "binding-missing" if item.is_binding else "missing"
        yield Finding(Category.GAP, severity, reason, item.label, quote_quantity(item), None, "")


def _amounts(text: str) -> dict[str, set[float]]:
    found: dict[str, set[float]] = {}
    for number, unit in _NUMBER.findall(text):
        found.setdefault(unit, set()).add(float(number))
    return found


def _other_scale(ours: Work, theirs: Work) -> tuple[str, str] | None:
    """Two amounts of one dimension that both descriptions state once and that differ."""
    known, stated = _amounts(ours.description), _amounts(theirs.description)
    for unit, values in known.items():
        for other, others in stated.items():
            if len(values) != 1 or len(others) != 1:
                continue
            [value], [against] = values, others
            same = converted(against, other, unit)
            if same is not None and abs(same - value) > abs(value) * 1e-9:
                return f"{value:g}{unit}", f"{against:g}{other}"
    return None


def _same_work(item: Work, among: dict[str, Work]) -> tuple[Work, float] | None:
    if item.plain in among:
        return among[item.plain], 1.0
    for other in among.values():
        if len(item.plain) >= _TELLING and item.plain in other.description:
            return other, 1.0  # several projects in one line
    name = name_of(item.plain)
    best = max(((likeness(name, name_of(plain)), plain) for plain in among), default=(0.0, ""))
    return (among[best[1]], best[0]) if best[0] >= _ALIKE_WORKS else None


def _works(outline: Statements, plan: Statements, covers: Covers) -> Iterator[Finding]:
    stated = {item.plain: item for item in plan.works}
    for ours in outline.works:
        ought = covers.holds(ours.within) or (
            plan.region != outline.region and _stem(plan.region) in f"{ours.label}{ours.description}"
        )
        paired = _same_work(ours, stated) if ought or ours.plain in stated else None
        if paired is None:
            if ought:
                quote = quote_work(ours)
                yield Finding(Category.GAP, Severity.MEDIUM, "project-missing", ours.label, quote, None, "")
            continue
        yield from _work_findings(ours, *paired)


def _work_findings(ours: Work, theirs: Work, match: float) -> Iterator[Finding]:
    sides: tuple[Quote, Quote] = (quote_work(ours), quote_work(theirs))
    scale = _other_scale(ours, theirs)
    if scale is not None:
        details = {"ours": scale[0], "theirs": scale[1]}
        yield Finding(
            Category.CONTRADICTION, Severity.MEDIUM, "other-scale", ours.label, *sides, theirs.plain, match,
            details,
        )  # fmt: skip
    if ours.lead and theirs.lead and ours.lead != theirs.lead:
        details = {"ours": ours.lead, "theirs": theirs.lead}
        yield Finding(
            Category.BODY, Severity.MEDIUM, "other-lead", ours.label, *sides, theirs.plain, match, details
        )


def plain_body(name: str, region: str = "") -> str:
    """A body's name without its region: 长春市水务局, 市水务局 and 水务局 are one."""
    bare = name.removeprefix(region).removeprefix(_stem(region)) if region else name
    return re.sub(r"\A[省市区县]", "", bare)


def _organs(outline: Statements, plan: Statements, bodies: frozenset[str]) -> Iterator[Finding]:
    """Public bodies that neither the outline nor the city knows."""
    known = bodies | {plain_body(item.label, outline.region) for item in outline.organs}
    for item in plan.organs:
        plain = plain_body(plain_body(item.label, plan.region), outline.region)
        if item.kind not in _PUBLIC or plain in known or _NAMED.match(item.label) or len(plain) < 3:
            continue
        quote = quote_organ(item)
        yield Finding(Category.BODY, Severity.LOW, "unknown-body", item.label, None, quote, plain)

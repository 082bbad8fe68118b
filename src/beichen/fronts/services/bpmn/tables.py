"""DMN decision tables: one decision a file, one table a decision, its entries in CEL.

An entry of an input is a value to equal (`"house"`), a comparison (`> 5000`, `in ["a", "b"]`), anything
with `?` for the input (`? > 10 && ? < 20`), or `-`. Of a table with UNIQUE or FIRST the first row that fits
counts; rows of a UNIQUE table that hold at once are refused. COLLECT gives a list for each output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from beichen.fronts.services.bpmn.expressions import check, compiled
from beichen.fronts.services.bpmn.overlaps import overlapping
from beichen.fronts.services.bpmn.text import name_of
from beichen.fronts.services.problems import BAD_EXPRESSION, NOT_BPMN, OVERLAP, TOO_MUCH
from beichen.problem import Problem, Where, nearest, shorten

POLICIES = ("UNIQUE", "FIRST", "COLLECT")
RULES = 500
_INPUT = re.compile(r"(\?)(?=(?:[^'\"]|['\"][^'\"]*['\"])*$)")  # as the engine looks for it


def outputs_of(root: Any) -> set[str]:
    """The names that a table gives."""
    return {
        str(node.get("name") or node.get("label"))
        for node in root.iter("{*}output")
        if name_of(node) == "output"
    }


def check_table(root: Any, line: Callable[[Any], Where], known: Collection[str]) -> list[Problem]:
    """What is wrong with the file of a decision."""
    decisions = list(root.iter("{*}decision"))
    tables = list(root.iter("{*}decisionTable"))
    if len(decisions) != 1 or len(tables) != 1:
        return [Problem(NOT_BPMN, "a file holds one decision with one table", line(root))]
    table = tables[0]
    problems: list[Problem] = []
    policy = str(table.get("hitPolicy", "UNIQUE")).upper()
    if policy not in POLICIES or table.get("aggregation"):
        problems.append(Problem(NOT_BPMN, f"the hit policy {policy}", line(table), nearest(policy, POLICIES)))
    rules = list(table.iter("{*}rule"))
    if len(rules) > RULES:
        problems.append(Problem(TOO_MUCH, f"{len(rules)} rules", line(table), f"at most {RULES}"))
    inputs = [_text(node.find("{*}inputExpression")) for node in table.iter("{*}input")]
    for node, text in zip(table.iter("{*}input"), inputs, strict=True):
        problems += check(text, known, line(node))
    for rule in rules[:RULES]:
        problems += _rule(rule, inputs, line, known)
    if policy == "UNIQUE" and not problems:
        problems += _overlaps(rules, line)
    return problems


def _overlaps(rules: list[Any], line: Callable[[Any], Where]) -> list[Problem]:
    """The rules of a table of which one at most should hold, each with an earlier one that holds with it."""
    entries = [[_text(node) for node in rule.iter("{*}inputEntry")] for rule in rules]
    names = [str(rule.get("id") or number) for number, rule in enumerate(rules, 1)]
    hint = "make them differ, or let the first that fits count: hitPolicy FIRST"
    return [
        Problem(
            OVERLAP,
            shorten(f"the rules {names[one]} and {names[other]} hold at once"),
            line(rules[other]),
            hint,
        )
        for one, other in overlapping(entries)
    ]


def _rule(
    rule: Any, inputs: list[str], line: Callable[[Any], Where], known: Collection[str]
) -> list[Problem]:
    entries, results = list(rule.iter("{*}inputEntry")), list(rule.iter("{*}outputEntry"))
    if len(entries) != len(inputs):
        return [Problem(NOT_BPMN, "a rule has another number of entries than inputs", line(rule))]
    problems = []
    for node, told in zip(entries, inputs, strict=True):
        text = _text(node)
        if text not in ("", "-"):
            problems += check(_condition(told, text), known, line(node))
    for node in results:
        if not (text := _text(node)):
            problems.append(
                Problem(BAD_EXPRESSION, "an output says nothing", line(node), 'a text in quotes: "a"')
            )
            continue
        problems += check(text, known, line(node))
    return [Problem(one.code, shorten(one.message), one.where, one.hint) for one in problems]


def _condition(told: str, text: str) -> str:
    """The expression that the engine makes of an input and an entry."""
    if _INPUT.search(text):
        return _INPUT.sub(f"({told})", text)
    try:
        compiled(text)
    except ValueError:
        return f"{told} {text}"
    return f"({told}) == ({text})"


def _text(node: Any) -> str:
    found = None if node is None else node.find("{*}text")
    return ((found.text if found is not None else "") or "").strip()

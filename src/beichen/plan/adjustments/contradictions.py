"""What stands against a set of changes: pure, from the plan's years and the facts that are in force.

Some things are refused whatever is said; others the law allows with an explicit justification that the
congress's standing committee reads: a binding target made easier, a target behind its own base, a binding
indicator made an expected one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beichen.plan.service import lower_is_better
from beichen.problem import Problem, Where, code, said, shorten

NOT_ADJUSTABLE = code("PLN-801", "This cannot be changed by an adjustment.", status=422)
TWICE = code("PLN-802", "Two changes of one adjustment concern the same.", status=422)
NO_CHANGE = code("PLN-803", "A change says what is in force already.", status=422)
NO_REASON = code("PLN-804", "A change gives no reason.", status=422)
OUTSIDE_YEARS = code("PLN-805", "A year lies outside the plan.", status=422)
BEHIND_BASE = code("PLN-806", "A target lies behind its own base.", status=422)
BINDING_EASED = code("PLN-807", "A binding target is made easier without a justification.", status=422)

FIELDS: Mapping[str, tuple[str, ...]] = {
    "indicators": ("target_value", "target_year", "comparator", "attribute"),
    "targets": ("value", "upper", "target_year", "comparator"),
    "projects": ("name", "group"),
}
COMPARISONS = ("=", ">=", ">", "<=", "<", "~")
REMOVABLE = ("targets", "projects")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change as it is proposed; ``new`` of a whole project are its values, None removes the fact."""

    kind: str
    key: str
    field: str
    new: Any
    reason: str
    justification: str = ""


def is_eased(values: Mapping[str, Any], field: str, new: Any, *, lower: bool | None = None) -> bool:
    """Whether a new target asks less than the one in force; ``lower``: what is known of the direction."""
    held = values.get(field)
    if held is None or new is None or field not in {"target_value", "value", "upper"}:
        return new is None and held is not None
    name = str(values.get("name") or values.get("metric") or "")
    down = lower_is_better(name, str(values.get("comparator") or "=")) if lower is None else lower
    return bool(new > held if down else new < held)


def _shape(item: Proposed, values: Mapping[str, Any] | None) -> Iterator[Problem]:
    """Whether such a change exists at all."""
    where = Where(field="field" if item.field else "kind")
    if not item.reason.strip():
        yield Problem(NO_REASON, said("say why it is to change"), Where(field="reason"))
    if item.field and item.field not in FIELDS.get(item.kind, ()):
        yield Problem(
            NOT_ADJUSTABLE,
            shorten(said("{kind} have no adjustable {field}", kind=item.kind, field=item.field)),
            where,
        )
    elif not item.field and item.new is None and item.kind not in REMOVABLE:
        yield Problem(
            NOT_ADJUSTABLE, shorten(said("{kind} are changed, never removed", kind=item.kind)), where
        )
    elif not item.field and item.new is not None and item.kind != "projects":
        yield Problem(NOT_ADJUSTABLE, said("only projects are added"), where)
    elif values is not None and values.get("parts") and item.field == "target_value":
        yield Problem(NOT_ADJUSTABLE, said("the indicator is stated in several lines"), where)
    elif values is not None and item.field and values.get(item.field) == item.new:
        yield Problem(
            NO_CHANGE,
            shorten(said("{field} is {new} already", field=item.field, new=item.new)),
            Where(field="new"),
        )
    if item.field == "comparator" and item.new not in COMPARISONS:
        hint = " ".join(COMPARISONS)
        yield Problem(
            NOT_ADJUSTABLE, shorten(said("{new} compares nothing", new=item.new)), Where(field="new"), hint
        )
    if item.field == "attribute" and item.new not in ("binding", "expected"):
        yield Problem(NOT_ADJUSTABLE, said("binding or expected"), Where(field="new"))


def _years(item: Proposed, values: Mapping[str, Any], years: tuple[int, int]) -> Iterator[Problem]:
    if item.field != "target_year" or not isinstance(item.new, int):
        return
    last = max(years[1], values.get("target_year") or 0)
    if not years[0] <= item.new <= last:
        hint = said("from {years} to {last}", years=years[0], last=last)
        message = said("{new} is no year of the plan", new=item.new)
        yield Problem(OUTSIDE_YEARS, message, Where(field="new"), hint)


def _needs_justification(item: Proposed, values: Mapping[str, Any], lower: bool | None) -> Iterator[Problem]:
    if item.justification.strip():
        return
    where, hint = Where(field="justification"), said("justify it: the standing committee decides")
    if values.get("attribute") == "binding":
        later = item.field == "target_year" and (item.new or 0) > (values.get("target_year") or 0)
        if is_eased(values, item.field, item.new, lower=lower) or later or item.field == "attribute":
            yield Problem(BINDING_EASED, shorten(said("{name} binds", name=values["name"])), where, hint)
    base = values.get("base_value")
    is_level = item.field == "target_value" and values.get("period") == "level" and base is not None
    if is_level and is_eased({**values, "target_value": base}, "target_value", item.new, lower=lower):
        message = shorten(said("{new} is behind the base {base}", new=item.new, base=base))
        yield Problem(BEHIND_BASE, message, where, hint)


def contradictions(
    changes: Sequence[Proposed],
    facts: Mapping[Key, Mapping[str, Any]],
    years: tuple[int, int],
    directions: Mapping[Key, bool] | None = None,
) -> list[Problem]:
    """Everything that stands against ``changes``; ``directions`` says of which facts less is better.

    A fact that ``facts`` lacks is no concern of this check: finding it is the caller's.
    """
    problems: list[Problem] = []
    for item in changes:
        values = facts.get((item.kind, item.key))
        problems += _shape(item, values)
        if values is not None and item.field:
            problems += _years(item, values, years)
            lower = (directions or {}).get((item.kind, item.key))
            problems += _needs_justification(item, values, lower)
    same = Counter((item.kind, item.key, item.field) for item in changes)
    whole = {(item.kind, item.key) for item in changes if not item.field}
    for kind, key, field in same:
        if same[kind, key, field] > 1 or (field and (kind, key) in whole):
            message = shorten(said("{kind} {key} {field} is changed twice", kind=kind, key=key, field=field))
            problems.append(Problem(TWICE, message, Where(field="field")))
    return problems

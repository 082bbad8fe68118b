"""An edited outline back into its form: what was changed is changed, all else stays as it was declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from beichen.fronts.services.forms.outline.conditions import (
    conditions,
    figure,
    renamed,
    rule_for,
    show,
    without,
)
from beichen.fronts.services.forms.outline.drawing import (
    WORDS,
    Outline,
    choices_of,
    fields_of,
    outline_of,
)
from beichen.fronts.services.forms.outline.kinds import LIMITS, Field, kind_of, made_into

_NO_FIELD: Outline = {
    **dict.fromkeys((*WORDS, "was", "key", "least", "most", "unit", "of_type", "when", "value"), ""),
    "kind": "text", "how": "is", "required": False, "choices": [], "fields": [],
}  # fmt: skip


def folded(form: Mapping[str, Any], outline: Outline) -> dict[str, Any]:
    """The form as the outline has it. Equal to ``form`` when the outline is the form's own.

    Fields without a name get one; of two with one name the second gets a number. The result need not be a
    good form: whoever keeps it checks it.
    """
    made = deepcopy(dict(form))
    _say_words(made, outline, outline_of(form))
    _fold_object(made, outline.get("fields", []))
    return made


def _say_words(made: Field, new: Outline, old: Outline) -> None:
    for name, member in WORDS.items():
        _say(made, member, new.get(name, ""), old.get(name, ""))


def _say(made: Field, member: str, new: Any, old: Any) -> None:
    """Say a member anew when it was changed; an empty text takes it away."""
    if new == old:
        return
    if new == "":
        made.pop(member, None)
    else:
        made[member] = new


def _fold_object(made: Field, wanted: Sequence[Outline]) -> None:
    """Let an object have these fields, in this order, with the rules that they need."""
    old = {one["was"]: one for one in fields_of(made)}
    shown = conditions(made)
    fields: dict[str, Field] = {}
    names: dict[str, str] = {}
    pairs: list[tuple[str, Outline, Outline]] = []
    for one in wanted:
        before = old.pop(one.get("was", ""), None)
        name = _name(one, before, fields)
        if before is not None:
            names[before["was"]] = name
        now = {**_NO_FIELD, **one}
        fields[name] = _fold_field(
            made["properties"][before["was"]] if before else {}, now, before or _NO_FIELD
        )
        pairs.append((name, now, before or _NO_FIELD))
    gone = set(old)
    made["properties"] = fields
    rules = [renamed(rule, names) for rule in made.get("allOf", ())]
    by_rule = {names[was]: number for was, (number, _said) in shown.items() if was in names}
    required = [names[name] for name in made.get("required", ()) if name in names]
    lost: set[int] = set()
    if gone:
        # Names are compared as they were: a new field may have taken the name of one that went.
        for number, rule in enumerate(made.get("allOf", ())):
            left = without(rule, gone)
            rules[number] = renamed(left, names) if left else {}
            lost |= {number} if left is None else set()
    _arrange(pairs, rules, by_rule, required, fields, names, lost)
    _keep(made, "required", required)
    _keep(made, "allOf", [rule for rule in rules if rule])


def _keep(made: Field, member: str, values: list[Any]) -> None:
    if values:
        made[member] = values
    else:
        made.pop(member, None)


def _name(one: Outline, before: Outline | None, taken: Mapping[str, Field]) -> str:
    said = one.get("key", "") or (before["was"] if before else "")
    number = len(taken) + 1
    wished = name = said or f"field_{number}"
    count = 2
    while name in taken:
        name = f"{wished}_{count}"
        count += 1
    return name


def _arrange(
    pairs: list[tuple[str, Outline, Outline]],
    rules: list[dict[str, Any]],
    by_rule: dict[str, int],
    required: list[str],
    fields: Mapping[str, Field],
    names: Mapping[str, str],
    lost: set[int],
) -> None:
    """Conditions and demands of the fields that were changed, into ``rules`` and ``required``."""
    for name, now, before in pairs:
        old = (names.get(before["when"], before["when"]), before["how"], before["value"])
        new = (now["when"], now["how"], now["value"])
        new = (names.get(new[0], new[0]), *new[1:])
        is_lost = by_rule.get(name) in lost
        if new == old and now["required"] == before["required"] and not is_lost:
            continue
        if is_lost and new == old:
            new = ("", "is", "")  # the field that it asked about is gone
        if name in required:
            required.remove(name)
        number = by_rule.get(name)
        if number is not None and rules[number] and new != old:
            rules[number] = without(rules[number], {name}) or {}
        if not new[0]:
            required.extend([name] if now["required"] else [])
            continue
        rule = rules[number] if number is not None and new == old else _rule(rules, new, fields)
        show(rule, name, is_required=now["required"])


def _rule(rules: list[dict[str, Any]], said: tuple[str, ...], fields: Mapping[str, Field]) -> dict[str, Any]:
    """The rule of this condition: one that is there, or a new one."""
    fresh = rule_for(dict(zip(("when", "how", "value"), said, strict=True)), fields.get(said[0], {}))
    for rule in rules:
        if rule and rule["if"] == fresh["if"] and set(rule) <= {"if", "then", "else"}:
            only_hides = set(rule.get("else", {})) == {"properties"} and not any(
                rule["else"]["properties"].values()
            )
            if only_hides and set(rule.get("then", {})) <= {"required"}:
                return rule
    rules.append(fresh)
    return fresh


def _fold_field(declared: Mapping[str, Any], now: Outline, before: Outline) -> Field:
    made = deepcopy(dict(declared))
    kind = now["kind"]
    if not made or kind_of(made) != kind:
        made = made_into(kind, made)
    _say_words(made, now, before)
    if kind in LIMITS:
        for member, side in zip(LIMITS[kind], ("least", "most"), strict=True):
            _say(
                made,
                member,
                figure(now[side]) if now[side] else "",
                figure(before[side]) if before[side] else "",
            )
    if kind in {"integer", "number", "money"}:
        _say(made, "x-unit", now["unit"], before["unit"])
    if kind == "object":
        _say(made, "x-type", now["of_type"], before["of_type"])
    if kind in {"choice", "several"}:
        _fold_choices(made, now["choices"])
    if kind in {"group", "rows"}:
        _fold_object(_inside(made), now["fields"])
    return made


def _inside(made: Field) -> Field:
    """Where the choices or the inner fields of a field that is being made are said."""
    found: Field = made.get("items", made)
    return found


def _fold_choices(made: Field, wanted: Sequence[Mapping[str, str]]) -> None:
    if list(wanted) == choices_of(made):
        return
    said = _inside(made)
    values = [one.get("value", "") or f"choice_{number}" for number, one in enumerate(wanted, 1)]
    said["enum"] = values
    words = {
        value: {language: one[language] for language in ("zh", "en") if one.get(language)}
        for value, one in zip(values, wanted, strict=True)
        if one.get("zh") or one.get("en")
    }
    said.pop("x-choices", None)
    if words:
        said["x-choices"] = words

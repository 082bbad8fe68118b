"""When a field is asked: the rules of an object that only say which fields are there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Rule = dict[str, Any]
HOWS = {"is": "const", "least": "minimum", "most": "maximum"}
_INTEGER, _NUMBER = re.compile(r"-?\d{1,15}"), re.compile(r"-?\d{1,15}\.\d{1,10}")


def figure(text: str) -> int | float | str:
    """The number that a text says; another text as it is, for the check of the form to find."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def plain(value: Any) -> str:
    """A value of a schema as one types it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def condition_of(rule: Mapping[str, Any]) -> dict[str, str] | None:
    """Field, comparison and value of a rule that only says which fields are there; None for any other."""
    when = rule["if"]
    names = when.get("required", [])
    if len(names) != 1 or list(when.get("properties", {})) != names or not hidden_by(rule):
        return None
    if set(rule.get("then", {})) - {"required"} or set(rule["else"]) != {"properties"}:
        return None
    if not set(rule.get("then", {}).get("required", ())) <= set(rule["else"]["properties"]):
        return None
    test = when["properties"][names[0]]
    if set(test) == {"contains"}:
        return {"when": names[0], "how": "includes", "value": plain(test["contains"]["const"])}
    for how, member in HOWS.items():
        if set(test) == {member}:
            return {"when": names[0], "how": how, "value": plain(test[member])}
    return None


def hidden_by(rule: Mapping[str, Any]) -> list[str]:
    """The fields that a rule hides otherwise, when it does nothing else there."""
    otherwise = rule.get("else", {}).get("properties", {})
    return list(otherwise) if otherwise and all(effect is False for effect in otherwise.values()) else []


def conditions(one: Mapping[str, Any]) -> dict[str, tuple[int, dict[str, str]]]:
    """Each field of an object that is there by one plain rule alone: the rule's number, and what it says."""
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, rule in enumerate(one.get("allOf", ())):
        said = condition_of(rule)
        for name in hidden_by(rule) if said is not None else ():
            found.setdefault(name, []).append((number, said or {}))
    return {name: rules[0] for name, rules in found.items() if len(rules) == 1}


def rule_for(condition: Mapping[str, str], asked: Mapping[str, Any]) -> Rule:
    """A rule that shows nothing yet; ``asked`` is the field that it looks at."""
    name, how, value = condition["when"], condition["how"], condition["value"]
    if asked.get("type") == "array" and how == "is":
        how = "includes"
    if how == "includes":
        test: dict[str, Any] = {"contains": {"const": value}}
    elif how in {"least", "most"} or asked.get("type") in {"integer", "number"}:
        test = {HOWS[how]: figure(value)}
    elif asked.get("type") == "boolean" and value in {"true", "false"}:
        test = {"const": value == "true"}
    else:
        test = {"const": value}
    return {"if": {"required": [name], "properties": {name: test}}, "else": {"properties": {}}}


def show(rule: Rule, name: str, *, is_required: bool) -> None:
    """Let the rule show the field, and demand it there."""
    rule["else"]["properties"][name] = False
    demanded = [one for one in rule.get("then", {}).get("required", ()) if one != name]
    if is_required:
        rule["then"] = {"required": [*demanded, name]}
    elif demanded:
        rule["then"] = {"required": demanded}
    else:
        rule.pop("then", None)


def without(rule: Rule, gone: set[str]) -> Rule | None:
    """The rule without these fields; None when nothing is left of it to say."""
    left: Rule = {}
    for part, effects in rule.items():
        names = [name for name in effects.get("required", ()) if name not in gone]
        fields = {name: effect for name, effect in effects.get("properties", {}).items() if name not in gone}
        said = {key: value for key, value in (("required", names), ("properties", fields)) if value}
        if said:
            left[part] = said
    return left if "if" in left and len(left) > 1 else None


def renamed(rule: Mapping[str, Any], names: Mapping[str, str]) -> Rule:
    """The rule with fields by their new names."""
    made: Rule = {}
    for part, effects in rule.items():
        made[part] = dict(effects)
        if "required" in effects:
            made[part]["required"] = [names.get(name, name) for name in effects["required"]]
        if "properties" in effects:
            made[part]["properties"] = {
                names.get(name, name): one for name, one in effects["properties"].items()
            }
    return made

"""What a rule says when it turns: the event, with everything that explains it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from beichen.kernel.bus import service as bus
from beichen.platforms.iot.models import Rule
from beichen.platforms.iot.moments import SECOND, moment
from beichen.platforms.iot.rules.engine import Turned
from beichen.platforms.iot.rules.standing import Turn
from beichen.registry.models import Object

CLEARED = "iot.rule.cleared"
_TRUTHS: dict[str, dict[Any, str]] = {
    "zh": {True: "是", False: "否", None: "？"},
    "en": {True: "yes", False: "no", None: "?"},
}
_WORDS = {
    "zh": {
        "raised": "{thing}：{rule}。条件“{when}”自 {since} 起成立。{values}",
        "silent": "{thing}：{rule}。自 {since} 起已 {silent} 没有 {measure} 的读数。",
        "cleared": "{thing}：{rule}已解除。{values}",
        "between": "，",
    },
    "en": {
        "raised": "{thing}: {rule}. The condition “{when}” has held since {since}. {values}",
        "silent": "{thing}: {rule}. No reading of {measure} since {since}, for {silent}.",
        "cleared": "{thing}: {rule} is over. {values}",
        "between": ", ",
    },
}


def told(row: Rule, one: Turned, thing: Object, region: str, identity: str, level: int) -> bus.Draft:
    """The event of a turn: of the rule's own type when it is raised, :data:`CLEARED` when it is over."""
    is_raised = one.step.turn is Turn.RAISED
    words = {language: _sentence(row, one, thing, language) for language in _WORDS}
    data: dict[str, Any] = {
        **one.values,  # a kind of event that asks for one of these by its name is answered
        "rule": row.key,
        "version": one.rule.version,
        "thing": thing.code,
        "values": one.values,
        "since": moment(one.step.since).isoformat(),
        "at": moment(one.step.at).isoformat(),
        "explanation": words,
        "text": words["zh"],
        **_place(thing.parsed()),
    }
    if not is_raised:
        data["type"] = row.raises
    if one.is_demo:
        data["is_demo"] = True  # made-up readings are no reason for a case like others
    kind = row.raises if is_raised else CLEARED
    return bus.Draft(kind, thing.code, data, source="/iot/rules", region=region, level=level, id=identity)


def _sentence(row: Rule, one: Turned, thing: Object, language: str) -> str:
    rule, words = one.rule.declared, _WORDS[language]
    form = "cleared" if one.step.turn is Turn.CLEARED else "silent" if rule.silent else "raised"
    name = (row.name_en if language == "en" else row.name) or row.key
    local = timezone.localtime(moment(one.step.since))
    return words[form].format(
        thing=thing.name or thing.code,
        rule=name,
        when=rule.when,
        since=f"{local:%Y-%m-%d %H:%M:%S}",
        silent=_span(rule.silent),
        measure=_label(thing.type.measures.get(rule.measure, {}), rule.measure, language),
        values=words["between"].join(_value(thing, *pair, language) for pair in sorted(one.values.items())),
    )


def _span(time: int) -> str:
    seconds = time // SECOND
    for size, letter in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def _label(declared: Mapping[str, Any], name: str, language: str) -> str:
    return str(declared.get(language) or declared.get("zh") or name)


def _value(thing: Object, name: str, value: Any, language: str) -> str:
    measure = thing.type.measures.get(name)
    declared = thing.type.labels.get(name, {}) if measure is None else measure
    unit = (measure or {}).get("unit", "")
    shown = _TRUTHS[language]
    is_word = value is None or isinstance(value, bool)
    said = shown[value] if is_word else f"{value:g}" if isinstance(value, float) else str(value)
    return f"{_label(declared, name, language)} {said}{f' {unit}' if unit not in ('', '1') else ''}"


def _place(document: Mapping[str, Any]) -> dict[str, float]:
    location = document.get("location")
    value = location.get("value") if isinstance(location, dict) else None
    if not isinstance(value, dict) or value.get("type") != "Point":
        return {}
    longitude, latitude = value["coordinates"][:2]
    return {"longitude": float(longitude), "latitude": float(latitude)}

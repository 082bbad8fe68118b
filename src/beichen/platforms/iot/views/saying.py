"""A rule as people read it: lengths of time, names of measures, conditions and values in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from beichen.kernel.bus.service import event_type_names
from beichen.registry.models import ObjectType
from beichen.web.numbers import figure

_LENGTH = re.compile(r"(\d+)(ms|s|m|h|d)\Z")
_PIECES = re.compile(r"'[^']*'|[A-Za-z_][A-Za-z_0-9]*|<=|>=|<>|!=|\*|/")
_SIGNS = {"<=": "≤", ">=": "≥", "<>": "≠", "!=": "≠", "*": "×", "/": "÷"}


def _language() -> str:
    return "en" if get_language() == "en" else "zh"


def length(text: str) -> str:
    """A length of time such as `5m` in words."""
    found = _LENGTH.match(text)
    if found is None:
        return text
    number, unit = int(found.group(1)), found.group(2)
    words = {
        "ms": ngettext("%(number)d millisecond", "%(number)d milliseconds", number),
        "s": ngettext("%(number)d second", "%(number)d seconds", number),
        "m": ngettext("%(number)d minute", "%(number)d minutes", number),
        "h": ngettext("%(number)d hour", "%(number)d hours", number),
        "d": ngettext("%(number)d day", "%(number)d days", number),
    }[unit]
    return words % {"number": number}


def event_name(kind: str, names: Mapping[str, str] | None = None) -> str:
    """What an event of this type is called; the type itself where nobody names it."""
    known = event_type_names() if names is None else names
    words = kind.split(".")
    families = [".".join((*words[:place], ">")) for place in range(len(words) - 1, 0, -1)]
    return next((known[name] for name in (kind, *families) if name in known), kind)


class Names:
    """What a type's fields and measures are called, with the units of those that are measured."""

    def __init__(self, kind: ObjectType | None) -> None:
        self._facts: dict[str, Mapping[str, Any]] = {}
        if kind is not None:
            self._facts = {**kind.labels, **kind.measures}

    def name(self, key: str) -> str:
        """A field's or measure's name; a window's is its key."""
        facts = self._facts.get(key, {})
        return str(facts.get(_language()) or facts.get("zh") or key)

    def _unit(self, key: str) -> str:
        unit = str(self._facts.get(key, {}).get("unit", ""))
        return "" if unit == "1" else unit

    def condition(self, text: str) -> str:
        """A condition with names instead of keys and signs that people write."""
        joints = {"and": _("and"), "or": _("or"), "not": _("not")}

        def said(found: re.Match[str]) -> str:
            piece = found.group()
            if piece in _SIGNS:
                return _SIGNS[piece]
            return joints.get(piece.lower()) or self.name(piece)

        return _PIECES.sub(said, text)

    def value(self, key: str, value: Any) -> str:
        """A value with its name and unit."""
        if isinstance(value, bool):
            shown = _("yes") if value else _("no")
        elif isinstance(value, (int, float)):
            shown = f"{figure(value, 3)} {self._unit(key)}".rstrip()
        else:
            shown = "–" if value is None else str(value)
        return f"{self.name(key)} {shown}"

    def values(self, values: Mapping[str, Any]) -> str:
        """Several of them."""
        return _(", ").join(self.value(key, value) for key, value in values.items())

    def window(self, facts: Mapping[str, Any]) -> str:
        """What a window of a rule gathers."""
        if "baseline" in facts:
            weeks = int(facts.get("weeks", 4))
            words = ngettext(
                "%(measure)s as usual at this hour of the week (%(weeks)d week)",
                "%(measure)s as usual at this hour of the week (%(weeks)d weeks)",
                weeks,
            )
            return words % {"measure": self.name(str(facts["baseline"])), "weeks": weeks}
        kinds = {
            "avg": _("Mean of %(measure)s over %(time)s"),
            "min": _("Least %(measure)s over %(time)s"),
            "max": _("Greatest %(measure)s over %(time)s"),
            "count": _("Number of readings of %(measure)s over %(time)s"),
            "rate": _("Change of %(measure)s in an hour, over %(time)s"),
        }
        kind = next((one for one in kinds if one in facts), "avg")
        words = kinds[kind] % {
            "measure": self.name(str(facts.get(kind, ""))),
            "time": length(str(facts.get("over", ""))),
        }
        if "by" not in facts:
            return words
        group = _("Region") if facts["by"] == "region" else self.name(str(facts["by"]))
        return _("%(window)s, of all with the same %(group)s") % {"window": words, "group": group}

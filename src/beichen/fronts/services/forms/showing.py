"""Answers as people read them: each field with its words, groups and rows by their titles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from beichen.fronts.services.forms.rendering import in_words
from beichen.kernel.org.models import Region
from beichen.web.wording import listed

MASKED = frozenset({"identity-number"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer: what was asked, what was said, where it came from."""

    name: str
    title: str
    text: str
    source: str = ""


def shown_answers(
    schema: Mapping[str, Any],
    answers: Mapping[str, Any],
    sources: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
) -> list[Shown]:
    """Every answer in the order of the form. ``files`` names files by their codes."""
    return list(_object(schema, answers, "", "", sources or {}, files or {}))


def _object(
    schema: Mapping[str, Any],
    answers: Mapping[str, Any],
    name: str,
    title: str,
    sources: Mapping[str, str],
    files: Mapping[str, str],
) -> Iterator[Shown]:
    for key, field in schema["properties"].items():
        value, here = answers.get(key), f"{name}{key}"
        words = f"{title}{in_words(field)}"
        if value is None:
            continue
        if field["type"] == "object":
            yield from _object(field, value, f"{here}.", f"{words} · ", sources, files)
        elif field["type"] == "array" and field["items"]["type"] == "object":
            for number, row in enumerate(value):
                before = f"{words} {number + 1} · "
                yield from _object(field["items"], row, f"{here}.{number}.", before, sources, files)
        else:
            yield Shown(here, words, _text(field, value, files), sources.get(here, ""))


def _text(field: Mapping[str, Any], value: Any, files: Mapping[str, str]) -> str:
    if "x-withheld" in field:
        return str(field["x-withheld"])
    if isinstance(value, list):
        return listed(_text(field["items"], one, files) for one in value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, float) and value.is_integer():  # the engine knows no other numbers
        value = int(value)
    if isinstance(value, int | float):
        unit = field.get("x-unit", "元" if field.get("x-kind") == "money" else "")
        return f"{value:,} {unit}".strip()
    if field.get("x-kind") == "file":
        return files.get(value, value)
    if field.get("x-kind") == "region":
        region = Region.objects.filter(code=value).only("name").first()
        return f"{region.name} {value}" if region is not None else str(value)
    words = field.get("x-choices", {}).get(value)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return str(words[language]) if words else str(value)

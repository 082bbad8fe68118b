"""The language filter (clause 4.15): which text of a languageMap answers a list of preferred languages."""

from __future__ import annotations

from typing import Any

from beichen.registry.problems import bad_parameter

LENGTH_LIMIT = 500


def parse_languages(text: str) -> list[str]:
    """Language tags by falling quality, as in Accept-Language (RFC 9110, 12.5.4)."""
    if len(text) > LENGTH_LIMIT:
        raise bad_parameter("lang", f"longer than {LENGTH_LIMIT} characters")
    weighted: list[tuple[float, int, str]] = []
    for index, part in enumerate(text.split(",")):
        tag, _, parameter = part.strip().partition(";")
        quality = 1.0
        if parameter.strip().startswith("q="):
            try:
                quality = float(parameter.strip()[2:])
            except ValueError:
                raise bad_parameter("lang", f"{parameter[:20]!r} is no quality") from None
        if tag.strip() and quality > 0:
            weighted.append((-quality, index, tag.strip()))
    if not weighted:
        raise bad_parameter("lang", "names no language", "such as zh,en;q=0.8")
    return [tag for _, _, tag in sorted(weighted)]


def _lookup(texts: dict[str, Any], wanted: str) -> str | None:
    by_lower = {tag.lower(): tag for tag in texts}
    parts = wanted.lower().split("-")
    while parts:
        found = by_lower.get("-".join(parts))
        if found is not None:
            return found
        parts.pop()
    return None


def choose(texts: dict[str, Any], languages: list[str]) -> str:
    """The tag that answers best: a preferred one, then ``@none``, then whichever comes first."""
    for wanted in languages:
        if wanted == "*":
            break
        found = _lookup(texts, wanted)
        if found is not None:
            return found
    return "@none" if "@none" in texts else next(iter(texts), "@none")

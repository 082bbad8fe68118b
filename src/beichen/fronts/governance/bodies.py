"""Choosing a body without a script: a text field with suggestions, read as a name or a key."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language

from beichen.kernel.org.models import Body

LIST = "bodies"
"""The id of the page's one list of suggestions."""


def suggestions(bodies: Iterable[Body]) -> list[str]:
    """What the list offers: names in the reader's language; with the key where two bodies share a name."""
    is_english = (get_language() or "").startswith("en")
    named = [((body.name_en or body.name) if is_english else body.name, body.key) for body in bodies]
    seen: dict[str, int] = {}
    for name, _key in named:
        seen[name] = seen.get(name, 0) + 1
    return [name if seen[name] == 1 else f"{name} [{key}]" for name, key in named]


def key_of(text: str, bodies: Iterable[Body]) -> str:
    """The key that a name, ``name [key]`` or a key means; the text itself where it means none."""
    wanted = text.strip()
    if wanted.endswith("]") and "[" in wanted:
        return wanted.rpartition("[")[2].rstrip("]").strip()
    keys = [body.key for body in bodies if wanted in (body.name, body.name_en, body.key)]
    return keys[0] if len(keys) == 1 else wanted

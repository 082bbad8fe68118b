"""What parts are called: regions and bodies here, other dimensions by the rooms that own them.

A room says in its ``apps.ready()``: ``name_members("event", _("Kind of event"), names)``; ``names(codes)``
answers with (Chinese, English) for the codes that it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beichen.kernel.org.models import Body, Region

Names = Callable[[Iterable[str]], Mapping[str, tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class _Dimension:
    title: str | Promise
    names: Names


def _bodies(keys: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    rows = Body.objects.filter(key__in=list(keys)).values_list("key", "name", "name_en")
    return {key: (name, name_en) for key, name, name_en in rows}


def _regions(codes: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    rows = Region.objects.filter(code__in=list(codes)).values_list("code", "name", "name_en")
    return {code: (name, name_en) for code, name, name_en in rows}


_dimensions: dict[str, _Dimension] = {
    "region": _Dimension(_("Region"), _regions),
    "body": _Dimension(_("Body"), _bodies),
}


def name_members(dimension: str, title: str | Promise, names: Names) -> None:
    """Say what a dimension and its members are called; who says it again replaces it."""
    _dimensions[dimension] = _Dimension(title, names)


def title_of(dimension: str) -> str:
    """The dimension in the reader's language; itself where nobody named it."""
    parts = [_dimensions[one].title if one in _dimensions else one for one in dimension.split("+")]
    return " × ".join(str(part) for part in parts)


def names_of(dimension: str, members: Iterable[str]) -> dict[str, str]:
    """Each member in the reader's language, itself where nobody knows it; a query for each dimension."""
    wanted = list(members)
    parts = dimension.split("+")
    is_english = get_language() == "en"
    split = {member: member.split("+") for member in wanted}
    spoken: list[Mapping[str, tuple[str, str]]] = []
    for place, part in enumerate(parts):
        codes = {codes[place] for codes in split.values() if place < len(codes)}
        spoken.append(_dimensions[part].names(codes) if part in _dimensions and codes else {})

    def one(place: int, code: str) -> str:
        zh, en = spoken[place].get(code, (code, code)) if place < len(spoken) else (code, code)
        return (en or zh) if is_english else zh

    return {
        member: " · ".join(one(place, code) for place, code in enumerate(split[member])) for member in wanted
    }

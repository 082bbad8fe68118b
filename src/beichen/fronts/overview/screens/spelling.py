"""Names in pinyin: the worker spells them, the web looks them up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction

from beichen.fronts.overview.models import Spelling
from beichen.fronts.overview.screens.naming import kept

LONGEST = 200
_HAN = re.compile(r"[\u3400-\u9fff]")
_PLAIN = re.compile(r"[\W_]+")


@transaction.atomic
def spell(names: Iterable[str]) -> int:
    """Keep the spellings of exactly these names, those that hold Chinese; returns how many were written."""
    wanted = {name[:LONGEST] for name in names if _HAN.search(name)}
    known = dict(Spelling.objects.values_list("name", "pk"))
    gone = [pk for name, pk in known.items() if name not in wanted]
    for start in range(0, len(gone), 500):
        Spelling.objects.filter(pk__in=gone[start : start + 500]).delete()
    new = sorted(wanted - known.keys())
    Spelling.objects.bulk_create((Spelling(name=name, keys=keys_of(name)) for name in new), batch_size=500)
    return len(new)


def keys_of(name: str) -> str:
    """`changchun cc` of 长春; long names to as many letters as are kept."""
    from pypinyin import Style, lazy_pinyin  # 55 MB, for the worker alone

    whole = _PLAIN.sub("", "".join(lazy_pinyin(name)).casefold())
    initials = _PLAIN.sub("", "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).casefold())
    return f"{whole[:1_000]} {initials[:LONGEST]}"


def spellings() -> dict[str, str]:
    """The keys of every name that is spelt, read anew every some minutes."""
    return kept("beichen.screen.spellings", lambda: dict(Spelling.objects.values_list("name", "keys")))

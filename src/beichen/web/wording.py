"""What is wrong, and who acted, in the reader's language: the one way in which a page says a problem.

Terminals, logs and programs read the problem itself, which is English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beichen.problem import Problem, Said, Where, said

HOUSE = _("The house itself")
_LATIN = re.compile(r"[A-Za-z]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def actor_name(key: str, name: str) -> str:
    """Who acted, by the actor's key and name; the name of a part of the house says nothing to people."""
    if key == "public":
        return gettext("The public")
    return str(HOUSE) if key.startswith("system:") else name


def listed(words: Iterable[str]) -> str:
    """Several things in a row, as the reader's language writes them."""
    return (", " if get_language() == "en" else "、").join(words)


def worded(text: str) -> str:
    """A message or a hint in the active language; English where it has no translation."""
    if not isinstance(text, Said):
        return gettext(text) if text else ""
    values = {
        name: worded(value) if isinstance(value, Said) else value for name, value in text.values.items()
    }
    return text.within(gettext(text.template), values)


def sentence(problem: Problem) -> str:
    """What was found; where that has no translation, what its code means, and the English beside it."""
    title = gettext(problem.title)
    if _is_foreign(problem.message) and title != problem.title:
        return worded(said("{message} ({hint})", message=title.rstrip("。"), hint=problem.message))
    return worded(problem.message)


def in_words(problem: Problem) -> str:
    """The sentence of a problem, and its hint where there is one."""
    if not problem.hint:
        return sentence(problem)
    return worded(said("{message} ({hint})", message=sentence(problem), hint=worded(problem.hint)))


def placed(problem: Problem) -> str:
    """The problem after its place in a file, where it has one: a form holds the whole file in one field."""
    is_in_file = bool(problem.where.file) or problem.where.row is not None
    return f"{place(problem.where)}: {in_words(problem)}" if is_in_file else in_words(problem)


def place(where: Where) -> str:
    """Where it is: a row and a column in words, a position in a file as every editor reads it."""
    if where.file is not None or where.pointer is not None or where.row is None:
        return str(where)
    if not where.field:
        return worded(said("row {row}", row=where.row))
    return worded(said("row {row}, {field}", row=where.row, field=where.field))


def _is_foreign(text: str) -> bool:
    template = text.template if isinstance(text, Said) else text
    if (get_language() or "en") == "en" or gettext(template) != template:
        return False
    # What a scene says of itself, such as why somebody may not apply, is Chinese already.
    return len(_LATIN.findall(template)) >= len(_HAN.findall(template))

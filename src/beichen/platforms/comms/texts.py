"""Texts with placeholders: ``{code}`` and nothing more, so that no text can reach into a value.

`str.format` would let a text read attributes of what it is given (``{title.__class__}``) or pad without
bounds (``{title:999999}``); here a placeholder is a name alone, and ``{{`` is a brace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any

from django.utils import timezone

from beichen.platforms.comms.codes import BAD_PLACEHOLDER, NO_VALUE
from beichen.problem import Problem, ProblemError, Where, said, shorten

LANGUAGES = ("zh", "en")
VALUE_LENGTH = 1000
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_PARSER = Formatter()


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    """Literal text and the placeholder after it. Raises ProblemError COM-103."""
    try:
        parsed = list(_PARSER.parse(text))
    except ValueError as error:
        message = shorten(said("a brace is not closed: {error}", error=str(error)))
        raise ProblemError(
            Problem(BAD_PLACEHOLDER, message, hint=said("write {example} for a brace", example="{{"))
        ) from None
    for literal, name, form, conversion in parsed:
        if name is not None and (form or conversion or not _NAME.match(name)):
            found = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            message = shorten(said("{found!r} is no placeholder", found=found))
            hint = said("a name alone, such as {example}", example="{code}")
            raise ProblemError(Problem(BAD_PLACEHOLDER, message, hint=hint))
        yield literal, name


def placeholders(text: str) -> frozenset[str]:
    """The names that ``text`` asks for. Raises ProblemError COM-103 for what is no plain placeholder."""
    return frozenset(name for _literal, name in _parts(text) if name is not None)


def shown(value: Any, language: str) -> str:
    """A value as a reader of ``language`` sees it: ``{"zh": …, "en": …}``, a time in the city's zone, a text.

    At most :data:`VALUE_LENGTH` characters, so that a value cannot become the message.
    """
    if isinstance(value, Mapping):
        return shown(value.get(language) or value.get("zh") or "", language)
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return moment.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)[:VALUE_LENGTH]


def fill(text: str, values: Mapping[str, Any], language: str) -> str:
    """``text`` with its placeholders filled in. Raises ProblemError COM-103; COM-102 for each lack."""
    parts = list(_parts(text))
    missing = sorted({name for _literal, name in parts if name is not None} - set(values))
    if missing:
        problems = [
            Problem(
                NO_VALUE, said("the text asks for {name}, which nobody gave", name=name), Where(field=name)
            )
            for name in missing
        ]
        raise ProblemError(*problems)
    return "".join(
        literal + (shown(values[name], language) if name is not None else "") for literal, name in parts
    )


def one_line(text: str) -> str:
    """A text as a subject: header lines cannot be broken by what somebody wrote in a form."""
    return " ".join(text.split())

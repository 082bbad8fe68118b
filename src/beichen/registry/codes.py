"""Codes of objects: short, typed by hand without fear, and checked.

Objects get a serial in base 36 with the check character of ISO 7064 MOD 37,36. Organisations keep their
unified social credit code (GB 32100), which has a check character of its own. A person's code is random,
so that it says nothing and cannot be guessed.
"""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from beichen.kernel.org.models import random_code
from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.registry.models import Kind
from beichen.registry.problems import BAD_CODE

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
SERIAL_LENGTH = 8


def check_character(text: str) -> str:
    """The check character of ISO 7064 MOD 37,36 for a text of digits and capital letters."""
    check = 36
    for character in text:
        check = (check + _VALUES[character]) % 36 or 36
        check = check * 2 % 37
    return _ALPHABET[(1 - check) % 36]


def serial_code(serial: int) -> str:
    """The code of the object with this serial, such as ``0000002S7`` with its check character last."""
    digits = ""
    while serial:
        serial, rest = divmod(serial, 36)
        digits = _ALPHABET[rest] + digits
    text = digits.rjust(SERIAL_LENGTH, "0")
    return text + check_character(text)


def is_serial_code(code: str) -> bool:
    """Whether a code has the form and the check character that this house gives."""
    if len(code) <= 1 or not set(code) <= set(_ALPHABET):
        return False
    return check_character(code[:-1]) == code[-1]


def new_code(kind: str, serial: int) -> str:
    """The code of a new object that brings none of its own."""
    return random_code() if kind == Kind.PERSON else serial_code(serial)


def checked_credit_code(code: str) -> str:
    """A unified social credit code in its compact form. Raises ProblemError REG-202."""
    try:
        return str(uscc.validate(code))
    except ValidationError as error:
        message = shorten(f"{code!r} is no GB 32100 code: {error}")
        hint = "18 characters, the last one checks the others"
        raise ProblemError(Problem(BAD_CODE, message, Where(pointer="/code"), hint)) from None

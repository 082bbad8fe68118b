"""The formats of texts that a form may ask for; the browser's `answers.js` says the same of each.

What a number's check digits cannot say (whether the place of an identity number exists) is asked on the
server alone, in :mod:`.facts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from stdnum.cn import ric, uscc

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\Z")
_TELEPHONE = re.compile(r"(?:\+?86-?)?(?:1[3-9][0-9]{9}|0[0-9]{2,3}-?[1-9][0-9]{6,7}(?:-[0-9]{1,6})?)\Z")
_IDENTITY = re.compile(r"[1-9][0-9]{16}[0-9X]\Z")
_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}\Z")


def is_date(text: str) -> bool:
    """A day of the calendar, as 2026-11-29."""
    try:
        return bool(_DATE.match(text)) and date.fromisoformat(text).year > 0
    except ValueError:
        return False


def is_email(text: str) -> bool:
    """An address of the usual form, in letters that every mail server knows."""
    return bool(_EMAIL.match(text))


def is_telephone(text: str) -> bool:
    """A mobile or fixed number of the country, with or without its code."""
    return bool(_TELEPHONE.match(text))


def is_identity_number(text: str) -> bool:
    """A resident identity number (GB 11643): a real birth date, and the right check character."""
    if not _IDENTITY.match(text) or not is_date(f"{text[6:10]}-{text[10:12]}-{text[12:14]}"):
        return False
    return str(ric.calc_check_digit(text)) == text[-1]


def is_credit_code(text: str) -> bool:
    """A unified social credit code (GB 32100) with the right check character."""
    return bool(_CREDIT.match(text)) and str(uscc.calc_check_digit(text[:-1])) == text[-1]


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date": is_date,
    "email": is_email,
    "telephone": is_telephone,
    "identity-number": is_identity_number,
    "credit-code": is_credit_code,
}

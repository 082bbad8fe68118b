"""Codes that people read aloud: cases, reports, and the secret with which a report is followed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils import timezone

from beichen.kernel.org.models import ALPHABET

SECRET_LENGTH = 8


def dated_code(now: datetime) -> str:
    """The city's date and six random characters: ``20261128-7KQ4MZ``; nobody can count on from one."""
    return f"{timezone.localtime(now):%Y%m%d}-{_random(6)}"


def follow_secret() -> str:
    """Eight random characters (39 bits): with the report's code, and few tries an hour, enough."""
    return _random(SECRET_LENGTH)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))

"""How well it is known who somebody is, as systems are told it (OpenID Connect for Identity Assurance 1.0).

``acr`` says how somebody signed in; ``verified_claims`` says what was made sure of who they are, when, and at
which level. The framework is this house's own, its levels have the words of eIDAS (2015/1502), and a higher
one includes the lower. Nothing is said of ``low``: what people state themselves is not verified.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from beichen.kernel.access.identity import ORDER, Assurance, checks_of
from beichen.kernel.org.models import Person

FRAMEWORK = "urn:beichen:identity"
VERIFIED = "verified_claims"
LEVELS = {"low": Assurance.SELF_STATED, "substantial": Assurance.WINDOW, "high": Assurance.UPSTREAM}
_WORDS = {level: word for word, level in LEVELS.items()}
_RANK = {word: ORDER.index(level) for word, level in LEVELS.items()}
CLAIMS = ("name",)
Asked = Mapping[str, Any]


def level_of(person: Person | None) -> str:
    """The level at which it is known who ``person`` is: ``low``, ``substantial`` or ``high``; one query."""
    checks = checks_of(person) if person is not None else []
    return _WORDS[Assurance(checks[0].level)] if checks else "low"


def reaches(level: str, least: str) -> bool:
    """Whether ``level`` is ``least`` or more; everybody reaches none."""
    return not least or _RANK[level] >= _RANK[least]


def verified(person: Person | None, asked: Any = None) -> dict[str, Any] | None:
    """The ``verified_claims`` of a person that fit what was ``asked``; None where there are none.

    ``asked`` is the member of the request: an object; several, of which the first that can be met counts; or
    None for all that is known. What does not fit a restriction is left out.
    """
    checks = [row for row in checks_of(person) if row.name] if person is not None else []
    for one in [None] if asked is None else wanted(asked):
        for row in checks:
            found = _fitted(str(row.level), row.name, row.checked_at, one)
            if found is not None:
                return found
    return None


def wanted(asked: Any) -> list[Asked]:
    """What was asked for as a list of objects; what is none of the standard's forms asks for nothing."""
    several = asked if isinstance(asked, list) else [asked]
    return [one for one in several if isinstance(one, dict)]


def _member(asked: Asked | None, name: str) -> Asked:
    found = asked.get(name) if asked is not None else None
    return found if isinstance(found, dict) else {}


def _fitted(level: str, name: str, at: datetime, asked: Asked | None) -> dict[str, Any] | None:
    about = _member(asked, "verification")
    word = _said_level(_WORDS[Assurance(level)], _member(about, "assurance_level"))
    when = timezone.localtime(at).replace(microsecond=0)
    told = {"trust_framework": FRAMEWORK, "assurance_level": word, "time": when.isoformat()}
    if not all(_meets(value, _member(about, key)) for key, value in told.items()):
        return None
    if not _is_recent(at, _member(about, "time")) or not _meets(
        name, _member(_member(asked, "claims"), "name")
    ):
        return None
    if asked is not None:
        named = asked.get("claims")
        if not isinstance(named, dict) or "name" not in named:
            return None
        told = {key: value for key, value in told.items() if key == "trust_framework" or key in about}
    return {"verification": told, "claims": {"name": name}}


def allowed_values(restriction: Asked) -> list[Any]:
    """The values that a restriction allows; empty for any."""
    values = restriction.get("values")
    if isinstance(values, list):
        return values
    return [restriction["value"]] if "value" in restriction else []


def _known_levels(restriction: Asked) -> list[str]:
    return [word for word in allowed_values(restriction) if isinstance(word, str) and word in LEVELS]


def _said_level(known: str, restriction: Asked) -> str:
    """The level as it is told: who is known at a higher one is known at the lower one, too."""
    words = [word for word in _known_levels(restriction) if reaches(known, word)]
    return max(words, key=_RANK.__getitem__) if words else known


def _meets(value: Any, restriction: Asked) -> bool:
    allowed = allowed_values(restriction)
    return not allowed or value in allowed


def _is_recent(at: datetime, restriction: Asked) -> bool:
    most = restriction.get("max_age")
    if isinstance(most, bool) or not isinstance(most, int):
        return True
    return (timezone.now() - at).total_seconds() <= most


def _is_essential(asked: Asked) -> bool:
    parts = [_member(asked, name) for name in ("verification", "claims")]
    named = [asked, *(_member(part, key) for part in parts for key in part)]
    return any(one.get("essential") is True for one in named)


def _least(asked: Asked) -> str:
    about = _member(asked, "verification")
    if not _meets(FRAMEWORK, _member(about, "trust_framework")):
        return ""
    restriction = _member(about, "assurance_level")
    if allowed_values(restriction):
        return min(_known_levels(restriction), key=_RANK.__getitem__, default="")
    return "substantial"


def least_essential(asked: Any) -> str:
    """The least level that a system cannot do without, of several that would do the lowest; empty for none.

    Nobody can reach levels of other frameworks, nor such as this house does not know: what is asked of them
    is left out, as the standard wants it, and demands nothing.
    """
    levels = [_least(one) if _is_essential(one) else "" for one in wanted(asked)]
    return min(levels, key=lambda level: _RANK.get(level, -1), default="")

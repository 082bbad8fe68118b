"""The fields of a certificate: what was entered against what its kind declares, all mistakes at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from beichen.platforms.ledger.codes import BAD_CLAIM
from beichen.platforms.ledger.models import CertificateKind
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten

TYPES = ("text", "date", "number", "choice")
RESERVED = frozenset(
    (
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "vct", "status", "_sd", "_sd_alg",
        "number", "issuing_body", "demo",
    )
)  # fmt: skip
LONGEST, LARGEST = 200, 1e15


def read_claims(kind: CertificateKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are signed. Raises ProblemError LED-403 for each field that does not fit."""
    fields = {field["key"]: field for field in kind.fields}
    problems = [
        Problem(
            BAD_CLAIM,
            shorten(said("the kind has no field {name!r}", name=name)),
            Where(field=name),
            nearest(name, fields),
        )
        for name in given
        if name not in fields
    ]
    found: dict[str, Any] = {}
    for name, field in fields.items():
        value = given.get(name)
        if value is None or value == "":
            if field["required"]:
                problems.append(Problem(BAD_CLAIM, said("this field is needed"), Where(field=name)))
            continue
        wrong = list(_faults(field, value))
        problems += [Problem(BAD_CLAIM, message, Where(field=name)) for message in wrong]
        if not wrong:
            found[name] = value.isoformat() if isinstance(value, date) else value
    if problems:
        raise ProblemError(*problems)
    return found


def _faults(field: Mapping[str, Any], value: Any) -> Iterator[str]:
    match field["type"]:
        case "number":
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not -LARGEST < value < LARGEST:
                yield said("this is no number")
        case "date":
            try:
                date.fromisoformat(value) if isinstance(value, str) else value.isoformat()
            except (ValueError, AttributeError):
                yield said("this is no day such as 2026-01-31")
        case "choice":
            if value not in [one["key"] for one in field["choices"]]:
                yield said("this is none of the choices")
        case _:
            if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
                yield said("at most {most} characters on one line", most=LONGEST)

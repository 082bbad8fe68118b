"""Signing an application: an interface, one signer of the house, and a register for a city's own.

``BEICHEN_SIGNER`` chooses by key. The house's own, ``typed``, is a declaration: the name typed as the
account has it, the time, the account, how sure the city is of who that is, and the hash of what was sent. It
is sealed in the ledger, so that neither side can say later that something else was declared. A city's
service for electronic signatures registers a signer of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.applicant.problems import NO_SIGNER, NOT_SIGNED
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, Where, nearest, said
from beichen.settings import settings


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed: the SHA-256 of the application, for whom, when, and how sure its writer is."""

    sha256: str
    subject: str
    signed_at: datetime
    assurance: str


class Signer(Protocol):
    """A way of signing. ``label`` says on the page what the applicant does."""

    @property
    def key(self) -> str:
        """What the setting calls it."""

    @property
    def label(self) -> str | Promise:
        """What the field of the page is called."""

    @property
    def hint(self) -> str | Promise:
        """What signing means, said above it."""

    def sign(self, statement: Statement, said_so: Mapping[str, str], *, by: Actor) -> dict[str, Any]:
        """The signature as JSON. Raises ProblemError SRV-504 for one that is not given."""


class TypedDeclaration:
    """The applicant types their name under the declaration."""

    key = "typed"
    label: str | Promise = _("Your name, typed, as the signature")
    hint: str | Promise = _("The declaration is sealed with the time and a hash of what you sent.")

    def sign(self, statement: Statement, said_so: Mapping[str, str], *, by: Actor) -> dict[str, Any]:
        """The declaration. Raises ProblemError SRV-504 when it is not agreed to or the name is another."""
        problems = []
        if said_so.get("agreed") != "true":
            problems.append(Problem(NOT_SIGNED, said("declare that it is true"), Where(field="agreed")))
        typed = " ".join(said_so.get("name", "").split())
        if typed.casefold() != " ".join(by.name.split()).casefold():
            hint = said("type it as your account has it: {name}", name=by.name[:40])
            problems.append(Problem(NOT_SIGNED, said("this is not your name"), Where(field="name"), hint))
        if problems:
            raise ProblemError(*problems)
        return {
            "signer": self.key,
            "name": typed,
            "account": by.key,
            "at": statement.signed_at.isoformat(timespec="seconds"),
            "assurance": statement.assurance,
            "sha256": statement.sha256,
        }


_signers: dict[str, Signer] = {}


def register_signer(signer: Signer) -> None:
    """Let ``BEICHEN_SIGNER`` choose this signer. Raises ValueError when another one has its key."""
    if _signers.setdefault(signer.key, signer) is not signer:
        raise ValueError(f"the signer {signer.key!r} is registered twice")


def signer() -> Signer:
    """The signer that is set. Raises ProblemError SRV-505."""
    key = settings().signer
    if key not in _signers:
        message = said("there is no signer {key!r}", key=key[:40])
        raise ProblemError(Problem(NO_SIGNER, message, hint=nearest(key, _signers)))
    return _signers[key]


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of JSON with sorted keys: what a signature and the ledger speak of."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


TYPED = TypedDeclaration()
register_signer(TYPED)

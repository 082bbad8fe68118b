"""What people allow systems to be told: given, seen, withdrawn; and what each system calls them.

A withdrawal ends every sign-in to the system at once. The pseudonym stays: whoever allows it again later is
the same person to the system as before.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid.codes import NO_PARTY
from beichen.kernel.access.openid.models import Consent, Pseudonym, RelyingParty
from beichen.kernel.access.openid.scopes import SCOPES
from beichen.kernel.access.openid.tokens import end_account
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.problem import Problem, ProblemError, Where, said


def code_of(account: Account) -> str:
    """What an account's pseudonyms stand for: its person's code."""
    return account.person.code if account.person else f"account:{account.pk}"


def known_pseudonym(party: RelyingParty, code: str) -> str:
    """What the party calls somebody; empty when they never met."""
    rows = Pseudonym.objects.filter(party=party, code=code)
    return rows.values_list("subject", flat=True).first() or ""


def pseudonym_of(party: RelyingParty, code: str) -> str:
    """What the party calls somebody, from now on and for good."""
    found = known_pseudonym(party, code)
    if found:
        return found
    row, _created = Pseudonym.objects.get_or_create(
        party=party, code=code, defaults={"subject": secrets.token_urlsafe(32)}
    )
    return row.subject


def person_behind(party: RelyingParty, subject: str) -> str:
    """The code of whom the party calls ``subject``; empty for nobody."""
    rows = Pseudonym.objects.filter(party=party, subject=subject)
    return rows.values_list("code", flat=True).first() or ""


def consented(party: RelyingParty, account: Account) -> set[str]:
    """The scopes that the person allowed and did not take back."""
    rows = Consent.objects.filter(party=party, account=account, withdrawn_at=None)
    return set(rows.values_list("scopes", flat=True).first() or [])


def answered(party: RelyingParty, account: Account) -> set[str]:
    """The scopes about which the person was asked, whatever they said."""
    rows = Consent.objects.filter(party=party, account=account, withdrawn_at=None)
    found = rows.values_list("scopes", "left_out").first()
    return set().union(*found) if found else set()


@transaction.atomic
def give_consent(
    party: RelyingParty, account: Account, scopes: Iterable[str], asked: Iterable[str], *, by: Actor
) -> Consent:
    """Keep what the person allowed of what was asked; what was allowed before and not asked now stays."""
    chosen, questions = set(scopes), set(asked)
    allowed = (consented(party, account) - questions) | chosen
    left_out = (answered(party, account) | questions) - allowed
    values = {
        "scopes": [key for key in SCOPES if key in allowed],
        "left_out": [key for key in SCOPES if key in left_out],
        "given_at": timezone.now(),
        "withdrawn_at": None,
    }
    row, _created = Consent.objects.update_or_create(party=party, account=account, defaults=values)
    person = account.person.code if account.person else ""
    detail = {"scopes": row.scopes}
    resource = f"kernel_access.relyingparty:{party.key}"
    audit.record(by, "access.consent.give", resource, detail=detail, subject=person)
    return row


def consents_of(account: Account) -> QuerySet[Consent]:
    """What a person allowed, withdrawn ones too."""
    return Consent.objects.filter(account=account).select_related("party__body")


@transaction.atomic
def withdraw_consent(party_key: str, account: Account, *, by: Actor) -> int:
    """Take back what was allowed to a party and end every sign-in to it; returns how many ended.

    Raises ProblemError ACC-512 when nothing is allowed to it.
    """
    rows = Consent.objects.filter(account=account, party__key=party_key, withdrawn_at=None)
    row = rows.select_related("party").first()
    if row is None:
        raise ProblemError(Problem(NO_PARTY, said("nothing is allowed to it"), Where(field="party")))
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    ended = end_account(account, "withdrawn", row.party)
    person = account.person.code if account.person else ""
    resource = f"kernel_access.relyingparty:{party_key}"
    audit.record(by, "access.consent.withdraw", resource, detail={"ended": ended}, subject=person)
    return ended

"""Accounts of the other provider and accounts here: linked by issuer and subject, never by a mail address.

Who is not known here gets an account without a person: it may do what the public may, until somebody with
the right gives it a person and posts. Who has an account here links it from within.
"""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid.codes import LINKED
from beichen.kernel.access.openid.models import UpstreamIdentity
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.problem import Problem, ProblemError, said

_BY = system("upstream")


def account_of(issuer: str, subject: str) -> Account:
    """The account of an identity; a new one without a person for an identity that never came."""
    rows = UpstreamIdentity.objects.select_related("account__person")
    found = rows.filter(issuer=issuer, subject=subject).first()
    if found is not None:
        return found.account
    try:
        return _new_account(issuer, subject)
    except IntegrityError:  # it came twice at once
        return rows.get(issuer=issuer, subject=subject).account


@transaction.atomic
def _new_account(issuer: str, subject: str) -> Account:
    account = Account(username=f"upstream-{secrets.token_hex(8)}")
    account.set_unusable_password()
    account.save()
    UpstreamIdentity.objects.create(issuer=issuer, subject=subject, account=account)
    resource = f"kernel_access.account:{account.username}"
    audit.record(_BY, "access.identity.arrive", resource, detail={"issuer": issuer})
    return account


@transaction.atomic
def link(account: Account, issuer: str, subject: str, *, by: Actor) -> None:
    """Let an identity sign in to an account. Raises ProblemError ACC-524 when it signs in to another."""
    row, created = UpstreamIdentity.objects.get_or_create(
        issuer=issuer, subject=subject, defaults={"account": account}
    )
    if row.account_id != account.pk:
        hint = said("sign in by it and ask an administrator")
        raise ProblemError(Problem(LINKED, said("the identity signs in to another account"), hint=hint))
    if created:
        person = account.person.code if account.person else ""
        resource = f"kernel_access.account:{account.username}"
        audit.record(by, "access.identity.link", resource, detail={"issuer": issuer}, subject=person)

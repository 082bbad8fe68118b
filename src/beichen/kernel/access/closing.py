"""Closing an account (注销账号): its owner ends it, for good; what no law keeps is gone at once.

Rooms say what of a person is still open, which is named first and ended first, and what they end when an
account closes; what they keep is known from the holdings. The person stays as a code without name and
addresses: affairs, certificates and the audit record stand on it. Who comes again opens a new account.

Personal Information Protection Law, article 47; open matters come first, so that nobody loses an answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from beichen.kernel.access.holdings import holdings
from beichen.kernel.access.models import (
    Account,
    AccountContact,
    Consent,
    ContactCode,
    IdentityCheck,
    UpstreamIdentity,
)
from beichen.kernel.access.openid.consents import withdraw_consent
from beichen.kernel.access.openid.tokens import end_account
from beichen.kernel.access.representation import Representation, RepresentationKind
from beichen.kernel.access.representing import end_all
from beichen.kernel.access.subjects import held_now
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

STILL_OPEN = code("ACC-312", "Something of the account is still open.", status=409)
NOT_SURE = code("ACC-313", "That it is to be closed was not confirmed.", status=422)
GONE = "已注销"
"""What stands in place of the name of somebody who closed the account."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that is open: what it is, where it stands, how it is ended."""

    title: str
    href: str = ""
    how: str | Promise = ""


Find = Callable[[str], Iterable[Matter]]
End = Callable[[str, Actor], None]
_finders: dict[str, Find] = {}
_endings: dict[str, End] = {}


def register_open_matters(key: str, find: Find) -> None:
    """Name what of a person (by code) is open in a room, and keeps the account from being closed."""
    _finders[key] = find


def register_ending(key: str, end: End) -> None:
    """Let a room end what is a person's when the account closes, in the same transaction."""
    _endings[key] = end


def open_matters(person: str) -> list[Matter]:
    """What has to be ended first, room by room; posts and firms before."""
    found = [*_posts(person), *_firms(person)]
    for key in sorted(_finders):
        found += _finders[key](person)
    return found


def _posts(person: str) -> Iterable[Matter]:
    row = Person.objects.filter(code=person).first()
    for post in org.posts_of(row) if row is not None else ():
        yield Matter(f"{post.body.name} · {post.title or post.role}", how=_("the body ends the post"))


def _firms(person: str) -> Iterable[Matter]:
    headed = held_now().filter(representative__code=person, kind=RepresentationKind.LEGAL)
    for row in headed:
        yield Matter(row.subject_name, how=_("a window records who heads the firm from now on"))


def close_account(account: Account, password: str, name: str, *, is_sure: bool, by: Actor) -> None:
    """End the account of who acts: sessions, sign-ins to other systems and their tokens, what it may do, and
    everything that rooms may erase. It does not come back.

    Confirmed by the password; by the own name, typed, where an account signs in elsewhere and has none.
    Raises ProblemError ACC-312 naming what is open, ACC-313 for what is not confirmed; then nothing has
    changed.
    """
    person = account.person
    if person is None or by.key != f"person:{person.code}":
        raise ProblemError(_unsure("password", said("an account is closed by its owner")))
    _confirm(account, person, password, name, is_sure=is_sure)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        open_now = open_matters(person.code)
        if open_now:
            hint = said("end it first; it stands on the page")
            named = [shorten(said("open: {what}", what=one.title[:60])) for one in open_now]
            raise ProblemError(*(Problem(STILL_OPEN, words, hint=hint) for words in named))
        erased = {one.key: one.erase(person.code, by) for one in holdings() if one.erase is not None}
        for key in sorted(_endings):
            _endings[key](person.code, by)
        ended = _end_sign_ins(account, by)
        end_all(person.code, by)
        _forget(account, person)
        detail = {"erased": erased, "sign_ons": ended}
        resource = f"kernel_org.person:{person.code}"
        audit.record(by, "access.account.close", resource, detail=detail, subject=person.code)


def _confirm(account: Account, person: Person, password: str, name: str, *, is_sure: bool) -> None:
    problems = []
    if not is_sure:
        problems.append(_unsure("sure", said("tick the box: a closed account does not come back")))
    if account.has_usable_password():
        if not account.check_password(password):
            problems.append(_unsure("password", said("this is not your password")))
    elif " ".join(name.split()) != person.name:
        problems.append(_unsure("name", said("this is not your name")))
    if problems:
        raise ProblemError(*problems)


def _unsure(field: str, message: str) -> Problem:
    return Problem(NOT_SURE, message, Where(field=field))


def _end_sign_ins(account: Account, by: Actor) -> int:
    """Other systems learn of it as of any signing out."""
    ended = 0
    allowed = Consent.objects.filter(account=account, withdrawn_at=None)
    for party in list(allowed.values_list("party__key", flat=True)):
        ended += withdraw_consent(party, account, by=by)
    return ended + end_account(account, "closed")


def _forget(account: Account, person: Person) -> None:
    """Blank what says who it was; rows that others point at stay, as codes."""
    addresses = [*account.contacts.values_list("address", flat=True), person.phone, person.email]
    ContactCode.objects.filter(address__in=[one for one in addresses if one]).delete()
    AccountContact.objects.filter(account=account).delete()
    UpstreamIdentity.objects.filter(account=account).delete()
    Authenticator.objects.filter(user=account).delete()
    EmailAddress.objects.filter(user=account).delete()
    IdentityCheck.objects.filter(person=person).update(evidence="", name="")
    named = Q(subject_code=person.code) | Q(representative=person)
    Representation.objects.filter(named).update(evidence="")
    Representation.objects.filter(subject_code=person.code).update(subject_name=GONE)
    Person.objects.filter(pk=person.pk).update(name=GONE, phone="", email="")
    account.set_unusable_password()
    account.username = f"closed-{secrets.token_hex(8)}"
    account.first_name = account.last_name = account.email = ""
    account.is_active, account.last_login = False, None
    account.save()

"""Signing in and out, passwords and second steps, as they go into the audit record.

The library that does them tells of them by signals; this module listens. A name that nobody has is
not kept: people type passwords into the wrong field.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth import signals as auth_signals
from django.dispatch import Signal
from django.http import HttpRequest

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid.sessions import fingerprint_of
from beichen.kernel.access.openid.tokens import end_session
from beichen.kernel.access.request import address_of
from beichen.kernel.actor import PUBLIC, Actor
from beichen.kernel.audit import service as audit

ACTS: dict[Signal, str] = {
    account_signals.user_logged_in: "access.session.begin",
    auth_signals.user_logged_out: "access.session.end",
    account_signals.password_set: "access.password.change",
    account_signals.password_changed: "access.password.change",
    account_signals.password_reset: "access.password.reset",
    account_signals.email_added: "access.email.change",
    account_signals.email_removed: "access.email.change",
    account_signals.email_changed: "access.email.change",
    mfa_signals.authenticator_added: "access.second-step.add",
    mfa_signals.authenticator_removed: "access.second-step.remove",
    mfa_signals.authenticator_reset: "access.second-step.renew",
    mfa_signals.authentication_failed: "access.second-step.refuse",
}
REFUSED = "access.session.refuse"


def called(account: Account) -> str:
    """How an account is greeted: by its person's name; names of accounts that citizens open say nothing."""
    return account.person.name if account.person is not None else account.username


def _record(by: Actor, action: str, account: Account | None, detail: dict[str, Any]) -> None:
    person = account.person if account else None
    resource = f"kernel_access.account:{account.username if account else ''}"
    audit.record(by, action, resource, detail=detail, subject=person.code if person else "")


def _address(request: HttpRequest | None) -> str:
    return address_of(request) if request is not None else ""


def _done(signal: Signal, user: Any = None, request: HttpRequest | None = None, **values: Any) -> None:
    if not isinstance(user, Account):
        return  # a session that nobody was signed in to
    key = f"person:{user.person.code}" if user.person else f"account:{user.username}"
    step = values.get("authenticator")
    detail = {"type": str(step.type)} if step is not None else {}
    _record(Actor(key, user.username, address=_address(request)), ACTS[signal], user, detail)


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_values: Any) -> None:
    account = Account.objects.filter(username=str(credentials.get("username", ""))[:150]).first()
    _record(Actor(PUBLIC.key, PUBLIC.name, address=_address(request)), REFUSED, account, {})


def _left(request: HttpRequest | None = None, **_values: Any) -> None:
    """Signing out here signs out of every system that was signed in to from this session."""
    if request is not None and hasattr(request, "session"):
        end_session(fingerprint_of(request, make=False))


def listen() -> None:
    """Connect to the signals; done once, when the room is ready."""
    for signal in ACTS:
        signal.connect(_done, dispatch_uid="beichen.access")
    auth_signals.user_login_failed.connect(_refused, dispatch_uid="beichen.access")
    auth_signals.user_logged_out.connect(_left, dispatch_uid="beichen.access.openid")

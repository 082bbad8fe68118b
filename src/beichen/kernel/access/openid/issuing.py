"""What is handed to systems: codes, tokens, and what an ID token and userinfo say of a person.

Who is told anything of a person leaves a record that the person sees: that a system signed them in, and each
time that it was told personal claims.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid import tokens
from beichen.kernel.access.openid.callers import Caller
from beichen.kernel.access.openid.consents import code_of, pseudonym_of
from beichen.kernel.access.openid.keys import sign
from beichen.kernel.access.openid.models import RelyingParty, SignOn, Token, TokenKind
from beichen.kernel.access.openid.scopes import ACTING_FOR, SCOPES
from beichen.kernel.access.openid.sessions import SignedIn
from beichen.kernel.access.openid.telling import named_claims, record_told, told, told_scopes
from beichen.kernel.access.subjects import Subject, subjects_of
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.service import actor_of
from beichen.settings import settings

CODE_LIFE = timedelta(seconds=60)
ID_SECONDS = 10 * 60
LONGEST_SUBJECT = 16  # of the audit's column: people's codes


def issuer() -> str:
    """The provider's name, for ever: the public address and `/o`."""
    return f"{settings().public}/o"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a person allows now: to which system, as whom they are signed in, and for whom they act."""

    account: Account
    scopes: tuple[str, ...]
    signed_in: SignedIn
    session: str
    acting_for: str
    by: Actor
    claims: dict[str, Any] = field(default_factory=dict)


def begin(party: RelyingParty, granted: Granted, **more: Any) -> SignOn:
    """A sign-in to a party begins; recorded for the person, and for whom they act."""
    account = granted.account
    acting_for = granted.acting_for if granted.acting_for != code_of(account) else ""
    row = SignOn.objects.create(
        party=party,
        account=account,
        subject=pseudonym_of(party, code_of(account)),
        session=granted.session,
        sid=secrets.token_urlsafe(32),
        scopes=[key for key in SCOPES if key in granted.scopes],
        claims=granted.claims,
        acting_for=acting_for,
        acr=granted.signed_in.acr,
        amr=list(granted.signed_in.amr),
        auth_time=granted.signed_in.at,
        **more,
    )
    person = account.person.code if account.person else ""
    detail = {"scopes": row.scopes, "acting_for": acting_for, "acr": row.acr}
    resource = f"kernel_access.relyingparty:{party.key}"
    audit.record(granted.by, "access.signon.begin", resource, detail=detail, subject=person)
    if acting_for and len(acting_for) <= LONGEST_SUBJECT:
        audit.record(granted.by, "access.signon.represent", resource, detail=detail, subject=acting_for)
    return row


def keep_code(
    party: RelyingParty, granted: Granted, code: str, *, redirect_uri: str, nonce: str, challenge: str
) -> None:
    """Keep a code with everything that it stands for."""
    begin(
        party,
        granted,
        nonce=nonce,
        code_hash=tokens.hash_of(code),
        code_until=timezone.now() + CODE_LIFE,
        redirect_uri=redirect_uri,
        challenge=challenge,
    )


def end_as_stolen(row: SignOn, what: str, by: Actor) -> None:
    """Somebody showed a code or a refresh token again: the sign-in ends, and the person sees why."""
    ended = tokens.end(SignOn.objects.filter(pk=row.pk), what)
    if ended:
        person = row.account.person.code if row.account.person else ""
        resource = f"kernel_access.relyingparty:{row.party.key}"
        audit.record(by, "access.signon.end", resource, detail={"reason": what}, subject=person)


def use_code(code: str, caller: Caller) -> SignOn | None:
    """The sign-on of a code of the caller's, used up by this; None for a code that is worth nothing."""
    rows = SignOn.objects.select_related("party", "account__person")
    row = rows.filter(code_hash=tokens.hash_of(code), party=caller.party).first()
    if row is None:
        return None
    now = timezone.now()
    if not SignOn.objects.filter(pk=row.pk, code_used_at=None).update(code_used_at=now):
        end_as_stolen(row, "code-again", caller.actor)
        return None
    is_over = row.code_until is None or row.code_until <= now
    return None if is_over or row.ended_at is not None or not row.account.is_active else row


def use_refresh(text: str, caller: Caller) -> Token | None:
    """The refresh token of the caller's, exchanged by this; None for one that is worth nothing."""
    token = tokens.find_token(text)
    on = token.sign_on if token else None
    if (
        token is None
        or on is None
        or token.kind != TokenKind.REFRESH
        or on.party_id != getattr(caller.party, "pk", 0)
    ):
        return None
    if token.used_at is not None:
        end_as_stolen(on, "refresh-again", caller.actor)
        return None
    if not tokens.is_good(token) or not still_represents(on):
        return None
    if not tokens.use_refresh(token):
        end_as_stolen(on, "refresh-again", caller.actor)
        return None
    return token


def subject_of(on: SignOn) -> Subject | None:
    """For whom the person acts in this sign-in, as it holds now; None for themselves, or no longer."""
    if not on.acting_for or on.account.person is None:
        return None
    by = actor_of(on.account.person)
    return next((one for one in subjects_of(by) if one.code == on.acting_for), None)


def still_represents(on: SignOn) -> bool:
    """Whether somebody may still act for whom they signed in for; when not, the sign-in is over."""
    if not on.acting_for or subject_of(on) is not None:
        return True
    tokens.end(SignOn.objects.filter(pk=on.pk), "represents-no-more")
    return False


def _acting_claim(on: SignOn) -> dict[str, Any]:
    """For whom: a firm by its code, which is public; a person by what this system calls them."""
    if ACTING_FOR not in on.scopes:
        return {}
    subject = subject_of(on)
    if subject is None:
        return {ACTING_FOR: {"kind": "self"}}
    name = {"code": subject.code} if subject.kind == "firm" else {"sub": pseudonym_of(on.party, subject.code)}
    about = {"kind": subject.kind, "name": subject.name, "affairs": list(subject.affairs)}
    return {ACTING_FOR: {**name, **about}}


def id_token(on: SignOn, started: dict[str, Any], *, nonce: str = "") -> str:
    """The signed statement that the person signed in (OpenID Connect Core 2)."""
    now = int(time.time())
    claims = {
        **started,
        "iss": issuer(),
        "sub": on.subject,
        "aud": on.party.key,
        "iat": now,
        "exp": now + ID_SECONDS,
        "auth_time": on.auth_time,
        "acr": on.acr,
        "amr": on.amr,
        "sid": on.sid,
        **({"nonce": nonce} if nonce else {}),
        **_acting_claim(on),
        **named_claims(on),
    }
    return sign(claims)


def keep_tokens(token: dict[str, Any], caller: Caller, scopes: list[str]) -> None:
    """Keep the tokens of an answer before it is sent."""
    until = timezone.now() + timedelta(seconds=int(token["expires_in"]))
    access = str(token["access_token"])
    if caller.client is not None:
        tokens.keep_token(access, TokenKind.ACCESS, until, [], client=caller.client)
        audit.record(caller.actor, "access.token.issue", f"kernel_access.client:{caller.client.key}")
        return
    assert caller.sign_on is not None  # noqa: S101 - every other grant has found its sign-on
    tokens.keep_token(access, TokenKind.ACCESS, until, scopes, sign_on=caller.sign_on)
    if "refresh_token" in token:
        life = tokens.life_of(caller.sign_on)
        tokens.keep_token(
            str(token["refresh_token"]), TokenKind.REFRESH, life, scopes, sign_on=caller.sign_on
        )


@transaction.atomic
def userinfo(token: Token) -> dict[str, Any]:
    """What the token's system may know of the person (OpenID Connect Core 5.3), with a record of it."""
    on = token.sign_on
    assert on is not None  # noqa: S101 - the caller has looked
    scopes = told_scopes(on, list(token.scopes))
    claims = {
        "sub": on.subject,
        **told(on, scopes, "userinfo"),
        **(_acting_claim(on) if ACTING_FOR in scopes else {}),
    }
    record_told(on, claims)
    return claims


def introspected(text: str, caller: Caller, *, may_all: bool) -> dict[str, Any] | None:
    """What a token is (RFC 7662), to whom it was given or who may ask of any; None: worth nothing to them."""
    token = tokens.find_token(text)
    if token is None or not tokens.is_good(token):
        return None
    on, client = token.sign_on, token.client
    is_own = (on is not None and caller.party is not None and on.party_id == caller.party.pk) or (
        client is not None and caller.client is not None and client.pk == caller.client.pk
    )
    if not is_own and not may_all:
        return None
    about = {"iss": issuer(), "exp": int(token.until.timestamp()), "iat": int(token.made_at.timestamp())}
    if client is not None:
        role = {"role": client.role, "body": client.body.key if client.body else ""}
        return {
            **about,
            "client_id": client.key,
            "sub": f"client:{client.key}",
            "token_type": "Bearer",
            **role,
        }
    assert on is not None  # noqa: S101 - a token has either
    kind = {"token_type": "Bearer"} if token.kind == TokenKind.ACCESS else {}
    scope = " ".join(token.scopes)
    return {
        **about,
        "client_id": on.party.key,
        "sub": on.subject,
        "scope": scope,
        "acr": on.acr,
        "sid": on.sid,
        **kind,
    }


def revoke(text: str, caller: Caller) -> None:
    """Take back a token of the caller's (RFC 7009); with a refresh token the whole sign-in."""
    token = tokens.find_token(text)
    if token is None:
        return
    on, client = token.sign_on, token.client
    if client is not None and caller.client is not None and client.pk == caller.client.pk:
        Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    elif on is not None and caller.party is not None and on.party_id == caller.party.pk:
        if token.kind == TokenKind.REFRESH:
            tokens.end(SignOn.objects.filter(pk=on.pk), "revoked")
        else:
            Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())

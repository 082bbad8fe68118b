"""Tokens and the sign-ins that they belong to: given, looked up, used once, ended.

A token is 256 random bits behind a mark that no client's key has. Whoever shows a refresh token, or a code,
for the second time ends the whole sign-in: one of the two who had it is a thief (RFC 9700, 4.14.2).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from beichen.kernel.access.models import Account, Client
from beichen.kernel.access.openid.models import (
    DeviceRequest,
    LogoutNotice,
    RelyingParty,
    SignOn,
    Token,
    TokenKind,
)
from beichen.kernel.access.openid.scopes import OFFLINE
from beichen.kernel.statements import Insertion, Prepared, slot

MARK = "o."
ACCESS_SECONDS = 15 * 60
CLIENT_SECONDS = 30 * 60
SESSION_LIFE = timedelta(hours=8)  # as long as a session of this house
OFFLINE_LIFE = timedelta(days=30)
KEEP_ENDED = timedelta(days=40)
_TOKENS = Insertion(Token)
_FOUND = Prepared(
    lambda: Token.objects.select_related(
        "sign_on__party__body", "sign_on__account__person", "client__body", "client__region"
    ).filter(hash=slot(Token, "hash"))
)


def new_token(_request: Any = None) -> str:
    """A token that nobody can guess."""
    return MARK + secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token or a code."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_token(text: str) -> Token | None:
    """The token with its sign-on or client, whatever its state; one indexed query."""
    return _FOUND.first(hash=hash_of(text)) if text.startswith(MARK) and len(text) < 100 else None


def is_good(token: Token, now: datetime | None = None) -> bool:
    """Whether it opens anything: not over, not used, not revoked, and nothing it stands on is closed."""
    moment = now or timezone.now()
    if token.until <= moment or token.used_at is not None or token.revoked_at is not None:
        return False
    if token.client is not None:
        return token.client.is_active
    on = token.sign_on
    return on is not None and on.ended_at is None and on.party.is_active and on.account.is_active


def client_of(text: str) -> Client | None:
    """The client that acts by a token of its own; None for a token that is none, or is a person's."""
    token = find_token(text)
    if token is None or token.kind != TokenKind.ACCESS or not is_good(token):
        return None
    return token.client


def keep_token(
    text: str,
    kind: TokenKind,
    until: datetime,
    scopes: list[str],
    *,
    sign_on: SignOn | None = None,
    client: Client | None = None,
) -> None:
    """Keep what was given out."""
    row = Token(hash=hash_of(text), kind=kind, until=until, scopes=scopes, sign_on=sign_on, client=client)
    _TOKENS.add(row)


def life_of(sign_on: SignOn) -> datetime:
    """When the last refresh token of a sign-in is over, however often it is exchanged."""
    return sign_on.began_at + (OFFLINE_LIFE if OFFLINE in sign_on.scopes else SESSION_LIFE)


def use_refresh(token: Token) -> bool:
    """Mark a refresh token as exchanged; False when somebody already did: then the sign-in is over."""
    rows = Token.objects.filter(pk=token.pk, used_at=None, revoked_at=None)
    return bool(rows.update(used_at=timezone.now()))


@transaction.atomic
def end(rows: QuerySet[SignOn], reason: str) -> int:
    """End sign-ins, and note which parties are to be told; returns how many ended."""
    now = timezone.now()
    ending = list(rows.filter(ended_at=None).select_related("party").select_for_update(of=("self",)))
    SignOn.objects.filter(pk__in=[one.pk for one in ending]).update(ended_at=now, end_reason=reason)
    told = [one for one in ending if one.party.backchannel_uri]
    LogoutNotice.objects.bulk_create([LogoutNotice(sign_on=one) for one in told], ignore_conflicts=True)
    return len(ending)


@transaction.atomic
def end_session(session: str, reason: str = "signed-out") -> int:
    """End what began in a browser's session; what may go on offline does (OIDC Back-Channel Logout 2.7)."""
    if not session:
        return 0
    rows = SignOn.objects.filter(session=session, ended_at=None)
    stays = [one.pk for one in rows if OFFLINE in one.scopes]
    leaving = [one for one in rows.select_related("party").filter(pk__in=stays) if one.party.backchannel_uri]
    LogoutNotice.objects.bulk_create([LogoutNotice(sign_on=one) for one in leaving], ignore_conflicts=True)
    SignOn.objects.filter(pk__in=stays).update(session="")
    return end(SignOn.objects.filter(session=session), reason)


def end_party(party: RelyingParty) -> int:
    """End every sign-in to a party."""
    return SignOn.objects.filter(party=party, ended_at=None).update(
        ended_at=timezone.now(), end_reason="closed"
    )


def end_account(account: Account, reason: str, party: RelyingParty | None = None) -> int:
    """End every sign-in of a person, or those to one party."""
    rows = SignOn.objects.filter(account=account)
    return end(rows if party is None else rows.filter(party=party), reason)


def prune(now: datetime | None = None) -> int:
    """Forget tokens, requests of devices and sign-ins that are long over; returns how many rows."""
    moment = now or timezone.now()
    yesterday = moment - timedelta(days=1)
    over, _rows = Token.objects.filter(until__lt=yesterday).delete()
    waited, _rows = DeviceRequest.objects.filter(until__lt=yesterday).delete()
    gone, _rows = SignOn.objects.filter(began_at__lt=moment - KEEP_ENDED).delete()
    return over + waited + gone

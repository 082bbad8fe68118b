"""Signing out everywhere: systems are told by their servers (back channel), or send people here to sign out.

Who signs out here ends every sign-in of that session; each system with an address for it gets a signed
statement, tried again for some hours (OpenID Connect Back-Channel Logout 1.0, RP-Initiated Logout 1.0).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

import httpx
from django.http import HttpRequest
from django.utils import timezone
from oauthlib.common import add_params_to_uri

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid import keys
from beichen.kernel.access.openid.callers import find_party, party_actor
from beichen.kernel.access.openid.codes import BAD_REQUEST
from beichen.kernel.access.openid.issuing import issuer
from beichen.kernel.access.openid.models import LogoutNotice, RelyingParty, SignOn
from beichen.kernel.access.openid.parties import uri_mistake
from beichen.kernel.access.openid.sessions import fingerprint_of
from beichen.kernel.audit import service as audit
from beichen.problem import Problem, ProblemError, said, shorten

EVENT = "http://schemas.openid.net/event/backchannel-logout"
WAITS = (60, 300, 1800, 7200)  # seconds between attempts; then it is given up
TIMEOUT = 5.0
AT_ONCE = 100
TOKEN_SECONDS = 120


def logout_token(on: SignOn) -> str:
    """The statement that a sign-in ended (Back-Channel Logout 2.4)."""
    now = int(time.time())
    claims = {
        "iss": issuer(),
        "aud": on.party.key,
        "sub": on.subject,
        "sid": on.sid,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": secrets.token_urlsafe(16),
        "events": {EVENT: {}},
    }
    return keys.sign(claims, typ="logout+jwt")


def _tell(client: httpx.Client, on: SignOn) -> str:
    """Tell one party; returns what went wrong, empty for nothing."""
    try:
        answer = client.post(on.party.backchannel_uri, data={"logout_token": logout_token(on)})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return shorten(f"{type(error).__name__}: {error}", 200)
    return "" if answer.status_code in {200, 204} else f"answered {answer.status_code}"


def tell_due(limit: int = AT_ONCE) -> int:
    """Tell the parties that are to be told now; returns how many were. What fails is tried again."""
    due = LogoutNotice.objects.filter(next_at__lte=timezone.now()).order_by("next_at")
    rows = list(due.select_related("sign_on__party", "sign_on__account__person")[:limit])
    told = 0
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
        for row in rows:
            taken = LogoutNotice.objects.filter(pk=row.pk, attempts=row.attempts, told_at=None)
            if not taken.update(attempts=row.attempts + 1, next_at=_next(row.attempts)):
                continue  # another worker has it
            failure = _tell(client, row.sign_on)
            LogoutNotice.objects.filter(pk=row.pk).update(failure=failure)
            if not failure:
                LogoutNotice.objects.filter(pk=row.pk).update(told_at=timezone.now(), next_at=None)
                told += 1
            elif row.attempts >= len(WAITS):
                _give_up(row.sign_on, failure)
    return told


def _next(attempts: int) -> object:
    return timezone.now() + timedelta(seconds=WAITS[attempts]) if attempts < len(WAITS) else None


def _give_up(on: SignOn, failure: str) -> None:
    person = on.account.person.code if on.account.person else ""
    resource = f"kernel_access.relyingparty:{on.party.key}"
    audit.record(
        party_actor(on.party), "access.logout.fail", resource, detail={"failure": failure}, subject=person
    )


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is to be signed out: on whose word, where they go then, and whether they need not be asked."""

    party: RelyingParty | None
    address: str
    is_sure: bool


def _hinted(request: HttpRequest) -> tuple[RelyingParty | None, SignOn | None]:
    claims = keys.read(request.GET.get("id_token_hint", "")) or {}
    party = find_party(claims.get("aud") or request.GET.get("client_id", ""))
    if party is None or request.GET.get("client_id", party.key) != party.key:
        return None, None
    rows = SignOn.objects.filter(party=party, sid=str(claims.get("sid", "")))
    return party, rows.first() if claims else None


def asked_to_leave(request: HttpRequest, account: Account | None) -> Leave:
    """What a system asks for at the end of a visit. Raises ProblemError ACC-513 for a strange address.

    Nobody is signed out unasked but by a system that shows the ID token of this very session.
    """
    party, on = _hinted(request)
    wanted = request.GET.get("post_logout_redirect_uri", "")
    if wanted and (
        party is None or wanted not in party.logout_uris or uri_mistake(wanted, is_public=party.is_public)
    ):
        raise ProblemError(Problem(BAD_REQUEST, said("the address after signing out is not registered")))
    state = request.GET.get("state", "")[:500]
    address = add_params_to_uri(wanted, [("state", state)]) if wanted and state else wanted
    session = fingerprint_of(request, make=False)
    is_own = on is not None and account is not None and on.account_id == account.pk
    return Leave(party, address, is_own and bool(session) and on is not None and on.session == session)

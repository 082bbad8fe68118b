"""The answer of a person to a system's request: allowed, with what they chose, or refused."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest
from oauthlib.common import add_params_to_uri

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid.asking import Ask, refused
from beichen.kernel.access.openid.consents import code_of, consented, give_consent
from beichen.kernel.access.openid.issuing import Granted
from beichen.kernel.access.openid.provider import issuer, provider
from beichen.kernel.access.openid.requested import Claims
from beichen.kernel.access.openid.scopes import ACTING_FOR, OPENID, must_be_asked
from beichen.kernel.access.openid.sessions import fingerprint_of, signed_in
from beichen.kernel.access.request import acting
from beichen.kernel.access.subjects import subject_for
from beichen.kernel.audit import service as audit


def granted_by(
    request: HttpRequest,
    account: Account,
    scopes: Iterable[str],
    acting_for: str = "",
    claims: Claims | None = None,
) -> Granted:
    """What the person of the session allows of what was asked, by scopes and by names of claims.

    Raises ProblemError ACC-302 for whom they may not act.
    """
    by, chosen = acting(request), tuple(dict.fromkeys((OPENID, *scopes)))
    own = code_of(account)
    wanted = acting_for if ACTING_FOR in chosen and acting_for and acting_for != own else ""
    if wanted:
        subject_for(by, wanted)
    signed, session = signed_in(request, account), fingerprint_of(request)
    return Granted(account, chosen, signed, session, wanted or own, by, claims or {})


def without_asking(ask: Ask, account: Account) -> tuple[str, ...]:
    """What of a request may be told without a page: what was allowed, or needs no answer."""
    allowed, trusted = consented(ask.party, account), ask.party.is_trusted
    return tuple(
        scope for scope in ask.scopes if scope in allowed or not must_be_asked([scope], is_trusted=trusted)
    )


@transaction.atomic
def allow(request: HttpRequest, ask: Ask, granted: Granted, *, is_said: bool) -> str:
    """Where the browser goes with a code; ``is_said``: the person saw the page and allowed it there."""
    if is_said:
        give_consent(ask.party, granted.account, granted.scopes, ask.scopes, by=granted.by)
    headers, _body, _status = provider().create_authorization_response(
        ask.address, scopes=list(granted.scopes), credentials={"granted": granted}
    )
    request.session.pop(ask.mark, None)
    is_fragment = ask.response_mode == "fragment"
    told: str = add_params_to_uri(headers["Location"], [("iss", issuer())], fragment=is_fragment)
    return told


@transaction.atomic
def deny(request: HttpRequest, ask: Ask, account: Account) -> str:
    """Where the browser goes to say no."""
    person = account.person.code if account.person else ""
    resource = f"kernel_access.relyingparty:{ask.party.key}"
    audit.record(acting(request), "access.signon.refuse", resource, subject=person)
    request.session.pop(ask.mark, None)
    return refused(ask, "access_denied", "the person refused")

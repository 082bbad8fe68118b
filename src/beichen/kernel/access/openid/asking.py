"""A request to sign somebody in, as a system sends it by the browser, and what it still needs.

What is wrong with the system or its address is told to the person: nobody is sent to an address that is not
registered. Everything else is told to the system, at its address.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from enum import StrEnum

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2.rfc6749.errors import FatalClientError, OAuth2Error

from beichen.kernel.access.models import Account
from beichen.kernel.access.openid import keys
from beichen.kernel.access.openid.assurance import least_essential, level_of, reaches
from beichen.kernel.access.openid.codes import BAD_REQUEST
from beichen.kernel.access.openid.consents import answered, code_of, known_pseudonym
from beichen.kernel.access.openid.models import RelyingParty
from beichen.kernel.access.openid.provider import issuer, provider
from beichen.kernel.access.openid.requested import (
    Claims,
    essential_acr,
    read_claims,
    scopes_asked,
    verified_asked,
)
from beichen.kernel.access.openid.scopes import ACTING_FOR, must_be_asked
from beichen.kernel.access.openid.sessions import LEVELS, PASSWORD, TWO_STEPS, SignedIn, signed_in
from beichen.kernel.access.request import acting
from beichen.kernel.access.subjects import subjects_of
from beichen.problem import Problem, ProblemError, said

_MARK = "openid_since_"
MOST_MARKS = 20
LONGEST = 8_000  # characters of a request


@dataclass(frozen=True, slots=True)
class Ask:
    """What a system asks for. ``address`` is the request as it came, with its parameters."""

    address: str
    party: RelyingParty
    scopes: tuple[str, ...]
    redirect_uri: str
    state: str = ""
    response_mode: str = ""
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    id_token_hint: str = ""
    claims: Claims = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompt

    @property
    def mark(self) -> str:
        """Where the session keeps when this very request was first seen."""
        return _MARK + hashlib.sha256(self.address.encode()).hexdigest()[:24]


class RefusedError(Exception):
    """The system is told at ``address`` that it gets nothing."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Need(StrEnum):
    """What must happen before a request is answered."""

    NOTHING = "nothing"
    SIGN_IN = "sign-in"
    AGAIN = "again"
    SECOND_STEP = "second-step"
    SET_UP = "set-up"
    BETTER_KNOWN = "better-known"
    CONSENT = "consent"


UNMET = "unmet_authentication_requirements"  # the OpenID Foundation's code of that name
UNKNOWN = "who the person is must be known better: a window checks papers, or the city's identity provider"
# what a request that allows no page is told instead (OpenID Connect Core 3.1.2.6)
SILENT = {
    Need.SIGN_IN: "login_required",
    Need.AGAIN: "login_required",
    Need.SECOND_STEP: "interaction_required",
    Need.SET_UP: UNMET,
    Need.BETTER_KNOWN: UNMET,
    Need.CONSENT: "consent_required",
}


def _told(redirect_uri: str, error: OAuth2Error, mode: str | None) -> str:
    pairs = [*error.twotuples, ("iss", issuer())]
    address: str = add_params_to_uri(redirect_uri, pairs, fragment=mode == "fragment")
    return address


def asked(request: HttpRequest) -> Ask:
    """The request of a system. Raises ProblemError ACC-513 for the person, RefusedError for the system."""
    address = f"{issuer()}/authorize?{request.GET.urlencode()}"
    if len(address) > LONGEST:
        raise ProblemError(Problem(BAD_REQUEST, said("the request is too long")))
    try:
        scopes, info = provider().validate_authorization_request(address)
    except FatalClientError as error:
        hint = said("tell whoever runs the system that sent you here")
        message = said("{reason}", reason=str(error.description or error.error))
        raise ProblemError(Problem(BAD_REQUEST, message, hint=hint)) from None
    except OAuth2Error as error:
        if not error.redirect_uri:  # the library did not say which request it refused
            raise ProblemError(Problem(BAD_REQUEST, said("the request cannot be read"))) from None
        raise RefusedError(_told(str(error.redirect_uri), error, error.response_mode)) from None
    except ValueError:
        raise ProblemError(Problem(BAD_REQUEST, said("the request cannot be read"))) from None
    found = info["request"]
    age = str(found.max_age or "")
    claims = read_claims(request.GET.get("claims", ""))
    party: RelyingParty = found.client.party
    named = [scope for scope in scopes_asked(claims) if scope in party.scopes and scope not in scopes]
    return Ask(
        address,
        party,
        (*scopes, *named),
        str(found.redirect_uri),
        str(found.state or ""),
        str(found.response_mode or ""),
        frozenset(str(found.prompt or "").split()),
        int(age) if age.isdecimal() and len(age) < 10 else None,
        tuple(str(found.acr_values or "").split()[:10]),
        str(found.id_token_hint or ""),
        claims,
    )


def refused(ask: Ask, error: str, description: str = "") -> str:
    """Where the browser goes to tell the system ``error``."""
    pairs = [("error", error), ("iss", issuer())]
    pairs += [("error_description", description)] if description else []
    pairs += [("state", ask.state)] if ask.state else []
    address: str = add_params_to_uri(ask.redirect_uri, pairs, fragment=ask.response_mode == "fragment")
    return address


def _is_fresh(request: HttpRequest, ask: Ask, signed: SignedIn) -> bool:
    """Whether the person signed in lately enough; from then on the moment of this request counts."""
    is_old = ask.max_age is not None and time.time() - signed.at > ask.max_age
    if "login" not in ask.prompt and "select_account" not in ask.prompt and not is_old:
        return True
    since = request.session.get(ask.mark)
    if isinstance(since, int | float):
        return signed.at >= int(since)
    remember(request, ask)
    return False


def remember(request: HttpRequest, ask: Ask) -> None:
    """Keep when a request was first seen: who signs in after that has signed in for it."""
    if ask.mark not in request.session:
        kept = [key for key in request.session.keys() if key.startswith(_MARK)]  # noqa: SIM118 - no mapping
        for old in kept[: max(0, len(kept) - MOST_MARKS + 1)]:
            del request.session[old]
        request.session[ask.mark] = int(time.time())


def _is_another(ask: Ask, account: Account) -> bool:
    """Whether the hint names somebody else than who is signed in (OpenID Connect Core 3.1.2.1)."""
    if not ask.id_token_hint:
        return False
    claims = keys.read(ask.id_token_hint) or {}
    return claims.get("sub") != known_pseudonym(ask.party, code_of(account))


def _second_step(ask: Ask, account: Account, signed: SignedIn) -> Need:
    wanted = TWO_STEPS in ask.acr_values and PASSWORD not in ask.acr_values
    essential = essential_acr(ask.claims)
    if essential is not None and not set(essential) & set(LEVELS):
        raise RefusedError(refused(ask, UNMET, "nobody signs in at such a level here"))
    must = ask.party.needs_two_steps or (essential is not None and PASSWORD not in essential)
    if signed.is_in_two_steps or not (wanted or must):
        return Need.NOTHING
    if is_mfa_enabled(account):
        return Need.SECOND_STEP
    return Need.SET_UP if must else Need.NOTHING


def missing_level(party: RelyingParty, account: Account, claims: Claims | None = None) -> str:
    """The level at which the person must be known first; empty when they are known well enough."""
    wanted = [party.needs_identity, *(least_essential(one) for one in verified_asked(claims or {}))]
    if not any(wanted):
        return ""
    level = level_of(account.person)
    return next(
        (least for least in ("high", "substantial") if least in wanted and not reaches(level, least)), ""
    )


def missing_consent(ask: Ask, account: Account) -> bool:
    """Whether the person must say yes first."""
    left = set(ask.scopes) - answered(ask.party, account)
    if "consent" in ask.prompt:
        return True
    return bool(left) and must_be_asked(left, is_trusted=ask.party.is_trusted)


def needed(request: HttpRequest, ask: Ask, account: Account | None) -> Need:
    """What must happen first. Raises RefusedError when the request allows no page for it."""
    need = _needed(request, ask, account)
    if need is not Need.NOTHING and ask.is_silent:
        reason = UNKNOWN if need is Need.BETTER_KNOWN else ""
        raise RefusedError(refused(ask, SILENT[need], reason))
    return need


def _needed(request: HttpRequest, ask: Ask, account: Account | None) -> Need:
    if account is None:
        remember(request, ask)
        return Need.SIGN_IN
    signed = signed_in(request, account)
    if not _is_fresh(request, ask, signed):
        return Need.AGAIN
    if _is_another(ask, account):
        raise RefusedError(refused(ask, "login_required", "another person is signed in"))
    step = _second_step(ask, account, signed)
    if step is not Need.NOTHING:
        return step
    lacks_consent = missing_consent(ask, account)
    if missing_level(ask.party, account, ask.claims) and not (ask.is_silent and lacks_consent):
        return Need.BETTER_KNOWN  # how well somebody is known is no more told unasked than their name
    has_choice = ACTING_FOR in ask.scopes and len(subjects_of(acting(request))) > 1 and not ask.is_silent
    return Need.CONSENT if has_choice or lacks_consent else Need.NOTHING

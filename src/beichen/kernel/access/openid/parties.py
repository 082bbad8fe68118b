"""Systems to which people sign in: registered by who has the right, each with a reason that people read."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet

from beichen.kernel.access.decision import require, visible
from beichen.kernel.access.models import Client
from beichen.kernel.access.openid.codes import BAD_PARTY, NO_PARTY
from beichen.kernel.access.openid.models import RelyingParty
from beichen.kernel.access.openid.scopes import OPENID, SCOPES
from beichen.kernel.access.openid.tokens import end_party
from beichen.kernel.access.permissions import permission
from beichen.kernel.access.request import fingerprint
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.org.models import Body
from beichen.problem import Problem, ProblemError, Where, nearest, said, shorten
from beichen.settings import settings

READ = permission("access.party.read", "查看接入系统", "See the systems to which people sign in")
EDIT = permission("access.party.edit", "登记接入系统", "Register systems to which people sign in")
INSPECT = permission("access.token.inspect", "核验令牌", "Ask whose any token is")
DEMANDED = ("substantial", "high")  # of :mod:`.assurance`; everybody is known at the lowest
MOST_URIS, LONGEST_URI, MOST_LOOKED_AT = 20, 500, 1_000
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{1,59}\Z")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+\Z")  # RFC 8252, 7.1


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What a system states of itself; ``purpose`` is what people read when it asks for their data."""

    key: str
    name: str
    purpose: str
    body: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...] = (OPENID, "profile")
    name_en: str = ""
    purpose_en: str = ""
    is_public: bool = False
    logout_uris: tuple[str, ...] = ()
    backchannel_uri: str = ""
    needs_two_steps: bool = False
    needs_identity: str = ""
    is_trusted: bool = False


def is_loopback(host: str) -> bool:
    """Whether the host is the machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def uri_mistake(uri: str, *, is_public: bool = False, is_web: bool = False) -> str:
    """What is wrong with an address to which people (``is_web``: programs) are sent; empty: nothing."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return said("this is no address")
    if len(uri) > LONGEST_URI or not uri.isascii() or not uri.isprintable() or set(uri) & set(' "<>\\^`{|}*'):
        return said("an address is at most {most} plain letters, without spaces or *", most=LONGEST_URI)
    if parts.fragment or "#" in uri or parts.username is not None or ".." in parts.path.split("/"):
        return said("without a fragment, a password or ..")
    if parts.scheme in {"https", "http"}:
        if not host:
            return said("the host is missing")
        is_plain = parts.scheme == "http" and not is_loopback(host)
        if is_plain and settings().is_production:
            return said("http only for this machine; else https")
        return ""
    if is_public and not is_web and _PRIVATE_SCHEME.match(parts.scheme):
        return ""
    return said("https://… is expected, or an app's own scheme such as cn.example.app:/signed-in")


def _uri_problems(facts: PartyFacts) -> Iterator[Problem]:
    several = {"redirect_uris": facts.redirect_uris, "logout_uris": facts.logout_uris}
    for field, uris in several.items():
        if len(uris) > MOST_URIS:
            yield Problem(BAD_PARTY, said("at most {most} addresses", most=MOST_URIS), Where(field=field))
        for uri in uris:
            if mistake := uri_mistake(uri, is_public=facts.is_public):
                message = said("{uri}: {mistake}", uri=shorten(uri, 30), mistake=mistake)
                yield Problem(BAD_PARTY, message, Where(field=field))
    if facts.backchannel_uri and (mistake := uri_mistake(facts.backchannel_uri, is_web=True)):
        yield Problem(BAD_PARTY, mistake, Where(field="backchannel_uri"))


def _problems(facts: PartyFacts) -> Iterator[Problem]:
    if not _KEY.match(facts.key):
        yield Problem(BAD_PARTY, said("2 to 60 small letters, digits and hyphens"), Where(field="key"))
    longest = {"name": 100, "name_en": 200, "purpose": 300, "purpose_en": 300}
    for field, most in longest.items():
        text = getattr(facts, field)
        if field in {"name", "purpose"} and not text.strip():
            yield Problem(BAD_PARTY, said("people read this: it may not be empty"), Where(field=field))
        if len(text) > most:
            yield Problem(BAD_PARTY, said("at most {most} characters", most=most), Where(field=field))
    for scope in facts.scopes:
        if scope not in SCOPES:
            message = said("no scope is called {scope}", scope=shorten(scope, 30))
            yield Problem(BAD_PARTY, message, Where(field="scopes"), nearest(scope, SCOPES))
    if OPENID not in facts.scopes:
        yield Problem(BAD_PARTY, said("openid belongs to every sign-in"), Where(field="scopes"))
    if facts.needs_identity not in {"", *DEMANDED}:
        message = said("no level is called {level}", level=shorten(facts.needs_identity, 30))
        yield Problem(
            BAD_PARTY, message, Where(field="needs_identity"), nearest(facts.needs_identity, DEMANDED)
        )
    if not Body.objects.filter(key=facts.body, is_current=True).exists():
        yield Problem(BAD_PARTY, said("no body has this key"), Where(field="body"))
    yield from _uri_problems(facts)


def look() -> Iterator[Problem]:
    """Whether what is registered may be used today, for `beichen doctor`."""
    for row in RelyingParty.objects.filter(is_active=True).order_by("key")[:MOST_LOOKED_AT]:
        uris = [*row.redirect_uris, *row.logout_uris, *filter(None, [row.backchannel_uri])]
        mistakes = [mistake for uri in uris if (mistake := uri_mistake(uri, is_public=row.is_public))]
        if mistakes:
            message = said("{key}: {mistake}", key=row.key, mistake=mistakes[0])
            hint = said("nobody is led there; change it at /relying-parties")
            yield Problem(BAD_PARTY, message, Where(field=row.key), hint)


def parties(*, by: Actor) -> QuerySet[RelyingParty]:
    """Those that ``by`` may see. Raises ProblemError ACC-403."""
    require(by, READ)
    return visible(by, READ, RelyingParty.objects.select_related("body"))


def find_party(key: str, *, by: Actor) -> RelyingParty:
    """One of them. Raises ProblemError ACC-403, ACC-512."""
    found = parties(by=by).filter(key=key).first()
    if found is None:
        raise ProblemError(Problem(NO_PARTY, said("no system has this key"), Where(field="key")))
    return found


@transaction.atomic
def register_party(facts: PartyFacts, *, by: Actor, is_demo: bool = False) -> tuple[RelyingParty, str]:
    """Add a party; returns it and its secret, which is shown only once (empty for a public one).

    Raises ProblemError ACC-511 with every mistake, ACC-403.
    """
    require(by, EDIT)
    problems = list(_problems(facts))
    if RelyingParty.objects.filter(key=facts.key).exists() or Client.objects.filter(key=facts.key).exists():
        problems.append(Problem(BAD_PARTY, said("the key is taken"), Where(field="key")))
    if problems:
        raise ProblemError(*problems)
    secret = "" if facts.is_public else secrets.token_urlsafe(32)
    row = RelyingParty(key=facts.key, is_demo=is_demo, fingerprint=fingerprint(secret) if secret else "")
    _write(row, facts)
    require(by, EDIT, row)
    row.save()
    audit.record(by, "access.party.register", f"kernel_access.relyingparty:{row.key}", detail=_detail(row))
    return row, secret


def _write(row: RelyingParty, facts: PartyFacts) -> None:
    row.body = Body.objects.select_related("region").get(key=facts.body)
    row.is_public = facts.is_public
    for name in (
        "name",
        "name_en",
        "purpose",
        "purpose_en",
        "backchannel_uri",
        "needs_two_steps",
        "needs_identity",
        "is_trusted",
    ):
        setattr(row, name, getattr(facts, name))
    row.redirect_uris, row.logout_uris = list(facts.redirect_uris), list(facts.logout_uris)
    row.scopes = [key for key in SCOPES if key in facts.scopes]


def _detail(row: RelyingParty) -> dict[str, object]:
    return {
        "body": row.body.key,
        "scopes": row.scopes,
        "redirect_uris": row.redirect_uris,
        "is_public": row.is_public,
        "is_trusted": row.is_trusted,
        "needs_two_steps": row.needs_two_steps,
        "needs_identity": row.needs_identity,
    }


@transaction.atomic
def change_party(key: str, facts: PartyFacts, *, by: Actor) -> RelyingParty:
    """Change all but the key and whether it keeps a secret. Raises ProblemError ACC-511, ACC-512, ACC-403."""
    row = find_party(key, by=by)
    require(by, EDIT, row)
    problems = list(_problems(facts))
    if facts.key != row.key or facts.is_public != row.is_public:
        message = said("the key, and whether there is a secret, stay as they are")
        problems.append(Problem(BAD_PARTY, message, Where(field="key")))
    if problems:
        raise ProblemError(*problems)
    _write(row, facts)
    require(by, EDIT, row)
    row.save()
    audit.record(by, "access.party.change", f"kernel_access.relyingparty:{row.key}", detail=_detail(row))
    return row


@transaction.atomic
def renew_secret(key: str, *, by: Actor) -> str:
    """Give a party another secret; the old one is worth nothing from now on.

    Raises ProblemError ACC-511, ACC-512, ACC-403.
    """
    row = find_party(key, by=by)
    require(by, EDIT, row)
    if row.is_public:
        raise ProblemError(Problem(BAD_PARTY, said("a public system keeps no secret"), Where(field="key")))
    secret = secrets.token_urlsafe(32)
    row.fingerprint = fingerprint(secret)
    row.save(update_fields=["fingerprint"])
    audit.record(by, "access.party.renew", f"kernel_access.relyingparty:{row.key}")
    return secret


@transaction.atomic
def switch_party(key: str, *, is_active: bool, by: Actor) -> RelyingParty:
    """Let people sign in to it, or no longer: then every sign-in to it ends. Raises ACC-512, ACC-403."""
    row = find_party(key, by=by)
    require(by, EDIT, row)
    if row.is_active != is_active:
        row.is_active = is_active
        row.save(update_fields=["is_active"])
        ended = 0 if is_active else end_party(row)
        action = "access.party.open" if is_active else "access.party.close"
        audit.record(by, action, f"kernel_access.relyingparty:{row.key}", detail={"ended": ended})
    return row

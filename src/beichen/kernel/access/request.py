"""Who is behind a request: a signed-in person, a client with its key, or the public."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest

from beichen.kernel.access.models import Account, Client
from beichen.kernel.access.openid.tokens import MARK, client_of
from beichen.kernel.actor import EVERYWHERE, PUBLIC, Actor, Scope
from beichen.kernel.org.service import actor_of
from beichen.kernel.statements import Prepared, slot
from beichen.problem import Problem, ProblemError, code, said
from beichen.settings import settings

BAD_KEY = code("ACC-401", "The client key is not valid.", status=401)
_KEPT = "_beichen_actor"
_CLIENT = Prepared(
    lambda: Client.objects.select_related("body", "region").filter(fingerprint=slot(Client, "fingerprint"))
)


def fingerprint(secret: str) -> str:
    """What is kept of a client's key: keys are random and long, so that one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _client(secret: str, address: str) -> Actor:
    """By its key, or by a token that it got for its key at `/o/token`."""
    is_token = secret.startswith(MARK)
    client = client_of(secret) if is_token else _CLIENT.first(fingerprint=fingerprint(secret))
    if client is None and is_token:
        hint = said("a new one is at /o/token; a person's token opens /o/userinfo alone")
        raise ProblemError(Problem(BAD_KEY, said("no active client has this token"), hint=hint))
    if client is None or not client.is_active:
        raise ProblemError(
            Problem(BAD_KEY, said("no active client has this key"), hint=said("Authorization: Bearer KEY"))
        )
    return actor_of_client(client, address)


def actor_again(key: str) -> Actor | None:
    """The actor of a key that was kept (``client:KEY``, ``person:CODE``), as it is now.

    None for one that may no longer act: a client that was switched off, a person who left.
    """
    kind, _, name = key.partition(":")
    if kind == "client":
        client = Client.objects.select_related("body", "region").filter(key=name, is_active=True).first()
        return None if client is None else actor_of_client(client, "")
    if kind == "person":
        accounts = Account.objects.select_related("person").filter(person__code=name, is_active=True)
        account = accounts.first()
        return None if account is None or account.person is None else actor_of(account.person)
    return PUBLIC if key == PUBLIC.key else None


def actor_of_client(client: Client, address: str) -> Actor:
    """The actor that a client is."""
    body = client.body.path if client.body else EVERYWHERE
    region = client.region.path if client.region else EVERYWHERE
    return Actor(f"client:{client.key}", client.name, (Scope(client.role, body, region),), address=address)


def address_of(request: HttpRequest) -> str:
    """The client's address: the connection's, or what the outermost trusted proxy saw.

    Only as many entries of ``X-Forwarded-For`` count as trusted proxies are set; what stands before them
    may have been written by anybody.
    """
    trusted = settings().proxies
    if trusted and "HTTP_X_FORWARDED_FOR" in request.META:
        seen = [part.strip() for part in str(request.META["HTTP_X_FORWARDED_FOR"]).split(",")]
        if len(seen) >= trusted and seen[-trusted]:
            return seen[-trusted][:45]  # as long as an IPv6 address gets
    return str(request.META.get("REMOTE_ADDR", ""))


def client_with(secret: str, request: HttpRequest) -> Actor:
    """The client of a key that came otherwise than as a bearer token. Raises ProblemError ACC-401."""
    return _client(secret.strip(), address_of(request))


def acting(request: HttpRequest) -> Actor:
    """The actor of a request, found once. Raises ProblemError ACC-401 for a key that is not valid."""
    kept = request.__dict__.get(_KEPT)
    if isinstance(kept, Actor):
        return kept
    address = address_of(request)
    scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    account = request.user
    if scheme.lower() == "bearer":
        actor = _client(secret.strip(), address)
    elif isinstance(account, Account) and account.is_active and account.person is not None:
        actor = actor_of(account.person, address=address)
    else:
        actor = PUBLIC
    request.__dict__[_KEPT] = actor
    return actor

"""Who speaks to the provider's endpoints: a system with or without a secret, or a client for itself.

A system (:class:`RelyingParty`) signs people in. A machine's client (``beichen client new``) has its key as
its secret and gets tokens by which it acts in its role, wherever its key does.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from beichen.kernel.access.models import Client
from beichen.kernel.access.openid.models import DeviceRequest, RelyingParty, SignOn, Token
from beichen.kernel.access.request import fingerprint
from beichen.kernel.actor import Actor
from beichen.kernel.statements import Prepared, slot
from beichen.settings import settings

LONGEST_ID = 60
_PARTY = Prepared(
    lambda: RelyingParty.objects.select_related("body").filter(key=slot(RelyingParty, "key"), is_active=True)
)
_CLIENT = Prepared(lambda: Client.objects.filter(key=slot(Client, "key"), is_active=True))


@dataclass(slots=True)
class Caller:
    """Who calls, and what the call has found so far."""

    client_id: str
    party: RelyingParty | None = None
    client: Client | None = None
    sign_on: SignOn | None = None
    token: Token | None = None
    device: DeviceRequest | None = None

    @property
    def actor(self) -> Actor:
        """As whom it stands in the audit."""
        if self.client is not None:
            return Actor(f"client:{self.client.key}", self.client.name)
        return party_actor(self.party) if self.party else Actor(f"party:{self.client_id}", self.client_id)


def party_actor(party: RelyingParty) -> Actor:
    """A system as it stands in the audit; it has no rights here."""
    return Actor(f"party:{party.key}", party.name)


def find_party(client_id: Any) -> RelyingParty | None:
    """The system of this key when people may sign in to it."""
    if not isinstance(client_id, str) or not 0 < len(client_id) <= LONGEST_ID or "\x00" in client_id:
        return None
    row = _PARTY.first(key=client_id)
    return None if row is not None and row.is_demo and settings().is_production else row


def find_client(client_id: Any) -> Client | None:
    """The machine's client of this key when it is active."""
    if not isinstance(client_id, str) or not 0 < len(client_id) <= LONGEST_ID or "\x00" in client_id:
        return None
    return _CLIENT.first(key=client_id)


def is_secret(kept: str, secret: str) -> bool:
    """Whether the secret is the one of which the fingerprint is kept; in constant time."""
    return bool(kept) and bool(secret) and hmac.compare_digest(kept, fingerprint(secret))


def credentials_of(request: Any) -> tuple[str, str]:
    """The id and secret of a call: HTTP Basic (form-encoded, RFC 6749 2.3.1) or the form; empty for none."""
    scheme, _, value = str(request.headers.get("Authorization") or "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return "", ""
        return unquote_plus(name), unquote_plus(secret)
    return str(request.client_id or ""), str(request.client_secret or "")

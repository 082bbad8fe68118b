"""Who may come in over the broker's other doors: requests of the server, answered and signed by the house.

NATS auth callout (ADR-26): the server asks on one subject with a JWT that it signed; the answer is a JWT
signed by the issuer that stands in its configuration, with the newcomer's rights inside. Nothing here knows
what newcomers are; a room decides.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import nkeys
import orjson

from beichen.kernel.bus.keys import public

SUBJECT = "$SYS.REQ.USER.AUTH"
ACCOUNT = "$G"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who asks: the name and secret that it gave, its MQTT client id, its certificate in PEM; empty for
    none."""

    key: str
    server: str
    name: str
    secret: str
    client: str
    certificate: str
    is_mqtt: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """The subjects that a newcomer may publish and subscribe to."""

    publish: Sequence[str]
    subscribe: Sequence[str]


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read_request(token: bytes) -> Newcomer:
    """The server's question. Raises ValueError when it is none.

    Only the server can ask on this subject, which no newcomer may publish to; its signature adds nothing.
    """
    parts = token.split(b".")
    if len(parts) != 3:
        raise ValueError("no JWT")
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + b"=="))["nats"]
        options, info = claims.get("connect_opts", {}), claims.get("client_info", {})
        tls = claims.get("client_tls") or {}
        chain = (tls.get("verified_chains") or [[]])[0] or tls.get("certs") or [""]
        return Newcomer(
            claims["user_nkey"],
            claims["server_id"]["id"],
            str(options.get("user", "")),
            str(options.get("pass", "")),
            str(info.get("mqtt_id", "")),
            str(chain[0]),
            info.get("type") == "mqtt",
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"not an authorization request: {error}") from None


class Porter:
    """Signs answers with the issuer's key."""

    def __init__(self, issuer: nkeys.KeyPair) -> None:
        self._issuer = issuer
        self._public = public(issuer)

    def _signed(self, claims: dict[str, Any]) -> str:
        claims = {**claims, "iss": self._public, "iat": int(time.time())}
        claims["jti"] = base64.b32encode(hashlib.sha256(orjson.dumps(claims)).digest()).rstrip(b"=").decode()
        head = _plain(orjson.dumps({"typ": "JWT", "alg": "ed25519-nkey"}))
        body = f"{head}.{_plain(orjson.dumps(claims))}"
        return f"{body}.{_plain(self._issuer.sign(body.encode()))}"

    def _answer(self, who: Newcomer, content: dict[str, Any]) -> bytes:
        nats = {"type": "authorization_response", "version": 2, **content}
        return self._signed({"sub": who.key, "aud": who.server, "nats": nats}).encode()

    def admit(self, who: Newcomer, rights: Rights) -> bytes:
        """The answer that lets ``who`` in over MQTT alone, with these rights and no others."""
        nats = {
            "type": "user",
            "version": 2,
            "pub": {"allow": list(rights.publish)},
            "sub": {"allow": list(rights.subscribe)},
            "subs": -1,
            "data": -1,
            "payload": -1,
            "allowed_connection_types": ["MQTT"],
        }
        user = self._signed({"sub": who.key, "aud": ACCOUNT, "name": who.name, "nats": nats})
        return self._answer(who, {"jwt": user})

    def refuse(self, who: Newcomer, reason: str) -> bytes:
        """The answer that keeps ``who`` out; the reason goes to the server's log, not to the newcomer."""
        return self._answer(who, {"error": reason})

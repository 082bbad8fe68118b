"""Endpoints: what one may be, what of it is secret, and which hosts are spoken to.

Whoever may subscribe could otherwise make the house speak to its own network. Addresses that are not
public are refused unless ``BEICHEN_NOTIFICATION_HOSTS`` names them: a host, ``host:port``, an address or a
network such as ``10.1.0.0/16``. The address that was checked is the one that is connected to.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.registry.problems import BAD_DATA, ENDPOINT_REFUSED, bad_data
from beichen.settings import settings

SCHEMES = {"http": 80, "https": 443, "mqtt": 1883, "mqtts": 8883}
URI_LENGTH = 1_000
INFO_LIMIT = 50
ACCEPTED = ("application/json", "application/ld+json", "application/geo+json")
TIMEOUT_SECONDS, LONGEST_TIMEOUT = 5.0, 30.0
MQTT_INFO = {"MQTT-Version": {"mqtt3.1.1", "mqtt5.0"}, "MQTT-QoS": {"0", "1", "2"}}
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z")
# What frames a message, and what names the host: never a subscriber's to say.
_RESERVED = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"}
)
_HIDDEN = re.compile(r"(?<=://)[^/@]*@")


@dataclass(slots=True)
class Endpoint:
    """Where notifications go. ``shown`` is what everybody may see of it, ``secrets`` what the owner may."""

    uri: str
    shown: dict[str, Any]
    secrets: dict[str, Any] = field(default_factory=dict)
    cooldown: float = 0.0


def _pairs(value: Any, name: str) -> list[dict[str, str]]:
    pointer = f"/notification/endpoint/{name}"
    if not isinstance(value, list) or len(value) > INFO_LIMIT:
        raise ProblemError(bad_data(f"{name} is a list of at most {INFO_LIMIT} pairs", pointer))
    for number, item in enumerate(value):
        key, text = (item.get("key"), item.get("value")) if isinstance(item, dict) else (None, None)
        if not isinstance(key, str) or not isinstance(text, str):
            raise ProblemError(bad_data("a pair has the texts key and value", f"{pointer}/{number}"))
        if name == "receiverInfo":
            if not _HEADER.match(key) or key.lower() in _RESERVED:
                raise ProblemError(bad_data(f"{key[:40]!r} cannot be a header", f"{pointer}/{number}/key"))
            if len(text) > URI_LENGTH or not text.isprintable() or not text.isascii():
                raise ProblemError(bad_data("a header's value is ASCII", f"{pointer}/{number}/value"))
        elif text not in MQTT_INFO.get(key, {text}):
            hint = ", ".join(sorted(MQTT_INFO[key]))
            raise ProblemError(bad_data(f"{key} is {text[:20]!r}", f"{pointer}/{number}/value", hint))
    return list(value)


def _number(value: Any, name: str, highest: float) -> float:
    """Milliseconds as seconds."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 < value <= highest * 1000:
        raise ProblemError(bad_data(f"{name} is milliseconds above zero", f"/notification/endpoint/{name}"))
    return float(value) / 1000


def read_endpoint(value: Any) -> Endpoint:
    """The endpoint of a subscription. Raises ProblemError REG-101, REG-114 for a host that is not allowed."""
    pointer = "/notification/endpoint"
    if not isinstance(value, dict):
        raise ProblemError(bad_data("a notification has an endpoint", pointer))
    uri = value.get("uri")
    if not isinstance(uri, str) or not 0 < len(uri) <= URI_LENGTH:
        raise ProblemError(bad_data("an endpoint has a uri", f"{pointer}/uri", "http, https, mqtt or mqtts"))
    check_uri(uri)
    shown: dict[str, Any] = {"uri": _HIDDEN.sub("***@", uri)}
    secrets: dict[str, Any] = {} if shown["uri"] == uri else {"uri": uri}
    accept = value.get("accept")
    if accept is not None:
        if accept not in ACCEPTED:
            problem = bad_data("this media type is not sent", f"{pointer}/accept", ", ".join(ACCEPTED))
            raise ProblemError(problem)
        shown["accept"] = accept
    for name in ("receiverInfo", "notifierInfo"):
        if value.get(name) is not None:
            secrets[name] = _pairs(value[name], name)
    cooldown = 0.0
    if value.get("timeout") is not None:
        _number(value["timeout"], "timeout", LONGEST_TIMEOUT)
        shown["timeout"] = value["timeout"]
    if value.get("cooldown") is not None:
        cooldown = _number(value["cooldown"], "cooldown", 24 * 3600)
        shown["cooldown"] = value["cooldown"]
    return Endpoint(uri, shown, secrets, cooldown)


def _refused(host: str, where: Where) -> ProblemError:
    hint = "an administrator can name it in BEICHEN_NOTIFICATION_HOSTS"
    message = shorten(f"{host} is not a public address")
    return ProblemError(Problem(ENDPOINT_REFUSED, message, where, hint))


def check_uri(uri: str) -> None:
    """Make sure that a URI can be spoken to as far as can be told without asking for its host."""
    where = Where(pointer="/notification/endpoint/uri")
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in SCHEMES or not host or not uri.isprintable() or " " in uri:
        hint = "http://…, https://…, mqtt://HOST/TOPIC or mqtts://HOST/TOPIC"
        raise ProblemError(Problem(BAD_DATA, "the endpoint's uri cannot be used", where, hint))
    topic = parts.path.strip("/")
    if parts.scheme.startswith("mqtt") and (not topic or "+" in topic or "#" in topic):
        raise ProblemError(Problem(BAD_DATA, "the endpoint names no MQTT topic", where, "mqtt://HOST/TOPIC"))
    if parts.scheme.startswith("http") and parts.username:
        raise ProblemError(Problem(BAD_DATA, "credentials stand in receiverInfo", where))
    if host == "localhost" or host.endswith(".localhost"):
        addresses = ["127.0.0.1"]
    else:
        addresses = [host] if _is_address(host) else []
    for address in addresses:
        if not is_allowed(host, parts.port or SCHEMES[parts.scheme], address):
            raise _refused(host, where)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_allowed(host: str, port: int, address: str) -> bool:
    """Whether ``address``, to which ``host`` leads, is public or named by the settings."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_global and not found.is_multicast:
        return True
    for item in settings().notification_hosts.split(","):
        word = item.strip().lower()
        if word in {host.lower(), f"{host.lower()}:{port}", str(found), f"{found}:{port}"}:
            return True
        if "/" in word and found in ipaddress.ip_network(word, strict=False):
            return True
    return False


def resolve(host: str, port: int) -> str:
    """An address of ``host`` that may be spoken to. Raises OSError, ProblemError REG-114."""
    found = [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = [address for address in found if is_allowed(host, port, address)]
    if len(allowed) < len(found) or not allowed:  # one name, two answers: nobody means that well
        raise _refused(host, Where(field=shorten(host, 200)))
    return allowed[0]

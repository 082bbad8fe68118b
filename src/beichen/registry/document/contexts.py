"""Where contexts come from: the payload, a Link header, the core, the house itself, or an allowed host.

A context is fetched only from a host of the setting ``context_hosts`` (``host`` or ``host:port``), over
http or https, without redirects, at most 1 MiB, within five seconds, and is then used for ten minutes.
What was fetched is kept in the database (:mod:`..keeping`) and serves on when its host does not answer.
Nothing else is ever asked for, so that a payload cannot make the house read its own network.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import orjson
from django.core.cache import cache

from beichen.problem import Problem, ProblemError, Where, shorten
from beichen.registry import keeping
from beichen.registry.document.context import CORE_ONLY, Context, read_terms
from beichen.registry.document.names import CORE_CONTEXTS
from beichen.registry.problems import NO_CONTEXT, bad_data
from beichen.settings import settings

FETCH_BYTES = 1024 * 1024
FETCH_SECONDS = 5.0
KEEP_SECONDS = 600
DEPTH_LIMIT = 5
URL_LIMIT = 20
_OWN = re.compile(r"https?://(?P<host>[^/:]+)(:\d+)?/ngsi-ld/v1/jsonldContexts/(?P<key>[^/?#]+)\Z")
_built: dict[str, Context] = {}
_BUILT_LIMIT = 256


def _unavailable(url: str, message: str, hint: str = "") -> ProblemError:
    return ProblemError(Problem(NO_CONTEXT, shorten(message), Where(field=shorten(url, 200)), hint))


def _check_host(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _unavailable(url, "the @context's URL cannot be read") from None
    allowed = {item.strip().lower() for item in settings().context_hosts.split(",") if item.strip()}
    named = f"{host}:{port}" if port else host
    if parts.scheme not in {"http", "https"} or parts.username or not ({host, named} & allowed):
        hint = "add the host to BEICHEN_CONTEXT_HOSTS"
        raise _unavailable(url, f"contexts of {host or url!r} are not fetched", hint)


def fetch(url: str) -> Any:
    """The JSON at an allowed ``url``. Raises ProblemError REG-105 when it cannot be had."""
    _check_host(url)
    headers = {"Accept": "application/ld+json, application/json"}
    body = bytearray()
    try:
        with (
            httpx.Client(timeout=FETCH_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise _unavailable(url, f"the @context answers {response.status_code}")
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > FETCH_BYTES:
                    raise _unavailable(url, f"the @context is larger than {FETCH_BYTES} bytes")
        return orjson.loads(bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unavailable(url, f"the @context cannot be fetched: {type(error).__name__}") from error
    except orjson.JSONDecodeError as error:
        raise _unavailable(url, "the @context is not JSON") from error


def _key(url: str) -> str:
    return "beichen.registry.context:" + hashlib.sha256(url.encode()).hexdigest()


def forget(url: str) -> None:
    """Fetch the context anew when it is next used."""
    cache.delete(_key(url))


def download(url: str) -> Any:
    """The value of the @context at an allowed ``url``, from its host. Raises ProblemError REG-105."""
    document = fetch(url)
    value = document.get("@context") if isinstance(document, dict) else None
    if value is None:
        raise _unavailable(url, "the document has no @context")
    return value


def own_key(url: str) -> str | None:
    """The key of a context that the house itself serves at ``url``; None for all others."""
    match = _OWN.match(url)
    if match is None:
        return None
    chosen = settings()
    hosts = {part.strip().lower() for part in chosen.hosts.split(",")}
    own = {*hosts, (urlsplit(chosen.public).hostname or "")}
    return unquote(match["key"]) if match["host"].lower() in own else None


def _own(url: str, key: str) -> Any:
    value = keeping.body_of(key)
    if value is None:
        raise _unavailable(url, f"no context is kept under {key!r}")
    keeping.count_use(key)
    return value


def _remote(url: str) -> Any:
    key = own_key(url)
    if key is not None:
        return _own(url, key)
    kept = cache.get(_key(url))
    if kept is None:
        _check_host(url)  # a host that is no longer allowed is not served from what was kept, either
        try:
            kept = download(url)
        except ProblemError:
            kept = keeping.cached_body(url)
            if kept is None:
                raise
        else:
            keeping.keep_cached(url, kept)
        cache.set(_key(url), kept, KEEP_SECONDS)
    keeping.count_use(url)
    return kept


class _Reader:
    """Reads one context with everything that it refers to, counting what it fetches."""

    def __init__(self) -> None:
        self.urls = 0
        self.terms: dict[str, str] = {}

    def read(self, value: Any, pointer: str, depth: int = 0) -> None:
        if depth > DEPTH_LIMIT:
            raise ProblemError(bad_data("the @context refers to others too deeply", pointer))
        if value is None:
            return
        if isinstance(value, list):
            for index, item in enumerate(value):
                self.read(item, f"{pointer}/{index}", depth + 1)
        elif isinstance(value, str):
            self._refer(value, pointer, depth)
        else:
            self.terms |= read_terms(value, pointer)

    def _refer(self, url: str, pointer: str, depth: int) -> None:
        if CORE_CONTEXTS.match(url):
            return
        if not url.startswith(("http://", "https://")):
            raise ProblemError(bad_data(f"the @context {url!r} is not a URL", pointer))
        self.urls += 1
        if self.urls > URL_LIMIT:
            raise ProblemError(bad_data(f"the @context refers to more than {URL_LIMIT} others", pointer))
        self.read(_remote(url), pointer, depth + 1)


def context_of(value: Any, pointer: str = "/@context") -> Context:
    """The context that ``value`` (a URL, an object, a list) stands for.

    Raises ProblemError REG-101 when it is not valid, REG-105 when a part of it cannot be fetched.
    """
    if value is None or value == [] or (isinstance(value, str) and CORE_CONTEXTS.match(value)):
        return CORE_ONLY
    reader = _Reader()
    reader.read(value, pointer)
    fingerprint = hashlib.sha256(orjson.dumps([value, sorted(reader.terms.items())])).hexdigest()
    context = _built.get(fingerprint)
    if context is None:
        if len(_built) >= _BUILT_LIMIT:
            _built.clear()
        context = _built[fingerprint] = Context(reader.terms, value)
    return context

"""One request: who asks, in which context, with which body (clauses 6.3.4 to 6.3.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.problem import Problem, ProblemError, Where, nearest, shorten
from beichen.registry.document.context import CORE_ONLY, Context
from beichen.registry.document.contexts import context_of
from beichen.registry.document.values import is_entity_id
from beichen.registry.problems import (
    BAD_REQUEST,
    NO_LENGTH,
    NO_MEDIA,
    NO_SESSION,
    NO_TENANT,
    NOT_ACCEPTABLE,
    TOO_LARGE,
    bad_data,
    bad_parameter,
)

JSON = "application/json"
LD_JSON = "application/ld+json"
GEO_JSON = "application/geo+json"
MERGE_PATCH = "application/merge-patch+json"
BODY_BYTES = 8 * 1024 * 1024
_LINK = re.compile(r"<([^<>]*)>\s*((?:;[^,<]*)*)")
_CONTEXT_REL = "http://www.w3.org/ns/json-ld#context"


def _unreached(_request: HttpRequest) -> HttpResponse:
    """Stands for the view while the CSRF token is checked."""
    return HttpResponse()


_csrf = CsrfViewMiddleware(_unreached)


def bad_request(message: str, hint: str = "") -> ProblemError:
    """An InvalidRequest error."""
    return ProblemError(Problem(BAD_REQUEST, shorten(message), hint=hint))


def accepted(header: str, offered: tuple[str, ...]) -> str:
    """The offered type that the client likes best; the first offered wins a draw. Raises REG-110."""
    if not header.strip():
        return offered[0]
    best, best_key = "", (0.0, -len(offered))
    for part in header.split(","):
        pieces = [piece.strip() for piece in part.split(";")]
        quality = 1.0
        for piece in pieces[1:]:
            if piece.startswith("q="):
                try:
                    quality = float(piece[2:])
                except ValueError:
                    quality = 0.0
        for index, kind in enumerate(offered):
            family = kind.partition("/")[0] + "/*"
            if pieces[0] in {kind, family, "*/*"} and quality > 0 and (quality, -index) > best_key:
                best, best_key = kind, (quality, -index)
    if not best:
        raise ProblemError(
            Problem(NOT_ACCEPTABLE, "none of the accepted types is written", hint=", ".join(offered))
        )
    return best


class Call:
    """A request, read step by step; every step raises ProblemError."""

    def __init__(self, request: HttpRequest, parameters: Iterable[str] = ()) -> None:
        self.request = request
        # A plain mapping: a QueryDict is asked twenty times a request, mostly for what is not there.
        self.parameters: dict[str, list[str]] = dict(request.GET.lists())
        self.known = frozenset(parameters)
        self._tenant()
        self._known()
        self.actor: Actor = access.acting(request)
        self._context: Context | None = None

    def _tenant(self) -> None:
        tenant = self.request.headers.get("NGSILD-Tenant", "")
        if tenant and tenant != "default":
            message = shorten(f"there is no tenant {tenant!r}")
            raise ProblemError(
                Problem(NO_TENANT, message, Where(field="NGSILD-Tenant"), "leave the header out")
            )

    def _known(self) -> None:
        for name in self.parameters:
            if name not in self.known:
                message = shorten(f"there is no parameter {name!r} here")
                raise ProblemError(
                    Problem(BAD_REQUEST, message, Where(field=name), nearest(name, self.known))
                )

    # ── the context ───────────────────────────────────────────────────────────────────────────────

    def link(self) -> str | None:
        """The context's URL from the Link header."""
        header = self.request.headers.get("Link", "")
        for target, parameters in _LINK.findall(header):
            if _CONTEXT_REL in parameters:
                return str(target)
        return None

    @property
    def context(self) -> Context:
        """The context of a request without a body, or of one whose body was read."""
        if self._context is None:
            link = self.link()
            self._context = context_of(link, "Link") if link else CORE_ONLY
        return self._context

    # ── the body ──────────────────────────────────────────────────────────────────────────────────

    def writer(self) -> None:
        """Make sure that a write is meant: a client's key, or a session with its CSRF token."""
        request = self.request
        if request.headers.get("Authorization", "").lower().startswith("bearer "):
            return
        if self.actor.is_public:
            hint = "Authorization: Bearer KEY"
            raise ProblemError(Problem(NO_SESSION, "a write needs a client key", hint=hint))
        if _csrf.process_view(request, _unreached, (), {}) is not None:
            hint = "send the token in X-CSRFToken"
            raise ProblemError(Problem(NO_SESSION, "a session's write needs its CSRF token", hint=hint))

    def media_type(self, *, patch: bool = False) -> str:
        """The body's type. Raises ProblemError REG-109 for one that is not read."""
        given = (self.request.content_type or "").lower()
        allowed = (JSON, LD_JSON, MERGE_PATCH) if patch else (JSON, LD_JSON)
        if given not in allowed:
            message = shorten(f"the content type is {given or 'not given'!r}")
            raise ProblemError(Problem(NO_MEDIA, message, Where(field="Content-Type"), ", ".join(allowed)))
        return given

    def raw(self) -> bytes:
        """The body's bytes. Raises ProblemError REG-108 when there are too many."""
        length = self.request.META.get("CONTENT_LENGTH") or ""
        chunked = "chunked" in str(self.request.META.get("HTTP_TRANSFER_ENCODING", "")).lower()
        if not length.isdigit() and not chunked:
            raise ProblemError(Problem(NO_LENGTH, "the request does not say its length"))
        body = b"" if length.isdigit() and int(length) > BODY_BYTES else self.request.read(BODY_BYTES + 1)
        if (length.isdigit() and int(length) > BODY_BYTES) or len(body) > BODY_BYTES:
            message = f"a body has at most {BODY_BYTES} bytes"
            raise ProblemError(Problem(TOO_LARGE, message, hint="send several batches"))
        return bytes(body)

    def json(self) -> Any:
        """The body as JSON. Raises ProblemError REG-102."""
        body = self.raw()
        if not body.strip():
            raise bad_request("the body is empty", "a JSON document")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise bad_request(f"the body is not JSON: {error}") from None

    def document(self, *, patch: bool = False) -> dict[str, Any]:
        """A body that is one object, with its context settled (clause 6.3.5)."""
        kind = self.media_type(patch=patch)
        payload = self.json()
        if not isinstance(payload, dict):
            raise bad_request("the body is not an object", "a JSON object")
        if not payload:
            raise ProblemError(bad_data("the body is an empty object", hint="the members that are needed"))
        self._context = self.body_context(kind, payload)
        return payload

    def documents(self) -> tuple[list[Any], str]:
        """A body that is a list, and its media type."""
        kind = self.media_type()
        payload = self.json()
        if not isinstance(payload, list):
            raise ProblemError(bad_data("the body is a list"))
        if not payload:
            raise ProblemError(bad_data("the list is empty"))
        return payload, kind

    def body_context(self, kind: str, payload: dict[str, Any]) -> Context:
        """The context of one object of the body, by the rules of clause 6.3.5."""
        if kind == LD_JSON:
            if self.link() is not None:
                raise ProblemError(bad_data("a JSON-LD body takes no Link header", "/@context"))
            if "@context" not in payload:
                raise ProblemError(bad_data("a JSON-LD body has an @context", "/@context"))
            return context_of(payload["@context"])
        if "@context" in payload:
            hint = f"send it as {LD_JSON}, or the context in a Link header"
            raise ProblemError(bad_data("a JSON body has no @context", "/@context", hint))
        link = self.link()
        return context_of(link, "Link") if link else CORE_ONLY

    # ── parameters ────────────────────────────────────────────────────────────────────────────────

    def _last(self, name: str) -> str | None:
        values = self.parameters.get(name)
        return values[-1] if values else None

    def text(self, name: str) -> str:
        """A parameter's value, or nothing. Raises ProblemError REG-101 for one that is given but empty."""
        value = self._last(name)
        if value == "":
            raise bad_parameter(name, f"{name} is empty")
        return value or ""

    def words(self, name: str) -> list[str]:
        """A parameter's values, with commas between them or given again."""
        if name not in self.parameters:
            return []
        found = [part.strip() for value in self.parameters[name] for part in value.split(",")]
        if not all(found):
            raise bad_parameter(name, f"{name} has an empty member")
        return found

    def number(self, name: str, default: int, highest: int) -> int:
        """A whole number that is not negative."""
        value = self._last(name)
        if value is None:
            return default
        if not value.isascii() or not value.isdigit() or len(value) > 9:
            raise bad_parameter(name, f"{name} is {value[:20]!r}, not a whole number")
        if int(value) > highest:
            raise bad_parameter(name, f"{name} is at most {highest}")
        return int(value)

    def truth(self, name: str) -> bool:
        """true or false."""
        value = self._last(name)
        if value is None:
            return False
        if value not in {"true", "false"}:
            raise bad_parameter(name, f"{name} is {value[:20]!r}, not true or false")
        return value == "true"


def entity_id(value: str) -> str:
    """An id from a path. Raises ProblemError REG-101 when it is no URI."""
    if not is_entity_id(value):
        raise ProblemError(bad_data(f"{value[:40]!r} is no URI", "/id", "such as urn:ngsi-ld:Building:1"))
    return value

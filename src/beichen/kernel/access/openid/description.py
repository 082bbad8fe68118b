"""`/o/openapi.json`: the OpenAPI 3.1 description of the provider, for who writes a client without a library.

What the standards say of each endpoint, as this provider answers it. A test calls every operation with
whatever the description allows, and what it does not.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from beichen import __version__
from beichen.kernel.access.openid.provider import CLIENT_GRANT, CODE_GRANT, DEVICE_GRANT, REFRESH_GRANT

Schema = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
WRONG: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": TEXT, "error_description": TEXT},
}
TOKENS: Schema = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        "access_token": TEXT,
        "token_type": {"const": "Bearer"},
        "expires_in": NUMBER,
        "refresh_token": TEXT,
        "id_token": TEXT,
        "scope": TEXT,
    },
}
DEVICE: Schema = {
    "type": "object",
    "required": ["device_code", "user_code", "verification_uri", "expires_in"],
    "properties": {
        "device_code": TEXT,
        "user_code": TEXT,
        "verification_uri": TEXT,
        "verification_uri_complete": TEXT,
        "expires_in": NUMBER,
        "interval": NUMBER,
    },
}
METADATA: Schema = {
    "type": "object",
    "required": [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
    ],
}
KEYS: Schema = {
    "type": "object",
    "required": ["keys"],
    "properties": {
        "keys": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["kty"]}}
    },
}
PERSON: Schema = {"type": "object", "required": ["sub"], "properties": {"sub": TEXT}}
ABOUT: Schema = {"type": "object", "required": ["active"], "properties": {"active": {"type": "boolean"}}}
CALLER: Schema = {"client_id": TEXT, "client_secret": TEXT}
ASKED: Schema = {
    "client_id": TEXT,
    "redirect_uri": TEXT,
    "response_type": {"enum": ["code"]},
    "scope": TEXT,
    "state": TEXT,
    "nonce": TEXT,
    "code_challenge": TEXT,
    "code_challenge_method": {"enum": ["S256"]},
    "response_mode": {"enum": ["query", "fragment"]},
    "prompt": TEXT,
    "max_age": TEXT,
    "acr_values": TEXT,
    "claims": TEXT,
    "id_token_hint": TEXT,
    "ui_locales": TEXT,
    "login_hint": TEXT,
}
LEAVING: Schema = {
    "id_token_hint": TEXT,
    "client_id": TEXT,
    "post_logout_redirect_uri": TEXT,
    "state": TEXT,
}
GRANTS = [CODE_GRANT, REFRESH_GRANT, CLIENT_GRANT, DEVICE_GRANT]
EXCHANGED: Schema = {
    "grant_type": {"enum": GRANTS},
    "code": TEXT,
    "redirect_uri": TEXT,
    "code_verifier": TEXT,
    "refresh_token": TEXT,
    "device_code": TEXT,
    "scope": TEXT,
    **CALLER,
}
_JSON = "application/json"
_KEYED: list[Schema] = [{"secret": []}, {}]
_PAGES = ("text/html", "application/problem+json")


def _answers(good: Schema, *wrong: int) -> Schema:
    refused = {"description": "refused", "content": {_JSON: {"schema": WRONG}}}
    return {**good, **{str(status): refused for status in (*wrong, 413, 429, 503)}}


def _good(schema: Schema, kind: str = _JSON) -> Schema:
    return {"200": {"description": "done", "content": {kind: {"schema": schema}}}}


def _form(fields: Schema, *needed: str) -> Schema:
    schema = {"type": "object", "properties": fields, "required": list(needed)}
    return {"required": True, "content": {FORM: {"schema": schema}}}


def _read(name: str, words: str, schema: Schema, kind: str = _JSON) -> Schema:
    return {"get": {"operationId": name, "summary": words, "responses": _answers(_good(schema, kind))}}


def _called(name: str, words: str, form: Schema, good: Schema) -> Schema:
    call = {"operationId": name, "summary": words, "requestBody": form, "security": _KEYED}
    return {"post": {**call, "responses": _answers(good, 400, 401)}}


def _page(name: str, words: str, fields: Schema) -> Schema:
    """A page for browsers: shown, led away from, or refused."""
    shown = {"description": "a page", "content": {"text/html": {}}}
    refused = {"description": "refused", "content": {kind: {} for kind in _PAGES}}
    answers = {
        "200": shown,
        "302": {"description": "on the way"},
        "303": {"description": "the same as a question to the person"},
        **dict.fromkeys(("400", "403", "429"), refused),
    }
    asked = [{"name": key, "in": "query", "schema": schema} for key, schema in fields.items()]
    get = {"operationId": name, "summary": words, "parameters": asked, "responses": answers}
    post = {
        "operationId": f"{name}_by_form",
        "summary": words,
        "requestBody": _form(fields),
        "responses": answers,
    }
    return {"get": get, "post": post}


@cache
def document() -> dict[str, Any]:
    """The description as data."""
    token = _form({"token": TEXT, "token_type_hint": TEXT, **CALLER}, "token")
    me = _read("userinfo", "What a token's system may know of the person", PERSON)
    me["get"]["security"] = [{"token": []}]
    me["get"]["responses"] = _answers(_good(PERSON), 400, 401)
    by_form = {"operationId": "userinfo_by_form", "requestBody": _form({"access_token": TEXT})}
    me["post"] = {**me["get"], **by_form, "security": [{"token": []}, {}]}
    paths = {
        "/o/.well-known/openid-configuration": _read("discovery", "What the provider is", METADATA),
        "/.well-known/oauth-authorization-server/o": _read("metadata", "The same (RFC 8414)", METADATA),
        "/o/jwks": _read("jwks", "The public keys", KEYS, "application/jwk-set+json"),
        "/o/authorize": _page("authorize", "A system asks who is there", ASKED),
        "/o/logout": _page("logout", "A system signs somebody out", LEAVING),
        "/o/token": _called("token", "Tokens", _form(EXCHANGED, "grant_type"), _good(TOKENS)),
        "/o/introspect": _called("introspect", "What a token is (RFC 7662)", token, _good(ABOUT)),
        "/o/revoke": _called(
            "revoke", "A token is taken back (RFC 7009)", token, {"200": {"description": "done"}}
        ),
        "/o/device_authorization": _called(
            "device", "A device begins to wait (RFC 8628)", _form({"scope": TEXT, **CALLER}), _good(DEVICE)
        ),
        "/o/userinfo": me,
    }
    schemes = {
        "secret": {"type": "http", "scheme": "basic", "description": "client_id and client_secret"},
        "token": {"type": "http", "scheme": "bearer", "description": "a person's access token"},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "OpenID Connect provider", "version": __version__},
        "paths": paths,
        "components": {"securitySchemes": schemes},
    }

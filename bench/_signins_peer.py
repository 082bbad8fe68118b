"""The process that :mod:`bench.signins` starts for django-oauth-toolkit, bare: the same, its own way."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import random
import sys
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import django
from django.conf import settings

from bench._signins import ASKED, BACK, BATCH, FORM, NUMBER, TIMES, VERIFIER
from bench.measure import seconds

HERE = __name__ if __name__ != "__main__" else "bench._signins_peer"
urlpatterns: list[Any] = []


def _database() -> dict[str, Any]:
    """As this house sets its own."""
    parts = urlsplit(os.environ["BEICHEN_DATABASE_URL"])
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path) + ".peer",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": f"{unquote(parts.path.lstrip('/'))}_peer",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
    }


def _make_database() -> None:
    """A database of its own beside the house's."""
    parts = urlsplit(os.environ["BEICHEN_DATABASE_URL"])
    if parts.scheme == "sqlite":
        return
    import psycopg

    with psycopg.connect(os.environ["BEICHEN_DATABASE_URL"], autocommit=True) as connection:
        name = psycopg.sql.Identifier(_database()["NAME"])
        connection.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))


def main(sizes: list[int]) -> None:
    """Measure; the last line of output is JSON. Nothing where it is not installed."""
    if importlib.util.find_spec("oauth2_provider") is None:
        print("{}")
        return
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _make_database()
    settings.configure(
        SECRET_KEY="x" * 50,
        ALLOWED_HOSTS=["testserver"],
        DATABASES={"default": _database()},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        ROOT_URLCONF=HERE,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": key.decode(),
            "SCOPES": {"openid": "x", "profile": "x", "introspection": "x"},
        },
    )
    django.setup()
    from django.core.management import call_command
    from django.urls import include, path

    urlpatterns.append(path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")))
    sys.modules[HERE] = sys.modules["__main__"]
    call_command("migrate", verbosity=0)
    from oauth2_provider.models import get_application_model

    application = get_application_model().objects.create(
        client_id="bench",
        client_secret="secret",  # noqa: S106 - of a database that is thrown away
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=BACK,
        algorithm="RS256",
        skip_authorization=True,
        hash_client_secret=False,
    )
    held, found = 0, {}
    for size in sorted(sizes):
        add(application, held, size)
        held = size
        found[str(size)] = measure(size)
    print(json.dumps(found))


def add(application: Any, held: int, size: int) -> None:
    """Accounts, each with a token that holds."""
    from datetime import timedelta

    from django.contrib.auth.models import User
    from django.utils import timezone
    from oauth2_provider.models import get_access_token_model

    model, until = get_access_token_model(), timezone.now() + timedelta(days=1)
    for start in range(held, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        users = User.objects.bulk_create([User(username=f"a{n}") for n in numbers])
        model.objects.bulk_create(
            [
                model(
                    user=user,
                    token=f"t{n}",
                    token_checksum=hashlib.sha256(f"t{n}".encode()).hexdigest(),
                    application=application,
                    expires=until,
                    scope="openid introspection",
                )
                for n, user in zip(numbers, users, strict=True)
            ]
        )


def measure(size: int) -> dict[str, float]:
    """The median seconds of one sign-in and of one check."""
    from django.contrib.auth.models import User
    from django.test import Client

    chance = random.Random(7)
    basic = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(b"bench:secret").decode()}
    browsers = []
    for number in chance.sample(range(size), NUMBER):
        browser = Client()
        browser.force_login(User.objects.get(username=f"a{number}"))  # type: ignore[arg-type]
        browsers.append(browser)
    system = Client()

    def post(path: str, **form: str) -> Any:
        return system.post(path, urlencode(form), content_type=FORM, **basic)  # type: ignore[arg-type]

    def sign_ins() -> None:
        for browser in browsers:
            led = browser.get(f"/o/authorize/?{urlencode(ASKED)}")["Location"]
            code = dict(parse_qsl(urlsplit(led).query))["code"]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
            token = post("/o/token/", **form, code_verifier=VERIFIER).json()["access_token"]
            told = system.get("/o/userinfo/", HTTP_AUTHORIZATION=f"Bearer {token}")
            assert told.json()["sub"], told.content

    def checks() -> None:
        for number in chance.sample(range(size), NUMBER):
            assert post("/o/introspect/", token=f"t{number}").json()["active"]

    sign_ins()
    checks()
    return {
        "sign-ins": seconds(sign_ins, TIMES) / NUMBER,
        "checks": seconds(checks, TIMES) / NUMBER,
    }


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])

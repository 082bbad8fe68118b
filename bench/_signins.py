"""The process that :mod:`bench.signins` starts for this house: seconds of a sign-in and of a check."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import sys
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import django

from bench.measure import seconds

NUMBER, TIMES, BATCH = 50, 5, 5_000
BACK = "https://bench.example/back"
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "client_id": "bench",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
FORM = "application/x-www-form-urlencoded"


def main(sizes: list[int]) -> None:
    """Measure; the last line of output is JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "beichen.house.django"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from beichen.kernel.access.openid.parties import PartyFacts, register_party
    from beichen.kernel.access.service import load_roles
    from beichen.kernel.actor import system
    from beichen.kernel.org.service import BodyFacts, load_bodies

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    by = system("bench")
    load_roles(by=by)
    load_bodies([BodyFacts("city", "市政府")], by=by)
    _row, secret = register_party(PartyFacts("bench", "x", "x", "city", (BACK,)), by=by)
    held, found = 0, {}
    for size in sorted(sizes):
        add(held, size)
        held = size
        found[str(size)] = measure(secret, size)
    print(json.dumps(found))


def add(held: int, size: int) -> None:
    """Accounts with a person, a consent, a sign-in and a token that holds."""
    from datetime import timedelta

    from django.utils import timezone

    from beichen.kernel.access.models import Account, Consent, Pseudonym, RelyingParty, SignOn, Token
    from beichen.kernel.access.openid.tokens import hash_of
    from beichen.kernel.org.models import Person

    party, until = RelyingParty.objects.get(), timezone.now() + timedelta(days=1)
    for start in range(held, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        people = Person.objects.bulk_create([Person(name=f"p{n}") for n in numbers])
        accounts = Account.objects.bulk_create(
            [Account(username=f"a{n}", person=one) for n, one in zip(numbers, people, strict=True)]
        )
        subjects = [f"s{n}" for n in numbers]
        Consent.objects.bulk_create(
            [Consent(party=party, account=one, scopes=["openid", "profile"]) for one in accounts]
        )
        Pseudonym.objects.bulk_create(
            [
                Pseudonym(party=party, code=one.code, subject=s)
                for one, s in zip(people, subjects, strict=True)
            ]
        )
        ons = SignOn.objects.bulk_create(
            [
                SignOn(party=party, account=one, subject=s, sid=s, scopes=["openid"], acr="1", auth_time=1)
                for one, s in zip(accounts, subjects, strict=True)
            ]
        )
        Token.objects.bulk_create(
            [
                Token(hash=hash_of(f"o.{n}"), kind="access", sign_on=on, scopes=["openid"], until=until)
                for n, on in zip(numbers, ons, strict=True)
            ]
        )


def measure(secret: str, size: int) -> dict[str, float]:
    """The median seconds of one sign-in and of one check."""
    from django.test import Client

    from beichen.kernel.access.models import Account

    chance = random.Random(7)
    basic = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"bench:{secret}".encode()).decode()}
    browsers = []
    for number in chance.sample(range(size), NUMBER):
        browser = Client()
        browser.force_login(Account.objects.get(username=f"a{number}"))
        browsers.append(browser)
    system = Client()

    def post(path: str, **form: str) -> Any:
        # another address each time: the rate of one address is no measure of the house
        address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        return system.post(path, urlencode(form), content_type=FORM, REMOTE_ADDR=address, **basic)  # type: ignore[arg-type]

    def sign_in(browser: Any) -> None:
        led = browser.get(f"/o/authorize?{urlencode(ASKED)}")["Location"]
        code = dict(parse_qsl(urlsplit(led).query))["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        token = post("/o/token", **form, code_verifier=VERIFIER).json()["access_token"]
        told = system.get("/o/userinfo", HTTP_AUTHORIZATION=f"Bearer {token}", REMOTE_ADDR=token[:8])
        assert told.json()["name"], told.content

    def sign_ins() -> None:
        for browser in browsers:
            sign_in(browser)

    def checks() -> None:
        for number in chance.sample(range(size), NUMBER):
            assert post("/o/introspect", token=f"o.{number}").json()["active"]

    sign_ins()
    checks()
    return {
        "sign-ins": seconds(sign_ins, TIMES) / NUMBER,
        "checks": seconds(checks, TIMES) / NUMBER,
    }


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])

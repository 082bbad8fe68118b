"""`demo.yaml` of a city: people with posts and accounts, to show the city with.

Installed only where the setting `demo` is on, because the passwords are published; production
refuses that setting.
"""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import create_account
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, region_by_code, register_person
from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.sections import bodies, regions, roles
from beichen.kernel.scene.vocabulary import KEY, REGION, mapping_of, record
from beichen.problem import Problem, nearest, shorten
from beichen.settings import settings

FILE = "demo.yaml"


class PeopleSection(Section):
    """Demo accounts: who signs in, with which password, holding which posts."""

    key = "people"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 27
    reads = (regions.FILE, bodies.FILE, roles.FILE)

    def schema(self) -> dict[str, Any]:
        """The password that all demo accounts share, and the people by user name."""
        post = record({"role": KEY, "body": KEY, "region": REGION}, {"title": {"type": "string"}})
        person = record(
            {"name": {"type": "string", "minLength": 1, "maxLength": 100}},
            {"posts": {"type": "array", "items": post}},
        )
        password = {"type": "string", "minLength": 10, "maxLength": 100}
        return record({"password": password, "people": mapping_of(person)})

    def check(self, package: Package) -> list[Problem]:
        """Each post names a role, a body and a region that exist."""
        document = package.document(FILE)
        return [] if document is None else _references(document, package)

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Add the accounts that are missing; those that exist stay as they are."""
        changes = Changes()
        demo = package.value(FILE)
        if not demo or not settings().demo:
            return changes
        present = set(Account.objects.values_list("username", flat=True))
        for username, person in demo["people"].items():
            if username in present:
                changes.unchanged += 1
            else:
                _add(username, person, demo["password"], by)
                changes.added.append(username)
        return changes


def _references(document: Document, package: Package) -> list[Problem]:
    known = {
        "role": roles.role_keys(package),
        "body": set(package.value(bodies.FILE)),
        "region": regions.region_codes(package),
    }
    return [
        Problem(
            codes.NO_REFERENCE,
            shorten(f"no {noun} {post[noun]!r}"),
            document.position(("people", username, "posts", number, noun)),
            nearest(post[noun], valid),
        )
        for username, person in document.value["people"].items()
        for number, post in enumerate(person.get("posts", ()))
        for noun, valid in known.items()
        if post[noun] not in valid
    ]


def _add(username: str, facts: dict[str, Any], password: str, by: Actor) -> None:
    person = register_person(facts["name"], by=by, is_demo=True)
    create_account(username, password, person, by=by, is_demo=True)
    for post in facts.get("posts", ()):
        body = Body.objects.get(key=post["body"])
        region = region_by_code(post["region"])
        appoint(person, post["role"], body, region, by=by, title=post.get("title", ""))

"""A body that issues, kinds of certificates, and people: what the tests of certificates stand on."""

from __future__ import annotations

from typing import Any

from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body, Person, Region
from beichen.kernel.org.service import BodyFacts, RegionFacts, actor_of, appoint, load_bodies, load_regions
from beichen.platforms.ledger import service
from beichen.platforms.ledger.models import Certificate, CertificateKind
from beichen.platforms.ledger.tests.ground import BY

FIELDS: list[dict[str, Any]] = [
    {
        "key": "name",
        "zh": "姓名",
        "en": "Name",
        "type": "text",
        "required": True,
        "optional": True,
        "choices": [],
    },
    {
        "key": "born",
        "zh": "出生日期",
        "en": "Born",
        "type": "date",
        "required": True,
        "optional": True,
        "choices": [],
    },
    {
        "key": "points",
        "zh": "积分",
        "en": "Points",
        "type": "number",
        "required": False,
        "optional": True,
        "choices": [],
    },
    {
        "key": "group",
        "zh": "类别",
        "en": "Group",
        "type": "choice",
        "required": True,
        "optional": False,
        "choices": [{"key": "resident", "zh": "常住", "en": "Resident"}],
    },
]
GIVEN: dict[str, Any] = {"name": "张三", "born": "1990-02-03", "group": "resident"}
ISSUED = "residence-permit"
DECLARED: dict[str, dict[str, Any]] = {
    ISSUED: {
        "name": "居住证",
        "name_en": "Residence permit",
        "issuer": "police",
        "days": 365,
        "look": "red",
        "fields": FIELDS,
    }
}


def build() -> None:
    """A city with two bodies, one of which issues."""
    load_roles(by=BY)
    load_regions(
        [RegionFacts("220000", "省", "province"), RegionFacts("220100", "市", "city", parent="220000")], by=BY
    )
    load_bodies([BodyFacts("police", "公安局"), BodyFacts("water", "水务局")], by=BY)
    service.load_certificate_kinds(DECLARED, owner="scene:test", by=BY)


def person(username: str, role: str = "", body: str = "police") -> Person:
    """A person with an account, and a post where a role is named."""
    row = Person.objects.create(name=username)
    Account.objects.create_user(username, password="x", person=row)
    if role:
        appoint(row, role, Body.objects.get(key=body), Region.objects.get(code="220100"), by=BY)
    return row


def officer(body: str = "police") -> Actor:
    """Somebody who issues for a body."""
    return actor_of(person(f"officer-{body}", "certifier", body))


def kind() -> CertificateKind:
    """The kind that is issued."""
    return CertificateKind.objects.select_related("issuer__region").get(key=ISSUED)


def issued(holder: Person | None = None, **given: Any) -> Certificate:
    """A certificate."""
    return service.issue(kind(), {**GIVEN, **given}, by=BY, holder=holder)

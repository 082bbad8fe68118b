"""A city with one thing of each kind at the door, some of them one person's own, and every address of it.

Routes of services, codes, the citizens' door, certificates, the ledger and the OpenID provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import product
from pathlib import Path
from urllib.parse import quote

from django.core.cache import cache
from django.urls import URLPattern

from beichen.fronts.citizen import urls as citizen_urls
from beichen.fronts.codes import urls as codes_urls
from beichen.fronts.services import urls as services_urls
from beichen.fronts.services.applicant import service as applying
from beichen.fronts.services.items import booking
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.declaring import declare_items
from beichen.hubs.apps import urls as apps_urls
from beichen.kernel.access.models import Account
from beichen.kernel.access.openid import urls as openid_urls
from beichen.kernel.access.service import create_account, load_roles, subjects_of
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import actor_of, appoint, city_region, register_person
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.platforms.ledger import service as ledger
from beichen.platforms.ledger import urls as ledger_urls
from tests import access_applicants, access_apps, access_codes, access_ledger, access_services

BY = system("test")
CITY = Path(__file__).parent / "cities/invented"
ROOMS = (services_urls, codes_urls, citizen_urls, apps_urls, openid_urls, ledger_urls)
SECRET = "GEHEIM"
"""What stands in everything that is the owner's own."""
PLACES: dict[str, Sequence[str]] = {
    "slug": ("0", "-", "_", "a" * 300, "9" * 40),
    "int": ("0", "2147483648", "9223372036854775808", "9" * 40),
    "uuid": ("00000000-0000-4000-8000-000000000000", "0", "a" * 300),
    "str": ("%00", "a" * 300, "%F0%9F%98%80", "%0d%0aX-Evil:1"),
    "path": ("%00", "../../etc/passwd", "a" * 3000, "%F0%9F%98%80", "%0d%0aX-Evil:1"),
}
"""Parts of addresses that no page of ours has."""
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass
class Own:
    """What one person has, by its code."""

    draft: str
    upload: str
    affair: str
    appointment: str
    certificate: str
    files: list[str] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """All of them."""
        return [self.draft, self.affair, self.appointment, self.certificate, self.upload, *self.files]


def build() -> None:
    """The city."""
    load_roles(by=BY)
    packages.install(CITY, by=BY, kind=PackageKind.CITY)
    access_services.keep_services()
    access_applicants.keep_applications()
    access_ledger.keep_ledger()
    access_codes.keep_codes()
    access_apps.keep_apps()
    own = {
        **access_services.ITEM,
        "audience": ["person"],
        "form": "kept",
        "materials": {"paper": {"name": access_services.WORDS}},
    }
    declare_items({"own-item": own}, {}, {}, scene="own", by=BY)
    cache.clear()


def account(name: str, role: str = "") -> Account:
    """Somebody with an account, who holds a role everywhere where one is named."""
    person = register_person(f"{name}-{SECRET}", by=BY)
    if role:
        region = city_region()
        assert region is not None
        appoint(person, role, Body.objects.order_by("path")[0], region, by=BY)
    return create_account(name, "x" * 20, person, by=BY)


class _Paper(BytesIO):
    name: str | None = f"{SECRET}.pdf"


def keep_own(owner: Account) -> Own:
    """A draft with a file, an application, an appointment and a certificate of somebody's own."""
    assert owner.person is not None
    by, region = actor_of(owner.person), city_region()
    assert region is not None
    subject = subjects_of(by)[0]
    draft = applying.begin("own-item", subject, region, {}, by=by)
    applying.keep(draft.code, {"a": [f"{SECRET}-answer"]}, by=by)
    upload = applying.bring(draft, "material.paper", _paper(), by=by)
    again = applying.begin("own-item", subject, region, {}, by=by)
    again = applying.keep(again.code, {"a": [f"{SECRET}-answer"]}, by=by)
    brought = applying.bring(again, "material.paper", _paper(), by=by)
    sent = applying.send(again.code, {"agreed": "true", "name": by.name}, by=by)[0]
    row = items.window("kept-hall")
    slot = booking.slots(row, booking.days(row)[-1])[-1]
    booked = booking.book("kept-hall", slot.starts, owner.person.code, by=by)
    kind = ledger.find_kind("kept", by=BY)
    issued = ledger.issue(kind, {"name": f"{SECRET}-claim"}, by=BY, holder=owner.person)
    return Own(draft.code, upload.code, sent.affair.code, booked.code, issued.code, [brought.code])


def _paper() -> _Paper:
    from pypdf import PdfWriter

    writer, found = PdfWriter(), _Paper()
    writer.add_blank_page(200, 200)
    writer.write(found)
    found.seek(0)
    return found


def known_of(own: Own) -> dict[str, list[str]]:
    """What parameters of addresses may be, by their names."""
    numbers = {
        **access_services.service_numbers(),
        **access_applicants.application_numbers(),
        **access_codes.code_numbers(),
        **access_ledger.ledger_numbers(),
    }
    return {
        "key": ["own-item", "kept-item", "kept-bundle", "kept-hall", "kept", "kept-gate", "kept-reader"],
        "code": [*own.codes, "KEPT", *map(str, numbers.values())],
        "number": ["1", *(str(numbers[one]) for one in ("grant", "entry", "witness", "anchoring"))],
        "act": ["take", "complete", "withdraw", "annul", "cancel", "move", "call"],
        "step": ["form", "materials", "papers", "check", "sign", "send", "1"],
        "upload": [*own.files, str(numbers["application_file"])],
        "entitlement": ["kept-right"],
        "reader": ["kept-reader"],
        "reference": [access_codes.RIDE],
        "notice": [access_services.NOTICE],
        "form": ["svg", "png"],
        "path": ["0/000", "entries/000"],
        "representation": ["1"],
    }


def routes() -> Iterator[str]:
    """The routes of the rooms."""
    for room in ROOMS:
        for pattern in room.urlpatterns:
            assert isinstance(pattern, URLPattern)
            yield str(pattern.pattern)


def addresses(route: str, known: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Addresses that may lead somewhere, and those that no page of ours has."""
    found = _PARAMETER.findall(route)

    def filled(values: Sequence[str]) -> str:
        rest = iter(values)
        return "/" + _PARAMETER.sub(lambda _one: quote(next(rest), safe="/%:"), route)

    good = [filled(values) for values in product(*(known[name] for _kind, name in found))]
    strange = [
        filled([*(known[name][0] for _kind, name in found[:place]), one, *("1" for _ in found[place + 1 :])])
        for place, (kind, _name) in enumerate(found)
        for one in PLACES[kind or "str"]
    ]
    return good[:120], strange

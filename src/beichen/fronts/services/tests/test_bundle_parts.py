"""What the form of a part asks for, as the bodies of a bundle see it: each its own, and nobody another's."""

from __future__ import annotations

from typing import Any

import pytest

from beichen.fronts.services.applicant import service
from beichen.fronts.services.applicant.models import Upload
from beichen.fronts.services.forms.service import declare_forms
from beichen.fronts.services.items.models import BundleRun
from beichen.fronts.services.models import Affair
from beichen.fronts.services.tests import stall, town
from beichen.fronts.services.tests.applicants import citizen, picture, signed
from beichen.fronts.services.tests.test_pages import signed_in
from beichen.fronts.services.tests.town import SETUP, do
from beichen.kernel.access import service as access
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.bus.service import heard_at_once
from beichen.kernel.org.models import Region

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "type": "object",
    "title": "设立登记",
    "x-title-en": "Registration",
    "properties": {
        "founder": {"type": "string", "title": "发起人", "x-title-en": "Founder", "maxLength": 40},
        "card": {"type": "string", "title": "证件", "x-title-en": "Card", "x-kind": "file"},
    },
    "required": ["founder"],
}


@pytest.fixture(autouse=True)
def city() -> None:
    stall.build()
    declare_forms({"licence-form": FORM}, scene="permits", by=SETUP)
    licence = {**stall.LICENCE, "form": "licence-form"}
    stall.declare({"permit": stall.PERMIT, "licence": licence, "seal": stall.SEAL, "tax": stall.TAX})
    forget_rates()


def part(run: BundleRun, item: str) -> Affair:
    """The affair of a part."""
    affair = run.parts.get(item__key=item).affair
    assert affair is not None
    return affair


def sent() -> BundleRun:
    """A bundle of which the first part is granted, and the next has come to its body."""
    _person, by, _browser = citizen()
    region = Region.objects.get(code=town.CITY)
    found = service.begin("firm", access.subjects_of(by)[0], region, {}, by=by)
    found = service.keep(found.code, {"founder": ["李开业"]}, by=by)
    service.bring(found, "material.articles", picture(), by=by)
    service.bring(found, "card", picture("red"), by=by)
    run: BundleRun = service.send(found.code, signed(by), by=by)[0].run
    with heard_at_once():
        do(part(run, "licence"), "look", "granted")
    return run


def test_a_body_sees_the_answers_to_the_form_of_its_part_alone() -> None:
    run = sent()
    card = Upload.objects.get(field="card").code
    licence, seal = (
        f"/services/affairs/{part(run, 'licence').code}",
        f"/services/affairs/{part(run, 'seal').code}",
    )
    window, fire = signed_in("attendant", "window"), signed_in("attendant", "fire")
    seen = window.get(licence).content.decode()
    assert "发起人" in seen
    assert "李开业" in seen
    assert window.get(f"{licence}/files/{card}").status_code == 200
    hidden = fire.get(seal)
    assert hidden.status_code == 200
    assert "发起人" not in hidden.content.decode()
    assert fire.get(f"{seal}/files/{card}").status_code == 404


def test_an_officer_is_led_to_the_parts_of_the_own_body_alone() -> None:
    run = sent()
    seen = signed_in("attendant", "fire").get(f"/services/bundles/runs/{run.code}").content.decode()
    licence, seal = part(run, "licence").code, part(run, "seal").code
    assert f"/services/affairs/{seal}" in seen
    assert licence in seen
    assert f"/services/affairs/{licence}" not in seen

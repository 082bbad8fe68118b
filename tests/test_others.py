"""What is another's, and what another's page sends: no code opens it, no form without its token acts.

Every route of the door is asked and posted to with the codes of somebody's own things, by a citizen who has
nothing to do with them, and by nobody.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from beichen.fronts.services.applicant.models import Draft, Submission, Upload
from beichen.fronts.services.items.models import Appointment
from beichen.fronts.services.models import AffairEvent
from beichen.kernel.access.models import Account
from beichen.kernel.access.rates import forget_rates
from beichen.platforms.ledger.models import Certificate
from tests import door_world
from tests.door_world import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]
VALUES = {
    "reason": "x",
    "grade": "1",
    "step": "suspend",
    "action": "next",
    "agreed": "true",
    "answer": "allow",
}
# a form of elsewhere is their purpose: a secret, a token, a signature or the person's answer is the right
FOR_PROGRAMS = (
    "o/token",
    "o/introspect",
    "o/revoke",
    "o/userinfo",
    "o/device_authorization",
    "tlog/cosignatures",
)
FOR_SYSTEMS = ("o/authorize", "o/logout")
TABLES = (Draft, Submission, Upload, Appointment, Certificate, AffairEvent)


def standing() -> dict[str, Any]:
    """All that is the owner's, as it stands."""
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


def told(answer: HttpResponseBase) -> str:
    """All that an answer says."""
    return answer.getvalue().decode("utf-8", "replace") + str(dict(answer.headers))


@pytest.mark.parametrize("who", ["another", "nobody"])
def test_nobody_reaches_what_is_anothers(who: str) -> None:
    door_world.build()
    owner = door_world.account("wang")
    own = door_world.keep_own(owner)
    known, before, leaks = door_world.known_of(own), standing(), list[str]()
    client = Client()
    if who == "another":
        other = door_world.account("bo")
        client.force_login(other)
        other.person.name = "bo"  # type: ignore[union-attr]
        other.person.save()  # type: ignore[union-attr]
    for route in door_world.routes():
        for address in door_world.addresses(route, known)[0]:
            if not any(code in address for code in own.codes):
                continue
            forget_rates()
            with transaction.atomic():
                answers = (client.get(address), client.post(address, VALUES))
            leaks += [f"{address}: {one.status_code}" for one in answers if SECRET in told(one)]
            leaks += [f"{address}: {one.status_code}" for one in answers if one.status_code >= 500]
    assert leaks == []
    assert standing() == before


def test_the_owner_reaches_it() -> None:
    """So that the test above looks where something is."""
    door_world.build()
    owner = door_world.account("wang")
    own = door_world.keep_own(owner)
    client = Client()
    client.force_login(owner)
    for address in (
        f"/services/apply/own-item/{own.draft}/form",
        f"/my/affairs/{own.affair}",
        f"/my/affairs/{own.affair}/files/{own.files[0]}",
        f"/my/drafts/files/{own.upload}",
        f"/certificates/{own.certificate}",
        "/my",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert SECRET in told(answer), address


def test_no_page_does_anything_without_its_token() -> None:
    """A form of another page, sent by the browser of somebody who may do everything."""
    door_world.build()
    officer = door_world.account("an", "administrator")
    own = door_world.keep_own(officer)
    known, before, open_ = door_world.known_of(own), standing(), list[str]()
    client = Client(enforce_csrf_checks=True)
    for route in door_world.routes():
        if route in FOR_PROGRAMS:
            continue
        client.force_login(officer)
        forget_rates()
        address = door_world.addresses(route, known)[0][0]
        answer = client.post(address, VALUES, headers={"Origin": "https://evil.example"})
        if route in FOR_SYSTEMS:
            assert answer.status_code == 303, route
        elif answer.status_code not in (403, 405):  # 405: nothing is posted there at all
            open_.append(f"{address}: {answer.status_code}")
    assert open_ == []
    assert standing() == before
    assert Account.objects.filter(username="an", is_active=True).exists()

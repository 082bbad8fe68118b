"""Taking a report at the telephone: rights, mistakes beside their fields, once, with number and code."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from beichen.hubs.events.models import Case, CaseFile, Report
from beichen.hubs.events.tests import city
from beichen.kernel.access.models import Account
from beichen.kernel.org.models import Person

pytestmark = pytest.mark.django_db


def signed_in(role: str, body: str) -> Client:
    """A browser of somebody who holds ``role``."""
    actor = city.person(role, body)
    person = Person.objects.get(code=actor.key.removeprefix("person:"))
    account = Account.objects.create_user(role, password="a-long-secret-word", person=person)
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def attendant() -> Client:
    """Who takes calls."""
    city.build()
    return signed_in("attendant", "centre")


def call(**values: Any) -> dict[str, Any]:
    """What is entered during a call."""
    return {"channel": "hotline", "text": "东大街路面塌陷", "region": city.EAST, "key": "k1", **values}


def test_a_call_becomes_a_case_with_two_words(attendant: Client) -> None:
    assert attendant.get("/console/new").status_code == 200
    picture = io.BytesIO()
    Image.new("RGB", (9, 9)).save(picture, "PNG")
    picture.seek(0)
    picture.name = "a.png"
    page = attendant.post(
        "/console/new", call(name="赵六", phone="13900000000", photos=[picture]), follow=True
    )
    report = Report.objects.get()
    assert page.redirect_chain == [(f"/console/cases/{report.case.code}", 302)]
    assert report.code in page.content.decode()
    assert report.secret in page.content.decode()
    assert (report.channel, report.reporter and report.reporter.name) == ("hotline", "赵六")
    assert CaseFile.objects.count() == 1
    attendant.post("/console/new", call())
    assert Case.objects.count() == 1


def test_mistakes_stand_beside_their_fields(attendant: Client) -> None:
    page = attendant.post("/console/new", call(text="", phone="no", longitude="999"))
    assert page.status_code == 422
    assert "text" in page.context["form"].errors
    place = attendant.post("/console/new", call(phone="no", longitude="999"))
    assert set(place.context["form"].errors) == {"latitude", "phone"}
    fetched = attendant.post("/console/new", call(text=""), headers={"X-Requested-With": "fetch"})
    assert (fetched.status_code, list(fetched.json()["errors"])) == (422, ["text"])
    assert not Case.objects.exists()


def test_a_device_that_kept_a_report_is_told_where_to_go_on(attendant: Client) -> None:
    answer = attendant.post("/console/new", call(channel="patrol"), headers={"X-Requested-With": "fetch"})
    case = Case.objects.get()
    assert answer.json() == {"href": f"/console/cases/{case.code}"}
    assert Report.objects.get().channel == "patrol"


def test_only_who_may_takes_reports(attendant: Client) -> None:
    assert signed_in("officer", "roads").get("/console/new").status_code == 403
    assert Client().get("/console/new").status_code == 403
    assert signed_in("grid-worker", "east").get("/console/new").status_code == 200

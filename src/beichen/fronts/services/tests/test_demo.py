"""Demo affairs: of whom they are, what they are called, and who is said to have acted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from beichen.fronts.services import demo
from beichen.fronts.services.models import Affair, Task
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.tests import town
from beichen.fronts.services.tests.test_pages import signed_in
from beichen.fronts.services.tests.town import ENTRY, FILES, SETUP, words
from beichen.kernel.access.models import Account
from beichen.kernel.calendar.service import is_working_day
from beichen.kernel.org.service import register_person

pytestmark = pytest.mark.django_db

USES = {"home": words("住宅", "Housing"), "work": words("工业", "Industry")}


@pytest.fixture(autouse=True)
def city() -> None:
    town.build()
    fields = {**ENTRY["fields"], "use": {"name": words("用途", "Use"), "type": "choice", "choices": USES}}
    town.declare(
        "permit", {**ENTRY, "title": "use", "fields": fields, "start": ["use", *ENTRY["start"]]}, FILES
    )


def entry(**more: Any) -> dict[str, Any]:
    data = {"use": "work", "project": "示例", "area_m2": 2000}
    return {"key": "one", "process": "permit", "region": town.CITY, "data": data, **more}


def test_an_affair_of_a_demo_account_is_among_its_own() -> None:
    person = register_person("安然", by=SETUP, is_demo=True)
    account = Account.objects.create_user("citizen", password="long-enough-secret")
    Account.objects.filter(pk=account.pk).update(person=person, is_demo=True)
    assert demo.install_demo([entry(holder="citizen")], by=SETUP) == ["one"]
    assert demo.install_demo([entry(holder="citizen")], by=SETUP) == []
    affair = Affair.objects.get()
    assert (affair.subject, affair.is_demo) == (person.code, True)
    client = Client()
    client.force_login(Account.objects.get())
    assert affair.code in client.get("/my/affairs").content.decode()


def test_without_its_account_it_is_left_out() -> None:
    assert demo.install_demo([entry(holder="nobody")], by=SETUP) == []
    Account.objects.create_user("real", password="long-enough-secret")
    assert demo.install_demo([entry(holder="real")], by=SETUP) == [], "never of an account that is no demo"


def test_a_public_notice_is_objected_to_and_answered() -> None:
    person = register_person("安然", by=SETUP, is_demo=True)
    account = Account.objects.create_user("citizen", password="long-enough-secret")
    Account.objects.filter(pk=account.pk).update(person=person, is_demo=True)
    reviews = [{"step": "review", "outcome": "approve", "body": body} for body in ("fire", "planning")]
    done = [{"step": "check", "outcome": "accept"}, *reviews, {"step": "sign"}]
    said = [
        {"statement": "挡光", "holder": "citizen", "interested": True},
        {"statement": "噪声", "ruling": "dismissed", "reason": "夜间不施工"},
    ]
    demo.install_demo([entry(subject="DEMO-FIRM-1", done=done, objections=said)], by=SETUP)
    shown = Objection.objects.values_list("statement", "is_interested", "person", "ruling")
    assert list(shown) == [("挡光", True, person.pk, "waiting"), ("噪声", False, None, "dismissed")]


def test_a_choice_names_an_affair_by_its_words() -> None:
    demo.install_demo([entry(subject="DEMO-FIRM-1")], by=SETUP)
    affair = Affair.objects.get()
    assert affair.title == "工业"
    for language, heading in (("zh-hans", "建筑许可 · 工业"), ("en", "Building permit · Industry")):
        with translation.override(language):
            assert affair.heading == heading


def test_offices_of_the_demo_decide_in_their_hours() -> None:
    done = [{"step": "check", "outcome": "accept"}, {"step": "review", "body": "fire", "outcome": "approve"}]
    demo.install_demo([entry(subject="DEMO-FIRM-1", days=9, done=done)], by=SETUP)
    decided = list(Task.objects.exclude(closed_at=None).values_list("closed_at", flat=True))
    assert len(decided) == 2
    for moment in decided:
        assert is_working_day(timezone.localtime(moment).date())
        assert 8 <= timezone.localtime(moment).hour <= 17


def test_the_house_is_not_called_by_the_name_of_its_part() -> None:
    demo.install_demo([entry(subject="DEMO-FIRM-1", done=[{"step": "check", "outcome": "accept"}])], by=SETUP)
    text = (
        signed_in("officer", "window").get(f"/services/affairs/{Affair.objects.get().code}").content.decode()
    )
    assert "平台自身" in text
    assert f" {SETUP.name}" not in text

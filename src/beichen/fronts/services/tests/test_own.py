"""One's own affairs after sending: bring what is missing, withdraw, follow without an account, rate."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.services import service as services
from beichen.fronts.services.applicant import rating
from beichen.fronts.services.applicant.models import Upload
from beichen.fronts.services.items.facts import facts_of
from beichen.fronts.services.models import AffairEvent
from beichen.fronts.services.tests import applicants
from beichen.fronts.services.tests.applicants import applied, citizen, picture
from beichen.fronts.services.tests.town import SETUP, do, waiting
from beichen.hubs.events.models import Case
from beichen.kernel.access.rates import forget_rates
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> None:
    applicants.build()
    forget_rates()


def codes(caught: Any) -> list[str]:
    """The codes of what was refused."""
    return [problem.code for problem in caught.value.problems]


def test_missing_material_is_asked_for_brought_and_the_clock_goes_on() -> None:
    _person, by, browser = citizen()
    sent = applied(by)
    affair = sent.affair
    number = waiting(affair)[0].number
    services.ask_for_material(affair.code, number, ["消防设计文件"], "缺少附图", by=SETUP)
    place = f"/my/affairs/{affair.code}"
    page = browser.get(place).content.decode()
    assert "消防设计文件" in page
    affair.refresh_from_db()
    values = {"note": "", "version": str(affair.version), "files": [picture(), picture("red")]}
    assert browser.post(f"{place}/answer/{number}", values).status_code == 302
    affair.refresh_from_db()
    assert affair.pauses == []
    assert Upload.objects.filter(submission=sent, field__startswith="answer.").count() == 2
    assert affair.application.visits == 0, "it came online"
    services.ask_for_material(affair.code, number, ["原件"], "核对", by=SETUP)
    services.give_material(affair.code, number, {}, "已带来", by=SETUP)
    affair.application.refresh_from_db()
    assert affair.application.visits == 1
    affair.refresh_from_db()
    again = browser.post(f"{place}/answer/{number}", {**values, "note": "x", "files": [picture()]})
    assert again.status_code == 422
    assert Upload.objects.filter(submission=sent, field__startswith="answer.").count() == 2


def test_what_is_on_public_notice_is_done_by_nobody_and_who_goes_on_is_named() -> None:
    _person, by, browser = citizen()
    affair = applied(by).affair
    services.hand_over(affair.code, waiting(affair)[0].number, "fire", "归口调整", by=SETUP)
    handed = browser.get(f"/my/affairs/{affair.code}").content.decode()
    assert "已转由以下部门办理： 星河市消防局" in handed
    do(do(affair, "check", "accept"), "review", "approve", body="planning")
    do(affair, "sign")
    page = browser.get(f"/my/affairs/{affair.code}").content.decode()
    assert "正在向社会公示，至 " in page
    assert "向社会公示办理" not in page


def test_why_something_was_decided_is_told_and_what_officers_tell_each_other_is_not() -> None:
    _person, by, browser = citizen()
    affair = applied(by).affair
    do(affair, "check", "accept")
    data = {"remark": "疏散宽度不足 <1.1 m>", "aside": "请规划局再看"}
    do(affair, "review", "reject", body="planning", data=data)
    page = browser.get(f"/my/affairs/{affair.code}").content.decode()
    assert "意见：疏散宽度不足 &lt;1.1 m&gt;" in page
    assert "请规划局再看" not in page
    english = browser.get(f"/my/affairs/{affair.code}", headers={"Accept-Language": "en"})
    assert "Remark: 疏散宽度不足" in english.content.decode()


def test_a_copy_of_ones_data_has_what_a_window_took_in_and_what_became_of_it() -> None:
    person, by, browser = citizen()
    own = applied(by).affair
    data = {"project": "门卫室", "area_m2": 9}
    at_window, _is_new = services.start("permit", data, person.code, own.region, by=SETUP)
    other, _by, _browser = citizen("王五")
    services.start("permit", {"project": "别人的事", "area_m2": 9}, other.code, own.region, by=SETUP)
    do(at_window, "check", "refuse")
    answer = browser.post("/my/data/export", {"confirmed": "true"})
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        text = archive.read("services.affairs.json").decode()
    found = {one["affair"]: one for one in json.loads(text)}
    assert found.keys() == {own.code, at_window.code}
    assert found[at_window.code]["answers"]["project"] == "门卫室"
    assert "不予许可" in found[at_window.code]["stands"]
    assert "别人的事" not in text
    assert SETUP.name not in text, "who worked on it"


def test_steps_that_nobody_did_are_not_counted_as_steps() -> None:
    _person, by, _browser = citizen()
    affair = applied(by).affair
    do(affair, "check", "accept")
    assert facts_of([affair])[affair.pk]["steps"] == 2
    services.recall(affair.code, "误点", by=SETUP)
    assert facts_of([affair])[affair.pk]["steps"] == 1


def test_an_affair_that_is_not_there_is_refused_in_the_readers_language() -> None:
    _person, _by, browser = citizen()
    for language, heading, words in [
        ("zh-Hans", "没有这个办件。", "没有办件"),
        ("en", "There is no such affair.", "there is no affair"),
    ]:
        answer = browser.get("/my/affairs/BJ-0", headers={"Accept-Language": language})
        page = answer.content.decode()
        assert answer.status_code == 404
        assert re.findall(r"<h1>(.*?)</h1>", page) == [heading]
        assert words in page


def test_an_application_is_withdrawn_by_who_made_it() -> None:
    _person, by, browser = citizen()
    sent = applied(by)
    place = f"/my/affairs/{sent.affair.code}"
    stale = browser.post(f"{place}/withdraw", {"reason": "不办了", "version": "99"})
    assert stale.status_code == 422
    assert browser.post(f"{place}/withdraw", {"reason": "不办了"}).status_code == 302
    sent.affair.refresh_from_db()
    assert sent.affair.status == "withdrawn"
    event = AffairEvent.objects.get(name="withdrawn")
    assert event.by == by.key


def test_an_affair_is_followed_with_the_code_on_the_receipt() -> None:
    _person, by, _browser = citizen()
    sent = applied(by)
    browser = Client()
    place = f"/services/follow/{sent.affair.code}"
    assert browser.get(place).status_code == 302
    wrong = browser.post("/services/follow", {"code": sent.affair.code, "secret": "22222222"})
    none = browser.post("/services/follow", {"code": "20250609-AAAAAA", "secret": sent.secret})
    assert wrong.status_code == none.status_code == 422
    told = [re.sub(r'value="[^"]*"', "", one.content.decode()) for one in (wrong, none)]
    assert "SRV" not in told[0]
    right = browser.post(
        "/services/follow", {"code": sent.affair.code.lower(), "secret": sent.secret.lower()}
    )
    assert right["Location"] == place
    page = browser.get(place).content.decode()
    assert "文化馆" not in page, "what was written is for who is signed in"
    assert browser.get(f"{place}/diagram.bpmn").status_code == 200


def test_guessing_codes_is_slowed_down() -> None:
    browser = Client()
    answers = [
        browser.post("/services/follow", {"code": "20250609-AAAAAA", "secret": f"{number:08}"})
        for number in range(31)
    ]
    assert "field-error" in answers[-1].content.decode()
    assert {one.status_code for one in answers} == {422}


def test_a_bad_rating_becomes_a_case_and_each_contact_rates_once() -> None:
    _person, by, browser = citizen()
    sent = applied(by)
    place = f"/my/affairs/{sent.affair.code}"
    values = {"grade": "1", "contact": "online", "reasons": ["slow", "twice"], "text": "跑了三趟"}
    browser.post(f"{place}/rate", values)
    assert not sent.affair.ratings.exists(), "an affair that runs is not rated"
    affair = do(sent.affair, "check", "refuse", now=timezone.now())
    assert affair.status == "done"
    assert browser.post(f"{place}/rate", values).status_code == 302
    row = affair.ratings.get()
    case = Case.objects.get(code=row.case)
    assert affair.code in case.title or affair.code in case.reports.get().text
    browser.post(f"{place}/rate", {**values, "grade": "5"})
    assert affair.ratings.get().grade == 1
    browser.post(f"{place}/rate", {"grade": "5", "contact": "window"})
    assert [one.case != "" for one in affair.ratings.order_by("id")] == [True, False]
    event = AffairEvent.objects.filter(name="rated").first()
    assert event is not None
    assert "text" not in event.data, "words are read where the affair is handled"
    for bad in ({"grade": "6", "contact": "online"}, {"grade": "1", "contact": "owl"}):
        assert browser.post(f"{place}/rate", bad).status_code == 422


def test_a_rating_says_what_is_wrong_with_it() -> None:
    _person, by, _browser = citizen()
    affair = applied(by).affair
    for values in (
        ("owl", 5, (), ""),
        ("online", 9, (), ""),
        ("online", 5, ("x",), ""),
        ("online", 5, (), "x" * 1001),
    ):
        with pytest.raises(ProblemError) as caught:
            rating.rate(affair, *values, by=by)
        assert codes(caught) == ["SRV-305"]
    rating.rate(affair, "online", 5, (), "", by=by)
    with pytest.raises(ProblemError) as caught:
        rating.rate(affair, "online", 4, (), "", by=by)
    assert codes(caught) == ["SRV-522"]

"""The window: whom it finds, what it records, and that the person sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from beichen.fronts.citizen.counter import views
from beichen.fronts.citizen.counter.firms import firm_of
from beichen.fronts.citizen.tests.people import BY, actor, citizen, city, clerk, signed_in
from beichen.kernel.access.models import Account, AccountContact, Representation
from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import Assurance, assurance_of, subject_for, subjects_of
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import register_person
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
CREDIT = "91110000600037341L"


@pytest.fixture(autouse=True)
def built() -> Iterator[None]:
    """The city."""
    city.build()
    forget_rates()
    yield
    forget_rates()


@pytest.fixture
def account() -> Account:
    """Somebody with a confirmed number."""
    made = citizen()
    AccountContact.objects.create(account=made, kind="phone", address="+8613800138000")
    return made


@pytest.fixture
def window() -> Client:
    """A clerk's browser."""
    return signed_in(clerk())


def code_of(account: Account) -> str:
    """The person's code."""
    assert account.person is not None
    return account.person.code


@pytest.mark.parametrize("typed", ["138 0013 8000", "+8613800138000", "CODE", "code"])
def test_a_person_is_found_by_code_or_address(typed: str, account: Account, window: Client) -> None:
    """And sees that they were looked up."""
    code = code_of(account)
    typed = {"CODE": code, "code": code.lower()}.get(typed, typed)
    answer = window.post("/account/window", {"who": typed})
    assert answer["Location"] == f"/account/window/{code}"
    window.get(answer["Location"])
    acts = list(AuditRecord.objects.filter(subject=code).values_list("action", flat=True))
    assert acts[-2:] == ["access.person.find", "access.identity.check"]
    assert "在窗口查询" in signed_in(account).get("/my/data").content.decode()


def test_nobody_is_said_alike(window: Client) -> None:
    """An address without an account, nonsense, a code of nobody."""
    for typed in ("13900139000", "x", "A" * 16, "a@b.cn", "A" * 300):
        assert window.post("/account/window", {"who": typed}).status_code == 422
    assert window.get("/account/window/NOBODY").status_code == 404


def test_a_clerk_records_what_the_paper_says(account: Account, window: Client) -> None:
    """Name and the last four characters, never the whole number."""
    page = f"/account/window/{code_of(account)}/check"
    form = {"paper": "居民身份证", "last": "001x", "name": "安然（身份证）", "seen": "on"}
    assert window.post(page, {**form, "last": "22010119900101001X"}).status_code == 422
    assert window.post(page, {**form, "seen": ""}).status_code == 422
    assert window.post(page, form).status_code == 302
    account.refresh_from_db()
    assert assurance_of(actor(account)) == Assurance.WINDOW
    assert account.person is not None
    assert account.person.name == "安然（身份证）"
    assert "窗口已核验" in signed_in(account).get("/my").content.decode()


def test_a_clerk_records_who_heads_a_firm(account: Account, window: Client) -> None:
    """By its credit code; ended at a window again."""
    page = f"/account/window/{code_of(account)}"
    form = {"firm": CREDIT, "firm_name": "示例科技有限公司", "evidence": "营业执照"}
    assert window.post(f"{page}/head", {**form, "firm": "123"}).status_code == 422
    assert window.post(f"{page}/head", {**form, "firm_name": ""}).status_code == 422
    assert window.post(f"{page}/head", form).status_code == 302
    assert subject_for(actor(account), CREDIT).name == "示例科技有限公司"
    number = Representation.objects.get().pk
    other = code_of(citizen("b", "白露"))
    assert window.post(f"/account/window/{other}/acts/{number}/end").status_code == 404
    assert window.post(f"{page}/acts/{number}/end").status_code == 302
    assert len(subjects_of(actor(account))) == 1


def test_a_clerk_records_a_parent_until_the_child_is_of_age(account: Account, window: Client) -> None:
    """A new child gets a code; a known one is named by code and name."""
    page = f"/account/window/{code_of(account)}/parent"
    form = {"child": "", "child_name": "安小然", "until": "2040-05-01", "evidence": "户口簿"}
    before = Person.objects.count()
    assert window.post(page, {**form, "until": "2001-01-01"}).status_code == 422
    assert Person.objects.count() == before, "a refused record leaves no child"
    assert window.post(page, form).status_code == 302
    child = register_person("安小二", by=BY)
    assert window.post(page, {**form, "child": child.code}).status_code == 422, "the name must fit"
    assert window.post(page, {**form, "child": child.code, "child_name": "安小二"}).status_code == 302
    assert [one.name for one in subjects_of(actor(account))] == ["安然", "安小二", "安小然"]


def test_a_clerk_does_not_check_themselves(window: Client) -> None:
    """A colleague does."""
    own = code_of(Account.objects.get(username="clerk"))
    form = {"paper": "居民身份证", "last": "0017", "name": "clerk", "seen": "on"}
    assert window.post(f"/account/window/{own}/check", form).status_code == 422


@pytest.mark.parametrize("typed", ["", "123", "91110000600037341X", "PERSON", "1" * 18])
def test_what_is_no_firm_is_refused(typed: str) -> None:
    """A wrong check character, a person's code, nothing."""
    typed = register_person("安", by=BY).code if typed == "PERSON" else typed
    with pytest.raises(ProblemError) as caught:
        firm_of(typed, "x", by=BY)
    assert caught.value.problems[0].code == "CIT-105"


def test_a_child_is_found_by_code_and_name_together() -> None:
    child = register_person("安小二", by=BY)
    assert views.child_of(child.code, "安小二", by=BY) == child
    with pytest.raises(ProblemError) as caught:
        views.child_of(child.code, "别人", by=BY)
    assert caught.value.problems[0].code == "CIT-106"

"""For whom a person acts: what was allowed, in what, until when; and that its end works at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.kernel.access.models import Account, Representation
from beichen.kernel.access.service import (
    Subject,
    choose_subject,
    chosen_subject,
    create_account,
    grant_representation,
    load_roles,
    record_representation,
    revoke_representation,
    save_role,
    subject_for,
    subjects_of,
)
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import actor_of, register_person
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
FIRM = Subject("91220101MA0000001X", "示例科技有限公司", "firm")
OTHER_FIRM = Subject("91220101MA0000002N", "另一家公司", "firm")
CLERK = Actor("person:CLERK", "clerk", (Scope("clerk"),))


@pytest.fixture(autouse=True)
def roles() -> None:
    """The built-in roles, and a clerk who records."""
    load_roles(by=BY)
    save_role("clerk", "窗口", ["access.representation.record"], Level.L3, by=BY)


def person(name: str = "安") -> Person:
    """Somebody."""
    return register_person(name, by=BY)


def headed(firm: Subject = FIRM) -> Person:
    """Somebody whom a window recorded as the head of ``firm``."""
    head = person("法")
    record_representation(head, firm, "legal", by=CLERK, evidence="营业执照")
    return head


def refused(call: object, *args: object, **named: object) -> list[str]:
    """The codes with which ``call`` refuses."""
    with pytest.raises(ProblemError) as caught:
        call(*args, **named)  # type: ignore[operator]
    return [problem.code for problem in caught.value.problems]


def test_a_person_is_a_subject_of_their_own() -> None:
    """First of all, without a representation, for everything."""
    someone = person()
    own = Subject(someone.code, "安", "person")
    assert subjects_of(actor_of(someone)) == (own,)
    assert subject_for(actor_of(someone), someone.code, "anything") == own


def test_nobody_and_programs_are_no_subjects() -> None:
    """Neither the public nor a client has affairs of its own."""
    assert subjects_of(PUBLIC) == ()
    assert subjects_of(Actor("client:x", "x")) == ()
    assert refused(subject_for, PUBLIC, "x") == ["ACC-301"]


def test_another_person_is_refused_with_who_could_allow_it() -> None:
    """Whether the code exists makes no difference."""
    by, other = actor_of(person()), person("乙")
    with pytest.raises(ProblemError) as known:
        subject_for(by, other.code)
    with pytest.raises(ProblemError) as unknown:
        subject_for(by, "NOBODY")
    assert known.value.as_dict() == unknown.value.as_dict()
    assert known.value.status == 403
    assert "/my/representation" in known.value.problems[0].hint


def test_a_window_records_who_heads_a_firm_and_the_head_allows_others() -> None:
    """Staff then act for the firm in what was named, and let nobody else in."""
    head, staff = headed(), person("办")
    row = grant_representation(staff, FIRM.code, "staff", by=actor_of(head), affairs=["tax", "tax", "permit"])
    subject = subject_for(actor_of(staff), FIRM.code, "tax")
    assert subject == Subject(FIRM.code, FIRM.name, "firm", row.pk, ("tax", "permit"))
    assert subject.covers("permit")
    assert not subject.covers("loan")
    assert refused(subject_for, actor_of(staff), FIRM.code, "loan") == ["ACC-302"]
    assert refused(grant_representation, person(), FIRM.code, "agent", by=actor_of(staff)) == ["ACC-302"]


def test_only_a_window_records_heads_and_parents_and_says_what_it_saw() -> None:
    """Without the right it is refused; without evidence it is no record."""
    someone, child = person(), person("子")
    own = Subject(child.code, child.name, "person")
    assert refused(record_representation, someone, own, "parent", by=actor_of(someone), evidence="x") == [
        "ACC-403"
    ]
    assert refused(record_representation, someone, own, "parent", by=CLERK, evidence=" ") == ["ACC-303"]
    assert refused(grant_representation, someone, child.code, "parent", by=actor_of(child)) == ["ACC-303"]
    record_representation(someone, own, "parent", by=CLERK, evidence="户口簿")
    assert subject_for(actor_of(someone), child.code).name == "子"


@pytest.mark.parametrize(
    ("kind", "subject"), [("parent", FIRM), ("legal", None), ("staff", None), ("friend", FIRM)]
)
def test_a_kind_that_does_not_fit_is_refused(kind: str, subject: Subject | None) -> None:
    """Parents act for people, heads and staff for firms."""
    child = person("子")
    whom = subject or Subject(child.code, child.name, "person")
    assert refused(record_representation, person(), whom, kind, by=CLERK, evidence="x") == ["ACC-303"]


def test_what_would_be_over_or_is_oneself_is_refused() -> None:
    """Before anything is written."""
    head = headed()
    by = actor_of(head)
    past = timezone.now() - timedelta(seconds=1)
    assert refused(grant_representation, person(), FIRM.code, "staff", by=by, until=past) == ["ACC-303"]
    assert refused(grant_representation, head, head.code, "agent", by=by) == ["ACC-303"]
    many = [str(number) for number in range(201)]
    assert refused(grant_representation, person(), FIRM.code, "staff", by=by, affairs=many) == ["ACC-303"]
    assert Representation.objects.filter(kind="staff").count() == 0


def test_it_begins_and_ends_by_the_clock() -> None:
    """Neither before its time nor after it."""
    head, staff = headed(), person("办")
    until = timezone.now() + timedelta(days=1)
    row = grant_representation(staff, FIRM.code, "staff", by=actor_of(head), until=until)
    assert len(subjects_of(actor_of(staff))) == 2
    Representation.objects.filter(pk=row.pk).update(until=timezone.now() - timedelta(seconds=1))
    assert len(subjects_of(actor_of(staff))) == 1
    Representation.objects.filter(pk=row.pk).update(since=timezone.now() + timedelta(days=1), until=None)
    assert len(subjects_of(actor_of(staff))) == 1


def test_a_revocation_works_at_once_and_both_sides_see_it() -> None:
    """The agent of a person, ended by that person; once is enough."""
    someone, agent = person(), person("代")
    row = grant_representation(agent, someone.code, "agent", by=actor_of(someone))
    by = actor_of(agent)
    assert subject_for(by, someone.code).representation == row.pk
    revoke_representation(row.pk, by=actor_of(someone))
    revoke_representation(row.pk, by=actor_of(someone))
    assert refused(subject_for, by, someone.code) == ["ACC-302"]
    for side in (someone, agent):
        acts = AuditRecord.objects.filter(subject=side.code, action__startswith="access.representation")
        assert [act.action for act in acts] == ["access.representation.grant", "access.representation.revoke"]


def test_who_may_end_a_representation() -> None:
    """The representative, the head of the firm, a window; nobody else learns whether it exists."""
    head, other_head = headed(), headed(OTHER_FIRM)
    rows = [
        grant_representation(staff, FIRM.code, "staff", by=actor_of(head))
        for staff in (person("甲"), person("乙"), person("丙"))
    ]
    assert refused(revoke_representation, rows[0].pk, by=actor_of(other_head)) == ["ACC-302"]
    assert refused(revoke_representation, 999_999, by=actor_of(other_head)) == ["ACC-302"]
    assert refused(revoke_representation, rows[0].pk, by=PUBLIC) == ["ACC-302"]
    for row, by in zip(rows, (actor_of(head), actor_of(rows[1].representative), CLERK), strict=True):
        assert revoke_representation(row.pk, by=by).revoked_by == by.key


def test_two_heads_do_not_turn_each_other_out() -> None:
    """Who heads a firm is ended where it was recorded."""
    first, second = headed(), headed()
    row = Representation.objects.get(representative=second)
    assert refused(revoke_representation, row.pk, by=actor_of(first)) == ["ACC-302"]
    revoke_representation(row.pk, by=CLERK)
    assert len(subjects_of(actor_of(second))) == 1


def test_a_new_allowance_takes_the_place_of_the_one_before() -> None:
    """One of a kind at a time; the one before stays to be read."""
    head, staff = headed(), person("办")
    first = grant_representation(staff, FIRM.code, "staff", by=actor_of(head))
    second = grant_representation(staff, FIRM.code, "staff", by=actor_of(head), affairs=["tax"])
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert subject_for(actor_of(staff), FIRM.code).representation == second.pk


def test_two_kinds_together_allow_what_either_does() -> None:
    """Limited by the one, unlimited by the other: unlimited."""
    head, both = headed(), person("办")
    grant_representation(both, FIRM.code, "staff", by=actor_of(head), affairs=["tax"])
    grant_representation(both, FIRM.code, "agent", by=actor_of(head), affairs=["permit"])
    assert set(subject_for(actor_of(both), FIRM.code).affairs) == {"tax", "permit"}
    grant_representation(both, FIRM.code, "agent", by=actor_of(head))
    assert subject_for(actor_of(both), FIRM.code, "anything").affairs == ()


def request_of(account: Account) -> HttpRequest:
    """A request in a session of its own."""
    request = RequestFactory().get("/")
    request.user = account
    request.session = SessionStore()
    return request


def next_request(before: HttpRequest) -> HttpRequest:
    """Another request of the same session."""
    request = RequestFactory().get("/")
    request.user, request.session = before.user, before.session
    return request


def test_a_session_acts_for_whom_was_chosen_until_that_ends() -> None:
    """The choice is asked anew with each request."""
    head = headed()
    first = request_of(create_account("fa", "long-enough-2025", head, by=BY))
    assert chosen_subject(first).code == head.code
    assert choose_subject(first, FIRM.code).code == FIRM.code
    assert chosen_subject(first).code == FIRM.code
    assert chosen_subject(next_request(first)).code == FIRM.code
    revoke_representation(Representation.objects.get().pk, by=CLERK)
    assert chosen_subject(next_request(first)).code == head.code


def test_nobody_chooses_for_whom_they_may_not_act() -> None:
    """The choice before stays."""
    someone = person()
    request = request_of(create_account("an", "long-enough-2025", someone, by=BY))
    assert refused(choose_subject, request, FIRM.code) == ["ACC-302"]
    assert chosen_subject(next_request(request)).code == someone.code
    headed()
    assert refused(choose_subject, request, FIRM.code) == ["ACC-302"]


STEPS = st.lists(st.tuples(st.sampled_from(["grant", "revoke"]), st.integers(0, 2)), max_size=12)


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(STEPS)
def test_who_acts_is_who_was_allowed_and_not_revoked(steps: list[tuple[str, int]]) -> None:
    """Whatever the order of grants and revocations."""
    head, staff = headed(), [person(str(number)) for number in range(3)]
    expected: dict[int, int] = {}
    for step, number in steps:
        if step == "grant":
            row = grant_representation(staff[number], FIRM.code, "staff", by=actor_of(head))
            expected[number] = row.pk
        elif number in expected:
            revoke_representation(expected.pop(number), by=actor_of(head))
    found = {
        number: subject.representation
        for number, one in enumerate(staff)
        for subject in subjects_of(actor_of(one))
        if subject.code == FIRM.code
    }
    assert found == expected

"""How sure it is who somebody is, who may say so, and what is refused to whom is not known well enough."""

from __future__ import annotations

from typing import Any

import pytest

from beichen.kernel.access import holdings as register
from beichen.kernel.access.service import (
    Assurance,
    Holding,
    assurance_of,
    erase_holdings,
    export_holdings,
    holdings,
    load_roles,
    record_identity,
    register_holding,
    require_assurance,
    save_role,
)
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org.service import actor_of, register_person
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
CLERK = Actor("person:CLERK", "clerk", (Scope("clerk"),))


@pytest.fixture(autouse=True)
def roles() -> None:
    """The built-in roles, and a clerk who checks."""
    load_roles(by=BY)
    save_role("clerk", "窗口", ["access.identity.check"], Level.L3, by=BY)


def refused(call: Any, *args: Any, **named: Any) -> ProblemError:
    """What ``call`` raises."""
    with pytest.raises(ProblemError) as caught:
        call(*args, **named)
    return caught.value


def test_people_say_who_they_are_until_a_window_sees_a_paper() -> None:
    """The best that is known counts, whatever came last."""
    person = register_person("安然", by=BY)
    by = actor_of(person)
    assert assurance_of(by) == Assurance.SELF_STATED
    require_assurance(by, "self-stated")
    error = refused(require_assurance, by, "window")
    assert (error.problems[0].code, error.status) == ("ACC-304", 403)
    assert "window" in error.problems[0].hint
    record_identity(person, "upstream", "issuer", by=BY)
    record_identity(person, "window", "居民身份证 尾号 0017", by=CLERK)
    assert assurance_of(by) == Assurance.UPSTREAM
    require_assurance(by, Assurance.WINDOW)
    assert AuditRecord.objects.filter(action="access.identity.check", subject=person.code).count() == 2


def test_a_window_corrects_the_name_that_somebody_stated() -> None:
    """To what the paper says."""
    person = register_person("小安", by=BY)
    record_identity(person, "window", "居民身份证", by=CLERK, name=" 安然 ")
    person.refresh_from_db()
    assert person.name == "安然"


def test_who_may_not_check_and_what_is_no_check() -> None:
    """Not oneself, not without a paper, not what people state themselves."""
    person, clerk = register_person("安然", by=BY), register_person("窗", by=BY)
    own = Actor(f"person:{clerk.code}", "窗", (Scope("clerk"),))
    assert refused(record_identity, person, "window", "x", by=actor_of(person)).problems[0].code == "ACC-403"
    assert refused(record_identity, clerk, "window", "x", by=own).problems[0].code == "ACC-305"
    assert refused(record_identity, person, "window", " ", by=CLERK).problems[0].code == "ACC-305"
    assert refused(record_identity, person, "self-stated", "x", by=CLERK).problems[0].code == "ACC-305"
    assert refused(record_identity, person, "friend", "x", by=CLERK).problems[0].code == "ACC-305"


def test_nobody_is_not_assured_and_the_house_needs_not_to_be() -> None:
    """A public visitor signs in first."""
    assert refused(require_assurance, PUBLIC, "window").problems[0].code == "ACC-301"
    require_assurance(BY, "upstream")


def test_what_rooms_keep_of_a_person_is_shown_exported_and_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    """For who acts alone, and each look leaves a record of their own."""
    monkeypatch.setattr(register, "_holdings", {})
    kept = {"A": 2, "B": 3}

    def erase(code: str, _by: Actor) -> int:
        return kept.pop(code, 0)

    given = Holding("notes", "n", "w", "h", lambda code: kept.get(code, 0), lambda code: {"of": code}, erase)
    register_holding(given)
    register_holding(
        Holding("seals", "s", "w", "h", lambda _code: 1, lambda code: [code], stays="law", order=10)
    )
    assert [one.key for one in holdings()] == ["seals", "notes"]
    by = Actor("person:A", "A")
    assert export_holdings(by=by) == {"seals": ["A"], "notes": {"of": "A"}}
    assert erase_holdings(["notes", "seals", "unknown"], by=by) == {"notes": 2}
    assert kept == {"B": 3}
    assert export_holdings(by=PUBLIC) == {}
    assert erase_holdings(["notes"], by=PUBLIC) == {}
    acts = AuditRecord.objects.filter(subject="A").values_list("action", flat=True)
    assert list(acts) == ["access.data.export", "access.data.erase"]

"""The one decision: by row and by query the same, deny by default, and who could allow it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.kernel.access.decision import forget_roles
from beichen.kernel.access.models import Role
from beichen.kernel.access.roles import BUILTIN
from beichen.kernel.access.service import (
    clearance,
    decide,
    disclose,
    load_roles,
    permission,
    reach,
    readable_fields,
    require,
    save_role,
    visible,
)
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Person, Post, Region
from beichen.kernel.org.service import (
    BodyFacts,
    RegionFacts,
    appoint,
    load_bodies,
    load_regions,
    register_person,
)
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db
BY = system("test")
READ = permission("test.thing.read", "读", "Read a thing")
WRITE = permission("test.thing.write", "写", "Write a thing")
REGIONS = ("", "/1/", "/1/11/", "/1/12/", "/2/", "/1/1/", "/1/11/x_/")
BODIES = ("", "/a/", "/a/b/", "/A/", "/a/b-/", "/c/")
ROLES = ("reader", "writer", "all-of-room", "everything", "nothing", "unknown")


@pytest.fixture
def world() -> None:
    """A small city: two trees, six roles, a post in every place."""
    load_regions(
        [
            RegionFacts("1", "甲", "province"),
            RegionFacts("11", "乙", "city", "1"),
            RegionFacts("12", "丙", "city", "1"),
            RegionFacts("2", "丁", "province"),
            RegionFacts("x_", "戊", "county", "11"),
        ],
        by=BY,
    )
    load_bodies(
        [BodyFacts("a", "子"), BodyFacts("b", "丑", parent="a"), BodyFacts("A", "寅"), BodyFacts("c", "卯")],
        by=BY,
    )
    granted = {
        "reader": [READ],
        "writer": [WRITE],
        "all-of-room": ["test.*"],
        "everything": ["*"],
        "nothing": [],
    }
    for number, (key, names) in enumerate(granted.items()):
        save_role(key, key, names, Level(number % 4 + 1), by=BY)
    person = register_person("安", by=BY)
    for body in Body.objects.all():
        for region in Region.objects.all():
            appoint(person, f"{body.key}-{region.code}", body, region, by=BY)


scopes = st.lists(
    st.builds(Scope, st.sampled_from(ROLES), st.sampled_from(BODIES), st.sampled_from(REGIONS)), max_size=4
)


@pytest.mark.usefixtures("world")
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(held=scopes, action=st.sampled_from([READ, WRITE]))
def test_the_query_and_the_decision_agree(held: list[Scope], action: str) -> None:
    """`visible` gives exactly the rows that `decide` allows, in one query; for posts and for bodies."""
    actor = Actor("person:X", "安", tuple(held))
    decide(actor, action)  # the roles are in the cache from here on
    for model in (Post, Body, Region, Person):
        rows = list(model._default_manager.select_related())
        with CaptureQueriesContext(connection) as queries:
            seen = set(visible(actor, action, model._default_manager.order_by()).values_list("pk", flat=True))
        assert len(queries) <= 1
        assert seen == {row.pk for row in rows if decide(actor, action, row)}


@pytest.mark.usefixtures("world")
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(held=scopes, extra=scopes, action=st.sampled_from([READ, WRITE]), level=st.sampled_from(Level))
def test_another_post_never_takes_a_right_away(
    held: list[Scope], extra: list[Scope], action: str, level: Level
) -> None:
    """More posts allow more; a higher level allows less."""
    less, more = Actor("p", "p", tuple(held)), Actor("p", "p", (*held, *extra))
    for row in Post.objects.select_related("body", "region")[:10]:
        assert decide(more, action, row, level=level) or not decide(less, action, row, level=level)
        assert decide(less, action, row) or not decide(less, action, row, level=level)
        assert (clearance(less, action, row) >= level) or not decide(less, action, row, level=level)


@pytest.mark.usefixtures("world")
def test_nobody_may_do_anything_by_default() -> None:
    """No post, an unknown role, a role without permissions."""
    row = Post.objects.first()
    for held in ((), (Scope("unknown"),), (Scope("nothing"),)):
        actor = Actor("person:X", "安", held)
        assert not decide(actor, READ)
        assert not decide(actor, READ, row)
        assert not visible(actor, READ, Post.objects.all()).exists()
        assert decide(actor, READ).reason == "no post carries the permission test.thing.read"


@pytest.mark.usefixtures("world")
def test_a_refusal_says_why_and_who_could_allow_it() -> None:
    """The permission, the level, or the place."""
    post = Post.objects.get(body__key="c", region__code="2")
    reader = Actor("person:X", "安", (Scope("reader", "/a/", "/1/"),))
    refused = decide(reader, READ, post)
    assert refused.reason == "the resource lies outside the region or body of every post"
    assert set(refused.grantors) == {"reader", "all-of-room", "everything"}
    refused = decide(reader, READ, level=Level.L3)
    assert refused.reason == "data of level L3 is above the clearance of every post"
    assert set(refused.grantors) == {"all-of-room", "everything"}
    with pytest.raises(ProblemError) as error:
        require(reader, WRITE)
    problem = error.value.problems[0]
    assert (problem.code, problem.status) == ("ACC-403", 403)
    assert problem.hint == "could be allowed by: all-of-room, everything, writer"


@pytest.mark.usefixtures("world")
def test_who_could_allow_it_is_named_in_the_readers_language() -> None:
    Role.objects.filter(key="writer").update(name="记录员", name_en="Recorder")
    Role.objects.filter(key="everything").update(name="管理员", name_en="")
    forget_roles()
    for language, names in (("zh-hans", {"记录员", "管理员"}), ("en", {"Recorder", "管理员"})):
        with translation.override(language):
            assert names <= set(decide(Actor("p", "p"), WRITE).grantors)


@pytest.mark.usefixtures("world")
def test_an_allowed_act_says_by_which_post() -> None:
    """The reason goes into the record of what was read."""
    post = Post.objects.get(body__key="b", region__code="11")
    decision = require(Actor("p", "p", (Scope("reader", "/a/", "/1/"),)), READ, post)
    assert decision.reason == "role reader in /1/ /a/"


@pytest.mark.usefixtures("world")
def test_a_neighbour_is_not_below() -> None:
    """Region 1 does not hold region 11's namesake, body a not body A nor a-b."""
    actor = Actor("p", "p", (Scope("reader", "/a/", "/1/11/"),))
    seen = visible(actor, READ, Post.objects.all()).values_list("body__key", "region__code")
    assert set(seen) == {("a", "11"), ("b", "11"), ("a", "x_"), ("b", "x_")}


@pytest.mark.usefixtures("world")
def test_a_part_of_beichen_may_do_everything() -> None:
    """The relay and the scheduler act for nobody."""
    assert decide(BY, WRITE, Post.objects.first(), level=Level.L4)
    assert visible(BY, WRITE, Post.objects.all()).count() == Post.objects.count()
    assert reach(BY, WRITE) == [("", Level.L4)]


def test_an_action_that_no_room_declares_is_a_mistake_of_the_room() -> None:
    """Not a refusal: a misspelt name must not look like a missing right."""
    with pytest.raises(ValueError, match="no room declares"):
        decide(PUBLIC, "test.thing.raed")
    with pytest.raises(ValueError, match="is not of the form"):
        permission("Test", "", "")
    with pytest.raises(ValueError, match="declared twice"):
        permission(READ, "另", "Other")


@pytest.mark.usefixtures("world")
def test_personal_fields_need_clearance_and_leave_a_trace() -> None:
    """A phone number is L3: who may not read it does not get it; who may is remembered."""
    person = register_person("安", by=BY, phone="13800000000")
    names = ["name", "phone"]
    low, high = Actor("person:L", "低", (Scope("reader"),)), Actor("person:H", "高", (Scope("all-of-room"),))
    assert readable_fields(low, READ, person, names) == []
    seen = disclose(high, READ, person, names, subject=person.code, purpose="回访")
    assert seen == {"name": "安", "phone": "13800000000"}
    entry = AuditRecord.objects.get(subject=person.code, action=READ)
    assert (entry.actor, entry.reason) == ("person:H", "role all-of-room in * *")
    assert entry.detail == '{"fields":["phone"],"purpose":"回访"}'
    assert disclose(low, READ, person, names, subject=person.code, purpose="看看") == {}
    with pytest.raises(ProblemError):
        disclose(PUBLIC, READ, person, names, subject=person.code, purpose="看看")
    assert AuditRecord.objects.filter(action=READ).count() == 1


def test_a_role_works_at_once_and_a_citys_change_stays() -> None:
    """Writing a role drops the cache; loading the built-in ones leaves a changed one alone."""
    load_roles(by=BY)
    reader = Actor("p", "p", (Scope("officer"),))
    assert not decide(reader, READ)
    save_role("officer", "职员", [READ], Level.L1, by=BY)
    assert decide(reader, READ)
    load_roles(by=BY)
    assert Role.objects.get(key="officer").name == "职员"
    saved = AuditRecord.objects.filter(action="access.role.save").count()
    save_role("officer", "职员", [READ], Level.L1, by=BY)
    assert AuditRecord.objects.filter(action="access.role.save").count() == saved


def test_the_built_in_roles_are_written_together_and_each_is_recorded(
    django_assert_max_num_queries: Any,
) -> None:
    """Three statements a record, and few beside: every start of a house asks for them."""
    with django_assert_max_num_queries(3 * len(BUILTIN) + 8):
        load_roles(by=BY)
    saved = AuditRecord.objects.filter(action="access.role.save").order_by("sequence")
    assert [one.resource for one in saved] == [f"kernel_access.role:{role.key}" for role in BUILTIN]
    shipped = {role.key: list(role.permissions) for role in BUILTIN}
    assert {row.key: row.permissions for row in Role.objects.all()} == shipped
    assert {row.key: row.shipped for row in Role.objects.all()} == shipped
    with django_assert_max_num_queries(3):
        load_roles(by=BY)


def test_a_release_adds_to_a_role_and_takes_from_it_what_the_city_left_as_it_came() -> None:
    load_roles(by=BY)
    role = Role.objects.get(key="grid-worker")
    first, second, *others = role.permissions
    # The release before had `room.old` for `second`; the city took `first` away and gave `room.own`.
    Role.objects.filter(key="grid-worker").update(
        shipped=[first, "room.old", *others], permissions=["room.own", "room.old", *others]
    )
    load_roles(by=BY)
    role.refresh_from_db()
    assert role.permissions == ["room.own", *others, second]
    assert role.shipped == [first, second, *others]


def test_a_role_that_the_city_declares_is_left_alone() -> None:
    load_roles(by=BY)
    Role.objects.filter(key="grid-worker").update(shipped=[], permissions=["room.own"])
    load_roles(by=BY)
    assert Role.objects.get(key="grid-worker").permissions == ["room.own"]

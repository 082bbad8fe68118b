"""Codes of people at gates: once, for whom they were made, while what they stand for holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.fronts.codes import service, showing
from beichen.fronts.codes.models import Counter, Gate, KeyUse, Scan
from beichen.fronts.codes.problems import BAD_GRANT, NO_CARD, NO_READER, TOO_MANY
from beichen.fronts.codes.scanning import MOST_AT_ONCE, READ_ACTION
from beichen.fronts.codes.tests import town
from beichen.fronts.codes.tests.town import BUS, LIBRARY, NOW, read, shown
from beichen.kernel.actor import Actor
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import actor_of
from beichen.problem import ProblemError
from beichen_proof import code as proof

pytestmark = pytest.mark.django_db
SAME = settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)


def keys() -> proof.Keys:
    return proof.keys_of(service.key_set())


def test_a_code_opens_once() -> None:
    row, gate = town.person(), town.gate()[0]
    (text,) = shown(row)
    answer = read(text, gate)
    assert (answer.accepted, answer.reason, answer.entitlement) == (True, "granted", "library-loan")
    assert [read(text, gate).reason for _again in range(2)] == ["replayed"] * 2
    scan = service.own_scans(actor_of(row)).get()
    assert (scan.reader.key, scan.place, scan.answer, scan.repeats) == (LIBRARY, "door-1 处", "granted", 2)


def test_codes_of_the_next_minutes_work_in_their_time() -> None:
    """A phone without a network: each in its window, none before, none after."""
    row, gate = town.person(), town.gate()[0]
    made = service.make_codes(row, town.entitlement("library-loan"), town.reader(LIBRARY), now=NOW)
    assert len(made) == showing.AHEAD
    for one in made:
        opened = proof.opened(one.text, keys())
        assert opened.until - opened.since <= proof.LIFETIME
        assert opened.since % showing.STEP_SECONDS == 0
    last = made[-1]
    start = NOW.timestamp()
    assert read(last.text, gate).reason == "not-yet-valid"
    assert read(last.text, gate, NOW + timedelta(seconds=last.until - start + 6)).reason == "expired"
    assert read(last.text, gate, NOW + timedelta(seconds=last.shown_from - start)).accepted


def test_other_readers_and_purposes_refuse_it() -> None:
    row = town.person()
    service.grant(town.entitlement("bus-rides"), row, by=town.BY, now=NOW)
    library = town.gate("door-1", LIBRARY, ("library-loan",))[0]
    bus = town.gate("bus-1", BUS, ("bus-rides",))[0]
    (loan,) = shown(row)
    assert read(loan, bus).reason == "other-party"
    (ride,) = shown(row, "bus-rides", LIBRARY)
    assert read(ride, library).reason == "other-purpose"
    assert Scan.objects.count() == 0
    with pytest.raises(ProblemError) as error:
        shown(row, "library-loan", BUS)
    assert error.value.problems[0].code == NO_READER


def test_why_an_entitlement_does_not_hold() -> None:
    row, kind = town.person(), town.entitlement("bus-rides")
    with pytest.raises(ProblemError) as error:
        shown(row, "bus-rides", BUS)
    assert error.value.problems[0].code == NO_CARD
    gate = town.gate("bus-1", BUS, ("bus-rides",))[0]
    held = service.grant(kind, row, by=town.BY, now=NOW)
    codes = (
        shown(row, "bus-rides", BUS, count=1) + shown(row, "bus-rides", BUS) + shown(row, "bus-rides", BUS)
    )
    service.change_grant(held.pk, "suspend", "核查", by=town.BY)
    assert read(codes[0], gate).reason == "suspended"
    service.change_grant(held.pk, "resume", "核查完毕", by=town.BY)
    assert read(codes[1], gate).reason == "granted"
    service.change_grant(held.pk, "revoke", "迁出", by=town.BY)
    assert read(codes[2], gate).reason == "revoked"
    with pytest.raises(ProblemError) as error:
        service.change_grant(held.pk, "resume", "x", by=town.BY)
    assert error.value.problems[0].code == BAD_GRANT
    service.grant(kind, row, by=town.BY, now=NOW, until=NOW + timedelta(seconds=20))
    (late,) = shown(row, "bus-rides", BUS)
    assert read(late, gate, NOW + timedelta(seconds=25)).reason == "expired-grant"


def test_hours_count_in_the_citys_time() -> None:
    row, gate = town.person(), town.gate("bus-1", BUS, ("off-peak",))[0]
    for hours, reason in ((0, "granted"), (7, "not-now"), (5 * 24, "not-now")):
        at = NOW + timedelta(hours=hours)
        (text,) = shown(row, "off-peak", BUS, at)
        assert read(text, gate, at).reason == reason


def test_rides_are_counted_and_end() -> None:
    row = town.person()
    service.grant(town.entitlement("bus-rides"), row, by=town.BY, now=NOW)
    gate = town.gate("bus-1", BUS, ("bus-rides",), takes=True)[0]
    codes = [shown(row, "bus-rides", BUS)[0] for _ride in range(3)]
    answers = service.read_codes(
        [service.Brought(text) for text in codes], service.point_of(gate), by=town.BY, now=NOW
    )
    assert [(one.reason, one.left) for one in answers] == [("granted", 1), ("granted", 0), ("used-up", 0)]
    assert Counter.objects.get().left == 0
    service.grant(town.entitlement("bus-rides"), row, by=town.BY, now=NOW)
    assert read(shown(row, "bus-rides", BUS)[0], gate).left == 1


def test_a_lost_phone_is_worth_nothing() -> None:
    row, gate = town.person(), town.gate()[0]
    made = shown(row, count=showing.AHEAD)
    later = NOW + timedelta(seconds=40)
    service.withdraw_codes(row, by=actor_of(row), now=later)
    assert read(made[2], gate, NOW + timedelta(seconds=60)).reason == "revoked"
    (fresh,) = shown(row, now=NOW + timedelta(seconds=80))
    assert read(fresh, gate, NOW + timedelta(seconds=80)).accepted
    listed = service.withdrawals(town.reader(LIBRARY), now=later)
    opened = proof.opened(made[3], keys())
    assert [one["pseudonym"] for one in listed] == [opened.pseudonym]
    assert service.withdrawals(town.reader(BUS), now=later) == []
    assert service.withdrawals(town.reader(LIBRARY), now=later + timedelta(hours=1)) == []


def test_a_gate_without_a_network_brings_its_scans_once() -> None:
    row, first, second = town.person(), town.gate("door-1")[0], town.gate("door-2")[0]
    offline = proof.Gate(keys(), LIBRARY, ["library-loan"])
    codes = shown(row, count=2)
    offline.read(codes[0], NOW.timestamp())
    brought = [service.Brought(codes[0], NOW), service.Brought(codes[1], NOW - timedelta(seconds=60))]
    later = NOW + timedelta(hours=3)

    def bring(gate: Gate) -> list[tuple[str, bool]]:
        answers = service.read_codes(brought, service.point_of(gate), by=town.BY, now=later)
        return [(one.reason, one.is_known) for one in answers]

    assert bring(first) == [("granted", False), ("not-yet-valid", False)]
    assert bring(first) == [("granted", True), ("not-yet-valid", False)]
    assert bring(second) == [("replayed", False), ("not-yet-valid", False)]
    assert Scan.objects.get().is_offline
    old = [service.Brought(codes[0], NOW)]
    assert (
        service.read_codes(old, service.point_of(first), by=town.BY, now=NOW + timedelta(days=8))[0].reason
        == "expired"
    )


def test_a_stolen_key_is_believed_no_more() -> None:
    row, gate = town.person(), town.gate()[0]
    (before,) = shown(row)
    key = next(iter(keys()))
    service.rotate_key(KeyUse.PERSON, by=town.BY)
    (after,) = shown(row)
    assert read(after, gate).accepted
    service.refuse_key(key, "stolen", by=town.BY)
    assert read(before, gate).reason == "unknown-issuer"
    assert key not in keys()
    assert proof.opened(after, keys()).pseudonym == read(shown(row)[0], gate).pseudonym


@SAME
@given(st.text(max_size=450))
def test_whatever_is_brought_is_answered(text: str) -> None:
    gate = service.point_of(_gate())
    for one in (text, proof.PREFIX + text):
        assert not service.read_codes([service.Brought(one)], gate, by=town.BY, now=NOW)[0].accepted


def _gate() -> Gate:
    return Gate.objects.filter(key="door-1").select_related("reader").first() or town.gate()[0]


def test_too_many_at_once_are_refused() -> None:
    point = service.point_of(town.gate()[0])
    with pytest.raises(ProblemError) as error:
        service.read_codes([service.Brought("x")] * (MOST_AT_ONCE + 1), point, by=town.BY)
    assert error.value.problems[0].code == TOO_MANY


def test_two_gates_at_two_readers_learn_nothing_in_common() -> None:
    """Of the same person in the same half minute: no field that only their two codes share."""
    row, stranger = town.person("li"), town.person("wang")
    for one in (row, stranger):
        service.grant(town.entitlement("bus-rides"), one, by=town.BY, now=NOW)

    def said(who: Person, to: str) -> set[object]:
        found = proof.opened(shown(who, "bus-rides", to)[0], keys())
        return {found.pseudonym, found.nonce, found.since, found.until, found.issued, found.key}

    same = said(row, BUS) & said(row, LIBRARY)
    assert same == said(row, BUS) & said(stranger, LIBRARY)
    assert len(same) == 3  # the beginning and the end of the minute, and the city's key


def test_the_person_sees_who_read_and_the_chain_is_told_once_a_day() -> None:
    row, gate = town.person(), town.gate()[0]
    for seconds in (0, 60, 120):
        at = NOW + timedelta(seconds=seconds)
        read(shown(row, now=at)[0], gate, at)
    next_day = NOW + timedelta(days=1)
    read(shown(row, now=next_day)[0], gate, next_day)
    assert service.own_scans(actor_of(row)).count() == 4
    told = AuditRecord.objects.filter(action=READ_ACTION, subject=row.code)
    assert [(one.subject, one.resource, one.detail) for one in told] == [
        (row.code, f"fronts_codes.reader:{LIBRARY}", "{}")
    ] * 2


def test_nobody_asks_for_the_scans_of_another() -> None:
    row, gate = town.person(), town.gate()[0]
    read(shown(row)[0], gate)
    for other in (actor_of(town.person("wang")), town.role("administrator"), Actor("client:x", "x"), town.BY):
        assert not service.own_scans(other).exists()


def test_scans_are_forgotten() -> None:
    row, gate = town.person(), town.gate()[0]
    read(shown(row)[0], gate)
    assert service.forget_scans(NOW + timedelta(days=29)) == 0
    assert service.forget_scans(NOW + timedelta(days=31)) == 1
    assert not Scan.objects.exists()

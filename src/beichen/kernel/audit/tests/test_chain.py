"""The chain refuses changes; who gets round the triggers is found, with the place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from beichen.kernel.actor import Actor, system
from beichen.kernel.audit.chain import GENESIS
from beichen.kernel.audit.models import AuditHead, AuditRecord
from beichen.kernel.audit.service import ANCHOR, BROKEN, HEAD, MISSING, Verification, anchor, record, verify

BY = system("test")
RECORDS, HEADS = AuditRecord.objects, AuditHead.objects


TABLES = "kernel_audit_record", "kernel_audit_head"


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _triggers() -> dict[str, str]:
    """What SQLite keeps of the chain's triggers, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'kernel_audit_%'"
        )
        return dict(cursor.fetchall())


def drop_triggers() -> None:
    """What an attacker with all rights does first."""
    if connection.vendor == "sqlite":
        _execute(*(f"DROP TRIGGER {name}" for name in _triggers()))
    else:
        _execute(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES))


@pytest.fixture
def empty(db: None) -> None:
    """A chain of no records, whatever ran before: its tables outlive every other test."""
    whole = _triggers().values() if connection.vendor == "sqlite" else ()
    drop_triggers()
    RECORDS.all().delete()
    HEADS.update(sequence=0, hash=GENESIS)
    _execute(*(whole or (f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES)))


@pytest.fixture
def chain(empty: None) -> None:
    """Five records."""
    for number in range(1, 6):
        record(BY, "test.thing.do", f"test.thing:{number}", detail={"number": number})


def found(verification: Verification) -> list[tuple[str, int | None]]:
    """The codes and the records they stand at."""
    return [(problem.code, problem.where.row) for problem in verification.problems]


@pytest.mark.usefixtures("chain")
def test_a_whole_chain_has_no_problem() -> None:
    verification = verify()
    assert (verification.records, verification.problems) == (5, [])
    assert verification.head == AuditRecord.objects.get(sequence=5).hash


@pytest.mark.usefixtures("empty")
def test_an_empty_chain_has_no_problem() -> None:
    assert (verify().records, verify().problems) == (0, [])


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: RECORDS.filter(sequence=2).update(actor="nobody"), "append-only"),
        (lambda: RECORDS.filter(sequence=5).delete(), "append-only"),
        (lambda: RECORDS.all().delete(), "append-only"),
        (lambda: HEADS.all().delete(), "chain keeps its head|append-only"),
        (lambda: HEADS.update(sequence=3), "only grows"),
        (lambda: HEADS.update(hash="0"), "only grows"),
    ],
)
def test_the_database_refuses(act: Callable[[], object], said: str) -> None:
    """No change and no removal, whoever asks."""
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        act()
    assert verify().problems == []


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize(
    "column", ["at", "actor", "action", "resource", "subject", "reason", "address", "detail"]
)
def test_a_changed_record_is_found(column: str) -> None:
    """Whatever part of it was changed."""
    drop_triggers()
    RECORDS.filter(sequence=3).update(**{column: "x"})
    assert found(verify()) == [(BROKEN, 3)]


@pytest.mark.usefixtures("chain")
def test_a_changed_record_with_a_new_hash_is_found_at_the_next() -> None:
    """Its own hash fits; the record after it says otherwise."""
    drop_triggers()
    RECORDS.filter(sequence=3).update(hash="a" * 64)
    assert found(verify()) == [(BROKEN, 3), (MISSING, 4)]


@pytest.mark.usefixtures("chain")
def test_a_removed_record_is_found() -> None:
    """The gap is named once."""
    drop_triggers()
    RECORDS.filter(sequence__in=[2, 3]).delete()
    verification = verify()
    assert found(verification) == [(MISSING, 4)]
    assert verification.problems[0].message == "record 2 is missing; 4 follows"


@pytest.mark.usefixtures("chain")
def test_reordered_records_are_found() -> None:
    """Two records that changed places fit neither their hashes nor each other."""
    drop_triggers()
    for before, after in ((2, 100), (3, 2), (100, 3)):
        RECORDS.filter(sequence=before).update(sequence=after)
    codes = found(verify())
    assert {(BROKEN, 2), (BROKEN, 3), (MISSING, 2), (MISSING, 3), (MISSING, 4)} == set(codes)


@pytest.mark.usefixtures("chain")
def test_a_cut_end_is_found_by_the_head() -> None:
    """The head says how long the chain was."""
    drop_triggers()
    RECORDS.filter(sequence__gt=3).delete()
    verification = verify()
    assert found(verification) == [(HEAD, 3)]
    assert verification.problems[0].message == "the chain ends at 3, its head says 5"


@pytest.mark.usefixtures("chain")
def test_a_head_that_is_gone_is_found() -> None:
    """As a problem like the others, with everything else that the chain has."""
    drop_triggers()
    HEADS.all().delete()
    assert found(verify()) == [(HEAD, 5)]


@pytest.mark.usefixtures("chain")
def test_a_cut_end_with_a_rewritten_head_is_found_by_the_anchors(tmp_path: Path) -> None:
    """The anchors stand outside the database."""
    file = tmp_path / "audit.anchors"
    anchor(file)
    drop_triggers()
    RECORDS.filter(sequence__gt=3).delete()
    last = AuditRecord.objects.get(sequence=3)
    HEADS.update(sequence=3, hash=last.hash)
    assert found(verify()) == []
    assert found(verify(file)) == [(ANCHOR, 5)]


@pytest.mark.usefixtures("chain")
def test_anchors_are_written_when_the_chain_has_moved(tmp_path: Path) -> None:
    """One line a head; the whole chain passes through them."""
    file = tmp_path / "data/audit.anchors"
    anchor(file)
    anchor(file)
    record(BY, "test.thing.do", "test.thing")
    anchor(file)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    assert verify(file).problems == []


@pytest.mark.usefixtures("chain")
def test_a_rewritten_chain_does_not_pass_through_its_anchors(tmp_path: Path) -> None:
    """A chain that was made anew is whole in itself and not the one that was anchored."""
    file = tmp_path / "audit.anchors"
    anchor(file)
    drop_triggers()
    RECORDS.all().delete()
    HEADS.update(sequence=0, hash=GENESIS)
    for number in range(1, 6):
        record(BY, "test.thing.invent", f"test.thing:{number}")
    assert found(verify()) == []
    assert found(verify(file)) == [(ANCHOR, 5)]


@pytest.mark.usefixtures("chain")
def test_anchors_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """A line that was cut off is a problem, not the end of the verification."""
    file = tmp_path / "audit.anchors"
    file.write_text('{"sequence": 1\n[]\n', encoding="utf-8")
    anchor(file)
    assert found(verify(file)) == [(ANCHOR, 1), (ANCHOR, 2)]


@pytest.mark.usefixtures("empty")
def test_a_record_and_its_act_happen_together() -> None:
    """What is rolled back leaves no record, and the chain no gap."""
    with transaction.atomic():
        record(BY, "test.thing.do", "test.thing")
        transaction.set_rollback(True)
    record(BY, "test.thing.do", "test.thing")
    assert AuditRecord.objects.get().sequence == AuditHead.objects.get().sequence == 1
    assert verify().problems == []


@pytest.mark.usefixtures("db")
def test_a_record_says_who_and_why() -> None:
    """Everything that does not fit its column is shortened before it is hashed."""
    who = Actor("person:ABC", "安", address="10.0.0.1")
    entry = record(who, "a.b.c", "r" * 500, reason="x" * 500, subject="F" * 64, detail={"字": 1})
    entry.refresh_from_db()
    assert (entry.actor, entry.address, entry.subject, entry.detail) == (
        "person:ABC",
        "10.0.0.1",
        "F" * 64,
        '{"字":1}',
    )
    assert (len(entry.resource), len(entry.reason)) == (200, 200)
    assert verify().problems == []


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_line_up() -> None:
    """Records of many writers form one chain without a gap."""

    def write() -> None:
        try:
            for _ in range(10):
                record(BY, "test.thing.do", "test.thing")
        finally:
            connection.close()

    before = AuditHead.objects.get().sequence
    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert AuditHead.objects.get().sequence == before + 60
    assert verify().problems == []

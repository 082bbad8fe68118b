"""The log: sealing, integration, proofs and bundles, and what happens to whoever changes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from beichen.kernel.access.service import load_roles
from beichen.platforms.ledger import codes, identity, integrating, proving, service, store
from beichen.platforms.ledger.models import Checkpoint, Entry, Log
from beichen.platforms.ledger.sealing import entry_text
from beichen.platforms.ledger.tests.ground import BY, SEALED, reader, seal, seal_many, sha256
from beichen.platforms.ledger.witnessing import policy_text
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen_proof.bundle import check_bundle
from beichen_proof.checkpoint import opened
from beichen_proof.merkle import check_consistency, check_inclusion, leaf_hash
from beichen_proof.note import Verifier
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError

pytestmark = pytest.mark.django_db


def fails(code: str) -> AbstractContextManager[object]:
    return pytest.raises(ProblemError, match=code)


def key() -> Verifier:
    return Verifier.parse(Log.objects.get().key)


def rewrite(sql: str, *values: str) -> None:
    """As somebody with the database's password would."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def found() -> list[str]:
    return [problem.code for problem in service.verify().problems]


def test_what_is_sealed_is_in_the_log() -> None:
    row = seal("T-1", "the text")
    assert (row.position, service.integrate()) == (None, 1)
    row.refresh_from_db()
    assert row.position == 0
    held, _note = opened(proving.published().note, key())
    assert (held.size, held.origin) == (1, "localhost:8000/tlog")
    assert held.root == leaf_hash(row.text.encode())
    assert service.integrate() == 0


def test_the_public_log_tells_nothing_of_what_was_sealed() -> None:
    row = seal("case:AJ-1", "secret")
    assert "AJ-1" not in row.text
    assert sha256("secret") not in row.text
    assert set(json.loads(row.text)) == {"at", "commitment", "kind"}


def test_the_same_seal_is_one_entry() -> None:
    first, second, third = seal("T-1"), seal("T-1"), seal("T-1", "changed")
    assert first.pk == second.pk != third.pk
    assert Entry.objects.count() == 2


def test_a_seal_goes_with_its_transaction() -> None:
    def seal_and_fail() -> None:
        with transaction.atomic():
            seal("T-1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        seal_and_fail()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("kind", "reference", "hash_", "code"),
    [
        ("no.kind", "x", "0" * 64, codes.NO_KIND),
        ("test.thing", "", "0" * 64, codes.BAD_SEAL),
        ("test.thing", "x" * 201, "0" * 64, codes.BAD_SEAL),
        ("test.thing", "x\0", "0" * 64, codes.BAD_SEAL),
        ("test.thing", "x", "0" * 63, codes.BAD_SEAL),
        ("test.thing", "x", "A" * 64, codes.BAD_SEAL),
    ],
)
def test_what_cannot_be_sealed(kind: str, reference: str, hash_: str, code: str) -> None:
    with fails(code):
        service.seal(kind, reference, hash_, by=BY)


def test_proofs_hold_for_every_entry_as_the_log_grows() -> None:
    sizes = [3, 255, 1, 300]
    seen = []
    total = 0
    for count in sizes:
        seal_many(count, total)
        total += count
        seen.append(opened(proving.published().note, key())[0])
    last = seen[-1]
    for row in Entry.objects.filter(position__in=[0, 1, 255, 256, 257, 511, 512, total - 1]):
        assert row.position is not None
        size, path = service.inclusion(row.position)
        check_inclusion(leaf_hash(row.text.encode()), row.position, size, path, last.root)
    for old in seen:
        _size, path = service.consistency(old.size)
        check_consistency(old.size, last.size, old.root, last.root, path)
    assert service.verify().problems == []


def test_proofs_that_there_are_not() -> None:
    with fails(codes.EMPTY):
        service.inclusion(0)
    seal_many(3)
    asks: list[Callable[[], object]] = [
        lambda: service.inclusion(3),
        lambda: service.inclusion(0, 4),
        lambda: service.consistency(4),
        lambda: service.consistency(0, 4),
    ]
    for ask in asks:
        with fails(codes.BAD_PROOF):
            ask()


def test_a_bundle_is_verified_by_whoever_has_the_policy() -> None:
    row = seal("T-1", "the document")
    with fails(codes.NOT_YET):
        service.bundle(row)
    service.integrate()
    seal_many(20, 1)
    row.refresh_from_db()
    policy = Policy.parse(policy_text())
    sealed = check_bundle(proving.bundle_text(row).encode(), policy, b"the document")
    assert (sealed.kind, sealed.reference) == ("test.thing", "T-1")
    with pytest.raises(RefusedError) as error:
        check_bundle(proving.bundle_text(row).encode(), policy, b"another")
    assert error.value.reason is Reason.ALTERED


def test_an_entry_is_for_who_may_read_it() -> None:
    load_roles(by=BY)
    row = seal("T-1")
    assert list(service.entries(by=reader("officer"))) == [row]
    assert service.find_entry(row.pk, by=reader("officer")) == row
    for ask in (
        lambda: service.entries(by=reader("public")),
        lambda: service.find_entry(row.pk, by=reader("public")),
    ):
        with fails("ACC-403"):
            ask()
    with fails(codes.NO_ENTRY):
        service.find_entry(row.pk + 1, by=BY)


@pytest.mark.parametrize("dies", ["sequence", "write_tiles", "write_checkpoint", "put"])
def test_a_worker_that_dies_between_two_steps(dies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one comes to the same tree, whatever was sealed meanwhile."""
    seal_many(250)
    for number in range(20):
        seal(f"U-{number}")
    before = [row.text for row in Entry.objects.order_by("id")]
    target, name = (store, "put") if dies == "put" else (integrating, dies)
    original = getattr(target, name)
    calls = {"left": 2 if dies == "put" else 1}

    def dying(*values: object) -> object:
        calls["left"] -= 1
        result = original(*values)
        if calls["left"] == 0:
            raise SystemExit
        return result

    monkeypatch.setattr(target, name, dying)
    with pytest.raises(SystemExit):
        service.integrate()
    monkeypatch.undo()
    monkeypatch.setenv("BEICHEN_LEDGER_KEYS", str(settings().ledger_keys_folder))
    seal("V-1")
    while service.integrate():
        pass
    placed = list(Entry.objects.order_by("position").values_list("text", flat=True))
    assert placed[:270] == before
    assert len(placed) == 271
    assert service.verify().problems == []


def test_old_checkpoints_are_thinned_out() -> None:
    for count in range(4):
        seal_many(1, count)
    long_ago = timezone.now() - timedelta(days=30)
    Checkpoint.objects.filter(size__lte=2).update(signed_at=long_ago)
    Checkpoint.objects.filter(size=3).update(signed_at=long_ago + timedelta(days=3))
    assert integrating.prune(timezone.now()) == 1
    assert list(Checkpoint.objects.values_list("size", flat=True)) == [4, 3, 2]
    Checkpoint.objects.update(signed_at=long_ago)
    integrating.prune(timezone.now())
    assert proving.newest().size == 4
    assert found() == []


def test_lost_tiles_are_written_anew(own_folder: Path) -> None:
    seal_many(300)
    root = proving.newest().root
    for file in (own_folder / "files" / "tlog").rglob("*"):
        if file.is_file():
            file.unlink()
    store.forget()
    assert codes.BAD_TILE in found()
    with fails(codes.BAD_TILE):
        service.inclusion(0)
    seal_many(1, 300)
    assert service.verify().problems == []
    assert Checkpoint.objects.get(size=300).root == root


def test_a_changed_tile_is_found(own_folder: Path) -> None:
    seal_many(300)
    file = own_folder / "files" / "tlog" / "tile" / "0" / "000"
    file.write_bytes(b"\1" + file.read_bytes()[1:])
    assert found() == [codes.BAD_TILE]


def test_a_rewritten_entry_is_found_and_nothing_is_signed_any_more() -> None:
    seal_many(10)
    rewrite("UPDATE platforms_ledger_entry SET sha256 = %s WHERE position = 4", "0" * 64)
    assert found() == [codes.BROKEN]
    # somebody who knows how entries are made rewrites its text too
    row = Entry.objects.get(position=4)
    rewrite("UPDATE platforms_ledger_entry SET text = %s WHERE position = 4", entry_text(row))
    assert codes.BROKEN in found()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE platforms_ledger_entry SET position = NULL WHERE position = 9",
        "DELETE FROM platforms_ledger_entry WHERE position = 4",
        "DELETE FROM platforms_ledger_entry WHERE position >= 8",
        "UPDATE platforms_ledger_checkpoint SET root = '00' WHERE size = 10",
        "UPDATE platforms_ledger_checkpoint SET note = replace(note, '10', '11') WHERE size = 10",
        "UPDATE platforms_ledger_checkpoint SET size = 9 WHERE size = 10",
        "UPDATE platforms_ledger_entry SET at = '2020-01-01 00:00:00' WHERE position = 2",
        "UPDATE platforms_ledger_entry SET kind = 'audit.head' WHERE position = 2",
    ],
)
def test_every_rewriting_is_found(sql: str) -> None:
    seal_many(10)
    assert found() == []
    rewrite(sql)
    assert codes.BROKEN in found()


def test_a_log_that_was_rewritten_below_does_not_grow(own_folder: Path) -> None:
    seal_many(10)
    rewrite("UPDATE platforms_ledger_entry SET text = 'x' WHERE position = 4")
    for file in (own_folder / "files" / "tlog").rglob("*"):
        if file.is_file():
            file.unlink()
    seal("T-10")
    with fails(codes.BROKEN):
        service.integrate()
    assert proving.newest().size == 10


def test_a_sealed_thing_that_changed_is_found() -> None:
    SEALED["T-1"] = sha256("first")
    seal("T-1", "first")
    seal("T-2", "never told of again")
    assert found() == []
    service.integrate()
    SEALED["T-1"] = sha256("second")
    assert found() == [codes.CHANGED]
    seal("T-1", "second")
    assert found() == []


def test_audit_heads_are_sealed_and_hold_the_record_to_them() -> None:
    load_roles(by=BY)
    row = service.seal_audit_head(by=BY)
    assert row is not None
    assert service.seal_audit_head(by=BY) == row
    service.integrate()
    assert found() == []
    Entry.objects.filter(pk=row.pk).update(reference="999999")
    assert codes.CHANGED in found()


def test_no_head_before_the_first_record() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence FROM kernel_audit_head")
        is_empty = cursor.fetchone() == (0,)
    assert (service.seal_audit_head(by=BY) is None) is is_empty


def test_a_log_never_gets_another_key(own_folder: Path) -> None:
    seal_many(1)
    file = own_folder / "keys" / identity.KEY
    assert file.stat().st_mode & 0o777 == 0o600
    kept = file.read_text()
    seal("T-9")
    file.unlink()
    with fails(codes.NO_KEY):
        service.integrate()
    for bad in ("nonsense", kept.replace("localhost", "elsewhere")):
        file.write_text(bad)
        with fails(codes.NO_KEY):
            service.integrate()
    file.write_text(kept)
    assert service.integrate() == 1


def test_sm2_beside_ed25519(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_LEDGER_SM2", "true")
    settings.cache_clear()
    seal_many(1)
    _held, note = opened(proving.published().note, key())
    Verifier.parse(Log.objects.get().sm2_key).check(note)
    assert len(note.signatures) == 2


def test_sm2_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_LEDGER_SM2", "true")
    settings.cache_clear()
    monkeypatch.setattr("beichen_proof.sm2.is_there", lambda: False)
    seal("T-1")
    with fails(codes.NO_SM2):
        service.integrate()


def test_keys_that_cannot_be_written_are_told(own_folder: Path) -> None:
    (own_folder / "keys").write_text("a file where the folder should be")
    seal("T-1")
    with fails(codes.NO_KEY):
        service.integrate()


def test_the_protocol_over_http() -> None:
    client = Client()
    assert client.get("/tlog/checkpoint").status_code == 404
    seal_many(260)
    checkpoint = client.get("/tlog/checkpoint")
    assert (checkpoint.status_code, checkpoint["Content-Type"]) == (200, "text/plain; charset=utf-8")
    held, _note = opened(checkpoint.content, key())
    assert held.size == 260
    assert client.get("/tlog/pending").content == checkpoint.content
    for path, length in (("0/000", 8192), ("0/001.p/4", 128), ("1/000.p/1", 32), ("0/000.p/7", 224)):
        answer = client.get(f"/tlog/tile/{path}")
        assert (answer.status_code, len(answer.content)) == (200, length), path
    assert "immutable" in client.get("/tlog/tile/0/000")["Cache-Control"]
    for path in ("0/001", "0/001.p/5", "0/002", "2/000.p/1", "entries/001", "x", "0/000.p/0"):
        answer = client.get(f"/tlog/tile/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, codes.NO_TILE), path
    proof = client.get("/tlog/proof/inclusion?index=259").json()
    assert (proof["size"], len(proof["path"])) == (260, 3)
    assert client.get("/tlog/proof/consistency?old=256&size=260").json()["old"] == 256
    for query in (
        "inclusion",
        "inclusion?index=-1",
        "inclusion?index=9999999999999999999",
        "consistency?old=x",
        "inclusion?index=260",
        "inclusion?index=1&size=x",
    ):
        answer = client.get(f"/tlog/proof/{query}")
        assert (answer.status_code, answer.json()["code"]) == (422, codes.BAD_PROOF), query
    assert client.post("/tlog/checkpoint").status_code == 405


def test_the_policy_names_the_log() -> None:
    assert Client().get("/tlog/policy").content == b""
    seal_many(1)
    policy = Policy.parse(Client().get("/tlog/policy").content.decode())
    assert policy.open(Client().get("/tlog/checkpoint").content).size == 1

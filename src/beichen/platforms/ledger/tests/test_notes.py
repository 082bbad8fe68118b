"""Notes, checkpoints, policies, bundles, witnesses: the formats that others read, and forgers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beichen_proof import sm2
from beichen_proof.bundle import canonical, check_bundle, commitment, parse_proof, proof_text
from beichen_proof.checkpoint import Checkpoint, opened
from beichen_proof.merkle import Frontier, consistency_path, inclusion_path, leaf_hash, root_of
from beichen_proof.note import (
    COSIGNATURE,
    OTHER,
    Note,
    Signature,
    Signer,
    Verifier,
    parse_note,
    parse_signature,
)
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.tiles import TileNodes
from beichen_proof.witness import Witness, parse_request, request_text

# the key of Go's public checksum database, as every Go installation carries it
GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
LOG = Signer.make("city.example/tlog")
NOW = 1_800_000_000.0


def signed(size: int, leaves: list[bytes], signer: Signer = LOG) -> str:
    """A checkpoint of these leaves."""
    text = Checkpoint(signer.name, size, root_of(map(leaf_hash, leaves[:size]))).text()
    return str(Note(text, (signer.sign(text),)))


def entries(count: int) -> list[bytes]:
    return [b"entry %d" % number for number in range(count)]


def path(old: int, size: int, leaves: list[bytes]) -> list[bytes]:
    hashes = [leaf_hash(one) for one in leaves[:size]]
    nodes = TileNodes(size, lambda level, number, width: b"".join(hashes) if not level else b"")
    return consistency_path(old, size, nodes)


def test_a_key_of_others_is_read() -> None:
    key = Verifier.parse(GO_KEY)
    assert (key.name, key.id.hex(), str(key)) == ("sum.golang.org", "033de0ae", GO_KEY)


@pytest.mark.parametrize(
    "text", ["", "a+b", GO_KEY[:-4], GO_KEY.replace("033d", "033e"), "a b+00000000+AAAA", GO_KEY + "x"]
)
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(RefusedError) as error:
        Verifier.parse(text)
    assert error.value.reason is Reason.MALFORMED


def test_a_signer_is_kept_as_text_and_does_not_show_its_key() -> None:
    again = Signer.parse(str(LOG))
    assert again == LOG
    assert str(LOG)[-20:] not in repr(LOG)
    for bad in ("", "PRIVATE+KEY+x", str(LOG).replace("city", "town"), str(LOG.verifier)):
        with pytest.raises(RefusedError):
            Signer.parse(bad)
    with pytest.raises(ValueError, match="no name"):
        Signer.make("with space")


def test_a_note_is_signed_and_every_change_is_found() -> None:
    note = parse_note(signed(3, entries(3)))
    assert LOG.verifier.check(note) == 0
    assert parse_note(str(note)) == note
    for changed in (
        Note(note.text.replace("\n3\n", "\n4\n"), note.signatures),
        Note(note.text, (Signature(LOG.name, note.signatures[0].id, b"\0" * 64),)),
        Note(note.text, (Signature("other", note.signatures[0].id, note.signatures[0].content),)),
    ):
        with pytest.raises(RefusedError) as error:
            LOG.verifier.check(changed)
        assert error.value.reason is Reason.FORGED


@given(st.text(max_size=200))
def test_whatever_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_note(text + "\n\n— x")
    with pytest.raises(RefusedError):
        parse_note(text.encode() + b"\n\nnone")


def test_limits_of_notes() -> None:
    line = LOG.sign("a\n").line()
    for bad in (b"\xff", "a\n\n" + line * 65, "a" * 70_000, "a\x00\n\n" + line, "a\n\n— x y\n", "a\n\nno\n"):
        with pytest.raises(RefusedError):
            parse_note(bad)
    with pytest.raises(RefusedError):
        parse_signature("— two words AAAAAAAA")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n1\n",
        "a\n01\nAAAA\n",
        "a\n-1\nAAAA\n",
        "a\n1\nAAAA\n",
        "\n1\nAAAA\n",
        "a\n9999999999999999999\nAAAA\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(RefusedError):
        Checkpoint.parse(text)


def test_a_checkpoint_of_another_log_is_told() -> None:
    other = Signer.make("other.example/tlog")
    with pytest.raises(RefusedError) as error:
        opened(signed(1, entries(1), other), LOG.verifier)
    assert error.value.reason is Reason.UNKNOWN_LOG


def test_sm2_signs_beside_ed25519() -> None:
    private = sm2.make_private()
    key = Verifier(LOG.name, bytes([OTHER]) + sm2.NAME + sm2.public_of(private))
    assert Verifier.parse(str(key)) == key
    text = Checkpoint(LOG.name, 0, b"\0" * 32).text()
    first = Signature(key.name, key.id, sm2.sign(private, text.encode()))
    note = Note(text, (LOG.sign(text), first))
    key.check(note)
    LOG.verifier.check(note)
    assert sm2.sign(private, b"a") != sm2.sign(private, b"a")  # a fresh nonce each time
    other = first.content[:-1] + bytes([first.content[-1] ^ 1])
    for content in (b"\0" * 64, first.content[::-1], other, b""):
        with pytest.raises(RefusedError):
            key.check(note.with_(Signature(key.name, key.id, content)))


def test_sm2_agrees_with_the_standards_own_example() -> None:
    """GB/T 32918.5, A.2: its key on the recommended curve."""
    public = sm2.public_of("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
    assert public.hex() == (
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    )
    signature = bytes.fromhex(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    )
    assert sm2.is_sound(public, signature, b"message digest")
    assert not sm2.is_sound(public, signature, b"message digest.")


def policy(witnesses: list[Signer], needed: int) -> Policy:
    lines = [f"log {LOG.verifier} https://city.example/tlog"]
    lines += [f"witness w{number} {one.verifier}" for number, one in enumerate(witnesses)]
    names = " ".join(f"w{number}" for number in range(len(witnesses)))
    lines += [f"group all-of-them {needed} {names}", "quorum all-of-them"] if needed else ["quorum none"]
    return Policy.parse("\n".join(["# trusted", "", *lines]))


def test_m_of_n_witnesses() -> None:
    three = [Signer.make(f"w{number}.example", COSIGNATURE) for number in range(3)]
    note = parse_note(signed(5, entries(5)))
    two_of_three = policy(three, 2)
    with pytest.raises(RefusedError) as error:
        two_of_three.open(str(note.with_(three[0].sign(note.text, 1))))
    assert error.value.reason is Reason.NOT_WITNESSED
    enough = note.with_(three[0].sign(note.text, 1), three[2].sign(note.text, 2))
    assert two_of_three.open(str(enough)).size == 5
    stranger = Signer.make("w1.example", COSIGNATURE)
    with pytest.raises(RefusedError):
        two_of_three.open(str(note.with_(three[0].sign(note.text, 1), stranger.sign(note.text, 2))))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none",
        "log {log}",
        "log {log}\nquorum x",
        "log {log}\nquorum none\nquorum none",
        "log x\nquorum none",
        "log {log}\nwitness a {w}\nwitness a {v}\nquorum a",
        "log {log}\nwitness a {w}\nwitness b {w}\nquorum a",
        "log {log}\nwitness a {w}\ngroup g 2 a\nquorum g",
        "log {log}\nwitness a {w}\ngroup g any a a\nquorum g",
        "log {log}\nwitness a {w}\ngroup g any a\ngroup h any a\nquorum h",
        "log {log}\nwitness none {w}\nquorum none",
        "log {log}\nnonsense\nquorum none",
        "log {log}\nwitness a\nquorum none",
    ],
)
def test_what_is_no_policy(text: str) -> None:
    w, v = (Signer.make("w.example", COSIGNATURE).verifier for _ in range(2))
    with pytest.raises(RefusedError) as error:
        Policy.parse(text.format(log=LOG.verifier, w=w, v=v))
    assert error.value.reason is Reason.MALFORMED


def made_bundle(document: bytes, count: int = 9, place: int = 4) -> bytes:
    opening = {
        "kind": "test",
        "reference": "T-1",
        "salt": "ab" * 16,
        "sha256": hashlib.sha256(document).hexdigest(),
    }
    entry = canonical({"at": "2026-01-01T00:00:00+00:00", "commitment": commitment(opening), "kind": "test"})
    leaves = entries(count)
    leaves[place] = entry
    hashes = [leaf_hash(one) for one in leaves]
    nodes = TileNodes(count, lambda level, number, width: b"".join(hashes))
    proof = proof_text(place, inclusion_path(place, count, nodes), signed(count, leaves))
    value = {"format": "beichen-proof/1", "opening": opening, "entry": entry.decode(), "proof": proof}
    return json.dumps(value).encode()


def test_a_bundle_proves_a_document() -> None:
    found = check_bundle(made_bundle(b"the plan"), policy([], 0), b"the plan")
    assert (found.kind, found.reference, found.index, found.checkpoint.size) == ("test", "T-1", 4, 9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda value: value["opening"].update(reference="T-2"), Reason.ALTERED),
        (lambda value: value["opening"].update(sha256="0" * 64), Reason.ALTERED),
        (lambda value: value.update(entry=value["entry"].replace("2026", "2025")), Reason.NOT_INCLUDED),
        (lambda value: value.update(proof=value["proof"].replace("index 4", "index 5")), Reason.NOT_INCLUDED),
        (lambda value: value.update(proof=value["proof"].replace("\n9\n", "\n8\n")), Reason.FORGED),
        (
            lambda value: value.update(proof=value["proof"].replace("city.example", "town.example")),
            Reason.UNKNOWN_LOG,
        ),
        (lambda value: value.update(format="beichen-proof/2"), Reason.MALFORMED),
        (lambda value: value.pop("proof"), Reason.MALFORMED),
        (lambda value: value.update(proof=7), Reason.MALFORMED),
        (lambda value: value["opening"].pop("salt"), Reason.MALFORMED),
        (lambda value: value["opening"].update(salt=7), Reason.MALFORMED),
    ],
)
def test_a_forged_bundle_is_refused_with_the_reason(change: object, reason: Reason) -> None:
    value = json.loads(made_bundle(b"the plan"))
    assert callable(change)
    change(value)
    with pytest.raises(RefusedError) as error:
        check_bundle(json.dumps(value).encode(), policy([], 0))
    assert error.value.reason is reason, error.value


def test_another_document_is_told() -> None:
    with pytest.raises(RefusedError) as error:
        check_bundle(made_bundle(b"the plan"), policy([], 0), b"the plan, changed")
    assert error.value.reason is Reason.ALTERED


@given(st.binary(max_size=300))
def test_hostile_bundles_are_refused(content: bytes) -> None:
    with pytest.raises(RefusedError):
        check_bundle(content, policy([], 0))


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"7", b"null", b'{"format":"beichen-proof/1"}', b"x" * 300_000]
)
def test_deep_and_large_bundles_are_refused(content: bytes) -> None:
    with pytest.raises(RefusedError):
        check_bundle(content, policy([], 0))


@given(st.text(max_size=200))
def test_hostile_proofs_are_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_proof(text)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness.make(tmp_path / "w", "witness.example")
    made.trust(LOG.verifier)
    return Witness(tmp_path / "w", now=lambda: NOW)


def ask(witness: Witness, old: int, size: int, leaves: list[bytes]) -> tuple[int, str]:
    answer = witness.add_checkpoint(request_text(old, path(old, size, leaves), signed(size, leaves)).encode())
    return answer.status, answer.content


def test_a_witness_cosigns_what_continues(witness: Witness) -> None:
    leaves = entries(200)
    for old, size in ((0, 5), (5, 5), (5, 130), (130, 200)):
        status, content = ask(witness, old, size, leaves)
        assert status == 200
        note = parse_note(signed(size, leaves)).with_(parse_signature(content.strip()))
        assert witness.signer.verifier.check(note) == int(NOW)
    assert Witness(witness.folder).last(LOG.name).size == 200


def test_a_witness_says_what_it_has_seen(witness: Witness) -> None:
    leaves = entries(20)
    ask(witness, 0, 10, leaves)
    answer = witness.add_checkpoint(request_text(0, [], signed(20, leaves)).encode())
    assert (answer.status, answer.content, answer.type) == (409, "10\n", "text/x.tlog.size")
    assert ask(witness, 10, 20, leaves)[0] == 200
    answer = witness.add_checkpoint(request_text(11, [], signed(10, leaves)).encode())
    assert answer.status == 400


def test_a_rewritten_log_gets_no_cosignature(witness: Witness) -> None:
    leaves = entries(100)
    ask(witness, 0, 50, leaves)
    other = [*leaves[:7], b"rewritten", *leaves[8:]]
    assert ask(witness, 50, 100, other)[0] == 422
    assert ask(witness, 50, 50, other)[0] == 409
    assert witness.last(LOG.name).size == 50
    kept = sorted((witness.folder / "evidence").iterdir())
    assert len(kept) == 2
    for file in kept:  # both stories, signed by the log
        before, offered = file.read_text().split("=== offered\n")
        LOG.verifier.check(parse_note(offered))
        LOG.verifier.check(parse_note(before.split("=== cosigned before\n")[1]))
    assert ask(witness, 50, 100, leaves)[0] == 200  # the true log goes on


def test_a_witness_refuses_strangers_and_forgers(witness: Witness) -> None:
    leaves = entries(3)
    stranger, forger = Signer.make("other.example/tlog"), Signer.make(LOG.name)
    for content, status in (
        (request_text(0, [], signed(3, leaves, stranger)), 404),
        (request_text(0, [], signed(3, leaves, forger)), 403),
        (request_text(0, [b"\0" * 31], signed(3, leaves)), 400),
        (request_text(0, [b"\0" * 32], signed(3, leaves)), 422),
        ("old x\n\n", 400),
        ("", 400),
        (request_text(0, [b"\0" * 32] * 64, signed(3, leaves)), 400),
    ):
        assert witness.add_checkpoint(content.encode()).status == status, content[:40]
    assert witness.add_checkpoint(b"\xff").status == 400
    assert witness.last(LOG.name).size == 0


@given(st.binary(max_size=200))
def test_hostile_requests_are_refused(content: bytes) -> None:
    with pytest.raises(RefusedError):
        parse_note(parse_request(content)[2])


def test_a_witness_keeps_its_key_and_the_keys_of_logs(witness: Witness, tmp_path: Path) -> None:
    assert (witness.folder / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        Witness.make(witness.folder, "again.example")
    with pytest.raises(RefusedError) as error:
        witness.trust(Signer.make(LOG.name).verifier)
    assert error.value.reason is Reason.UNKNOWN_LOG
    with pytest.raises(RefusedError):
        Witness(tmp_path / "nothing")


def test_a_memory_that_the_witness_did_not_sign_is_none(witness: Witness) -> None:
    leaves = entries(20)
    ask(witness, 0, 10, leaves)
    file = next(witness.folder.glob("*.checkpoint"))
    file.write_text(signed(2, leaves))
    with pytest.raises(RefusedError):
        witness.last(LOG.name)


def test_frontier_of_nothing() -> None:
    assert Frontier().root() == root_of([])

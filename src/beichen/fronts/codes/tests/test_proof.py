"""The verifier of people's codes: what is good is read, everything else is refused with the reason."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys.curves import Ed25519
from pycose.keys.okp import OKPKey
from pycose.messages.sign1message import Sign1Message

from beichen.fronts.codes.pseudonyms import pseudonym
from beichen_proof import code as proof
from beichen_proof.__main__ import main
from beichen_proof.jose import encoded
from beichen_proof.refusal import Reason, RefusedError

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
NAME = bytes.fromhex("0a0b0c0d")
KEYS: proof.Keys = {NAME.hex(): PRIVATE.public_key()}
NOON = 1_772_400_000
texts = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=30)


def made(private: Ed25519PrivateKey = PRIVATE, name: bytes = NAME, **changes: Any) -> str:
    """A code, whose claims may be changed before it is signed."""
    claims = {
        proof.SUBJECT: b"0123456789",
        proof.AUDIENCE: "library",
        proof.EXPIRES: NOON + 60,
        proof.NOT_BEFORE: NOON,
        proof.ISSUED: NOON,
        proof.NONCE: b"12345678",
        proof.PURPOSE: "loan",
    }
    for key, value in changes.items():
        claims[int(key[1:]) if key[1:].isdecimal() else key] = value
    content = cbor2.dumps(claims, canonical=True)
    return proof.assembled(name, content, private.sign(proof.signed_part(name, content)))


def refused(text: str, now: float = NOON + 10, party: str = "library", purpose: str = "loan") -> Reason:
    """Why a code is refused."""
    gate = proof.Gate(KEYS, party, [purpose])
    with pytest.raises(RefusedError) as error:
        gate.read(text, now)
    return error.value.reason


def test_a_good_code_says_what_it_says() -> None:
    shown = proof.Gate(KEYS, "library", ["loan"]).read(made(), NOON + 10)
    assert shown == proof.Shown(
        b"0123456789".hex(), "library", "loan", NOON, NOON + 60, NOON, b"12345678".hex(), NAME.hex()
    )
    assert len(made()) < 280  # so that the QR code of it has at most 57 modules a side


def test_a_library_that_is_not_ours_reads_it() -> None:
    """pycose takes the content for the COSE_Sign1 that it is."""
    body = made()[len(proof.PREFIX) :]
    tagged = cbor2.loads(base64.b32decode(body + "=" * (-len(body) % 8)))
    assert tagged.tag == Sign1Message.cbor_tag
    protected, other, *rest = tagged.value
    message = Sign1Message.from_cose_obj([protected, dict(other), *rest], True)
    message.key = OKPKey(crv=Ed25519, x=PRIVATE.public_key().public_bytes_raw())
    assert message.verify_signature()
    assert message.phdr == {Algorithm: EdDSA, KID: NAME}
    claims = cbor2.loads(message.payload or b"")
    assert (claims[3], claims[4], claims["for"]) == ("library", NOON + 60, "loan")


@given(st.data())
def test_one_bit_less_or_more_and_it_is_refused(data: st.DataObject) -> None:
    body = made()[len(proof.PREFIX) :]
    content = bytearray(base64.b32decode(body + "=" * (-len(body) % 8)))
    at = data.draw(st.integers(0, len(content) * 8 - 1))
    content[at // 8] ^= 1 << (at % 8)
    altered = proof.PREFIX + base64.b32encode(bytes(content)).decode().rstrip("=")
    assert refused(altered) in {Reason.MALFORMED, Reason.UNKNOWN_ISSUER, Reason.FORGED}


@given(st.integers(0, 300), st.characters(codec="ascii"))
def test_one_other_letter_and_it_is_refused(at: int, letter: str) -> None:
    text = made()
    at %= len(text)
    if text[at] != letter:
        assert refused(text[:at] + letter + text[at + 1 :]) in {
            Reason.MALFORMED,
            Reason.UNKNOWN_ISSUER,
            Reason.FORGED,
        }


@given(st.one_of(st.text(max_size=600), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=420)))
def test_whatever_is_scanned_is_refused_and_nothing_else(text: str) -> None:
    for one in (text, proof.PREFIX + text, made()[:30] + text):
        assert refused(one) is not None


@given(st.binary(min_size=24, max_size=255))
def test_any_claims_of_the_right_key_are_read_or_refused(content: bytes) -> None:
    """What a key signs by mistake is no code: bombs of CBOR and claims of other kinds too."""
    text = proof.assembled(NAME, content, PRIVATE.sign(proof.signed_part(NAME, content)))
    assert refused(text) is Reason.MALFORMED


@pytest.mark.parametrize(
    "content",
    [b"\x9f" * 200, b"\x81" * 200, b"\xd8\x23\x78\x80" + b"(a+)+" * 25, b"\xbb" + b"\xff" * 8 + b"0" * 20],
)
def test_bombs_are_refused(content: bytes) -> None:
    text = proof.assembled(NAME, content, PRIVATE.sign(proof.signed_part(NAME, content)))
    assert refused(text) is Reason.MALFORMED


@given(st.binary(min_size=32, max_size=32).filter(lambda one: one != b"\x07" * 32))
def test_another_key_under_the_same_name_is_forged(secret: bytes) -> None:
    assert refused(made(Ed25519PrivateKey.from_private_bytes(secret))) is Reason.FORGED


def test_the_reasons() -> None:
    assert refused(made(name=b"\0\0\0\0")) is Reason.UNKNOWN_ISSUER
    assert refused(made(), party="bus") is Reason.OTHER_PARTY
    assert refused(made(), purpose="gym") is Reason.OTHER_PURPOSE
    assert refused(made(), NOON - 31) is Reason.NOT_YET_VALID
    assert refused(made(), NOON + 90) is Reason.EXPIRED
    assert refused(made(_4=NOON + 61)) is Reason.MALFORMED
    assert refused(made(_6=NOON - proof.MOST_AHEAD - 1)) is Reason.MALFORMED
    assert refused(made(_6=NOON + 1)) is Reason.MALFORMED
    assert refused(made(_2="0123456789")) is Reason.MALFORMED


def test_the_same_code_opens_once_and_a_withdrawn_one_never() -> None:
    gate = proof.Gate(KEYS, "library", ["loan"])
    gate.read(made(), NOON)
    for later in (NOON, NOON + 89):
        with pytest.raises(RefusedError) as error:
            gate.read(made(), later)
        assert error.value.reason is Reason.REPLAYED
    gate.read(made(_4=NOON + 260, _5=NOON + 200, _6=NOON + 200, _7=b"87654321"), NOON + 200)
    assert list(gate.seen) == [b"87654321".hex()]  # it forgets what has expired
    strict = proof.Gate(KEYS, "library", ["loan"], withdrawn={b"0123456789".hex(): NOON + 1})
    with pytest.raises(RefusedError) as error:
        strict.read(made(), NOON)
    assert error.value.reason is Reason.REVOKED


@given(texts, texts, st.sets(texts, min_size=2, max_size=8))
def test_two_readers_cannot_join_what_they_know(one: str, other: str, people: set[str]) -> None:
    """The pseudonyms of the same people at two readers share nothing, and neither do those of two people."""
    if one == other:
        return
    secret = b"\x01" * 32
    first = {pseudonym(secret, one, person) for person in people}
    second = {pseudonym(secret, other, person) for person in people}
    assert len(first) == len(second) == len(people)
    assert not first & second


@given(texts, texts)
def test_the_bounds_between_reader_and_person_hold(reader: str, person: str) -> None:
    """No reader's key runs over into a person's code."""
    assert pseudonym(b"x" * 32, reader, person) != pseudonym(b"x" * 32, reader + person[:1], person[1:])


def test_keys_come_as_a_jwk_set() -> None:
    public = encoded(PRIVATE.public_key().public_bytes_raw())
    found = proof.keys_of(
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": public}, {"kty": "EC", "kid": "e"}]}
    )
    assert list(found) == ["k"]
    broken: tuple[Any, ...] = (
        {},
        {"keys": [{"kid": "k", "kty": "OKP", "crv": "Ed25519", "x": "?"}]},
        [],
        None,
    )
    for one in broken:
        with pytest.raises(RefusedError):
            proof.keys_of(one)


def test_the_command_says_yes_or_no_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a gate's maker tries it, from files that the house gave."""
    public = encoded(PRIVATE.public_key().public_bytes_raw())
    keys = tmp_path / "keys.json"
    keys.write_text(
        json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": NAME.hex(), "x": public}]}), "utf-8"
    )
    withdrawn = tmp_path / "revocations.json"
    withdrawn.write_text(
        json.dumps({"withdrawn": [{"pseudonym": b"0123456789".hex(), "since": NOON + 1}]}), "utf-8"
    )

    def run(*more: str, text: str = "") -> tuple[int, str]:
        asked = ["code", text or made(), "--keys", str(keys), "--purpose", "loan", "--at", str(NOON), *more]
        status = main(asked)
        return status, json.loads(capsys.readouterr().out).get("reason", "")

    assert run("--party", "library") == (0, "")
    assert run("--party", "bus") == (1, "other-party")
    assert run("--party", "library", "--revocations", str(withdrawn)) == (1, "revoked")
    assert run("--party", "library", "--revocations", str(tmp_path / "none")) == (1, "unreachable")
    assert run("--party", "library", text="x") == (1, "malformed")
    keys.write_text("[]", "utf-8")
    assert run("--party", "library") == (1, "malformed")

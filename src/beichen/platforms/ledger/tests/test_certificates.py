"""Certificates: issued, shown in part, suspended, revoked, expired, forged; a foreign library reads them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.template.loader import render_to_string
from django.utils import timezone, translation
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from pypdf import PdfReader
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from beichen.kernel.access.service import subjects_of
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Person
from beichen.kernel.org.service import actor_of
from beichen.platforms.ledger import codes, service
from beichen.platforms.ledger.certificates import issuers, issuing, statuses
from beichen.platforms.ledger.certificates.checking import text_of
from beichen.platforms.ledger.certificates.paper import LARGEST_CODE, PAPER, pdf, qr_picture
from beichen.platforms.ledger.models import Certificate, CertificateKind, Entry, IssuerKey
from beichen.platforms.ledger.proving import bundle_text
from beichen.platforms.ledger.tests import offices
from beichen.platforms.ledger.tests.ground import BY, reader
from beichen.platforms.ledger.witnessing import policy_text
from beichen.problem import ProblemError
from beichen_proof.__main__ import main
from beichen_proof.bundle import check_bundle
from beichen_proof.credential import check_status, read, status_at
from beichen_proof.jose import encoded
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError

pytestmark = pytest.mark.django_db


def fails(code: str) -> AbstractContextManager[object]:
    return pytest.raises(ProblemError, match=code)


@pytest.fixture(autouse=True)
def built() -> None:
    offices.build()


def reason(text: str) -> Reason | None:
    return service.check(text).reason


def test_a_certificate_is_issued_signed_and_sealed() -> None:
    row = offices.issued()
    found = service.check(row.text)
    assert (found.reason, found.kind) == (None, offices.kind())
    assert found.credential is not None
    assert {name: found.credential.claims[name] for name in offices.GIVEN} == offices.GIVEN
    assert found.credential.claims["issuing_body"] == "公安局"
    assert Entry.objects.get(kind="certificate").reference == row.code
    assert row.until == row.issued_at + timedelta(days=365)
    assert service.verify().problems == []


def test_a_foreign_library_reads_it() -> None:
    row = offices.issued()
    keys = issuers.metadata()["jwks"]["keys"]
    shown = SDJWTVerifier(row.text, lambda _issuer, _head: JWK(**keys[0]))
    claims = shown.get_verified_payload()
    assert claims["name"] == "张三"
    assert "张三" not in base64.urlsafe_b64decode(row.text.split(".")[1] + "==").decode()


def test_only_what_is_chosen_is_shown() -> None:
    row = offices.issued()
    text = service.shown_text(row, {"born"})
    found = service.check(text)
    assert found.is_sound
    assert found.credential is not None
    assert (found.credential.claims.get("name"), found.credential.claims["born"]) == (None, "1990-02-03")
    assert found.credential.claims["group"] == "resident"


def test_the_seal_of_a_certificate_is_proved_of_whatever_its_holder_shows() -> None:
    row = offices.issued()
    service.integrate()
    entry = Entry.objects.get(kind="certificate", reference=row.code)
    policy = Policy.parse(policy_text())
    proof = bundle_text(entry).encode()
    for text in (row.text, service.shown_text(row, {"born"}) + "\n", service.shown_text(row, set())):
        assert check_bundle(proof, policy, text.encode()).reference == row.code
    with pytest.raises(RefusedError) as caught:
        check_bundle(proof, policy, offices.issued().text.encode())
    assert caught.value.reason == Reason.ALTERED


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, ["name", "born", "group"]),
        ({**offices.GIVEN, "colour": "red"}, ["colour"]),
        ({**offices.GIVEN, "born": "1990-02-30"}, ["born"]),
        ({**offices.GIVEN, "born": 7}, ["born"]),
        ({**offices.GIVEN, "points": "many", "group": "other"}, ["points", "group"]),
        ({**offices.GIVEN, "points": float("inf")}, ["points"]),
        ({**offices.GIVEN, "points": True}, ["points"]),
        ({**offices.GIVEN, "name": "x" * 201}, ["name"]),
        ({**offices.GIVEN, "name": "a\nb"}, ["name"]),
        ({**offices.GIVEN, "name": 7}, ["name"]),
    ],
)
def test_fields_that_do_not_fit_are_told_all_at_once(values: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(ProblemError) as error:
        service.issue(offices.kind(), values, by=BY)
    assert [one.where.field for one in error.value.problems] == fields
    assert {one.code for one in error.value.problems} == {codes.BAD_CLAIM}
    assert not Certificate.objects.exists()


def test_suspended_resumed_revoked() -> None:
    row = offices.issued()
    for step, found in (("suspend", Reason.SUSPENDED), ("resume", None), ("revoke", Reason.REVOKED)):
        service.change_state(row.code, step, "lost", by=BY)
        assert reason(row.text) is found
    other = offices.issued()
    assert reason(other.text) is None  # its neighbours in the list are not touched


@pytest.mark.parametrize("step", ["resume", "nonsense"])
def test_steps_that_there_are_not(step: str) -> None:
    row = offices.issued()
    with fails(codes.BAD_STATE):
        service.change_state(row.code, step, "x", by=BY)
    with fails(codes.NO_REASON):
        service.change_state(row.code, "revoke", " ", by=BY)
    service.change_state(row.code, "revoke", "x", by=BY)
    for again in ("suspend", "resume", "revoke"):
        with fails(codes.BAD_STATE):
            service.change_state(row.code, again, "x", by=BY)
    with fails(codes.NO_CERTIFICATE):
        service.change_state("NOTHING", "revoke", "x", by=BY)


def test_who_may_issue_read_and_revoke() -> None:
    holder = offices.person("zhang")
    police, water = offices.officer("police"), offices.officer("water")
    for nobody in (water, reader("public"), reader("officer")):
        with fails("ACC-403"):
            service.issue(offices.kind(), offices.GIVEN, by=nobody)
    row = service.issue(offices.kind(), offices.GIVEN, by=police, holder=holder)
    assert list(service.certificates(by=police)) == [row]
    assert list(service.certificates(by=water)) == []
    asks: list[Callable[[], object]] = [
        lambda: service.find_certificate(row.code, by=water),
        lambda: service.find_certificate(row.code, by=actor_of(offices.person("li"))),
        lambda: service.change_state(row.code, "revoke", "x", by=water),
        lambda: service.find_kind(offices.ISSUED, by=water),
        lambda: service.certificates(by=reader("public")),
        lambda: service.certificate_kinds(by=reader("public")),
        lambda: service.rotate_issuer_key(by=police),
    ]
    for ask in asks:
        with fails("ACC-403"):
            ask()
    assert service.find_certificate(row.code, by=actor_of(holder)) == row
    assert list(service.own_certificates(subjects_of(actor_of(holder))[0])) == [row]
    before = AuditRecord.objects.filter(subject=holder.code).count()
    service.find_certificate(row.code, by=police)
    assert AuditRecord.objects.filter(subject=holder.code).count() == before + 1
    with fails(codes.NO_CERTIFICATE):
        service.find_certificate("NOTHING", by=BY)
    with fails(codes.NO_CERTIFICATE_KIND):
        service.find_kind("nothing", by=BY)


def test_it_expires() -> None:
    long_ago = timezone.now() - timedelta(days=400)
    row = service.issue(offices.kind(), offices.GIVEN, by=BY, now=long_ago)
    assert reason(row.text) is Reason.EXPIRED


def test_keys_are_replaced_and_what_they_signed_stays_good() -> None:
    first = offices.issued()
    key = service.rotate_issuer_key(by=BY)
    second = offices.issued()
    assert [reason(first.text), reason(second.text)] == [None, None]
    assert json.loads(base64.urlsafe_b64decode(second.text.split(".")[0] + "=="))["kid"] == key.kid
    assert IssuerKey.objects.filter(until=None).count() == 1
    assert len(issuers.metadata()["jwks"]["keys"]) == 2
    assert "d" not in issuers.metadata()["jwks"]["keys"][0]


def test_a_lost_key_is_told(own_folder: Path) -> None:
    offices.issued()
    for file in (own_folder / "keys").glob("issuer-*"):
        assert file.stat().st_mode & 0o777 == 0o600
        file.unlink()
    issuers._read.cache_clear()
    with fails(codes.NO_KEY):
        offices.issued()


def forged(
    claims: dict[Any, Any], *, kid: str = "", head: dict[str, Any] | None = None, key: JWK | None = None
) -> str:
    """A certificate by somebody who has their own key."""
    own = key or JWK.generate(kty="EC", crv="P-256")
    extra = {"typ": "dc+sd-jwt", "kid": kid or issuers.active_key().kid, **(head or {})}
    made = SDJWTIssuer(claims, own, sign_alg="ES256", extra_header_parameters=extra)
    return str(made.sd_jwt_issuance)


def by_hand(head: dict[str, Any], private: JWK) -> str:
    """A certificate with a head that no library would write."""
    body = {"iss": issuers.issuer_address(), "vct": "x"}
    message = ".".join(encoded(json.dumps(part).encode()) for part in (head, body))
    key = load_pem_private_key(private.export_to_pem(private_key=True, password=None), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{message}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}~"


def test_forgers_are_refused_with_the_reason() -> None:
    row = offices.issued()
    token, *disclosures = row.text.split("~")
    head, body, signature = token.split(".")
    house = issuers.issuer_address()
    good = {"iss": house, "vct": "x", SDObj("name"): "张三"}
    private = issuers.private_of(issuers.active_key())
    added = encoded(json.dumps(["salt", "mayor", True]).encode())
    other = encoded(json.dumps(["salt", "name", "李四"]).encode())
    changed = encoded(base64.urlsafe_b64decode(body + "==").replace(b"resident", b"citizens"))
    none = encoded(b'{"alg":"none","typ":"dc+sd-jwt"}')
    cases = {
        forged(good): Reason.FORGED,
        forged(good, kid="nobody"): Reason.UNKNOWN_ISSUER,
        forged({**good, "iss": "https://evil.example"}): Reason.UNKNOWN_ISSUER,
        forged({"vct": "x"}): Reason.MALFORMED,
        "~".join([f"{head}.{changed}.{signature}", *disclosures]): Reason.FORGED,
        "~".join([f"{none}.{body}.", *disclosures]): Reason.FORGED,
        "~".join([token, added, ""]): Reason.FORGED,
        "~".join([token, other, ""]): Reason.FORGED,
        "~".join([token, disclosures[0], disclosures[0], ""]): Reason.MALFORMED,
        token: Reason.MALFORMED,
        "": Reason.MALFORMED,
        "a.b.c~": Reason.MALFORMED,
        forged(good, key=private): Reason.NOT_INCLUDED,  # whoever stole the key has still not sealed it
        forged({**good, "exp": 1}, key=private): Reason.EXPIRED,
        forged({**good, "nbf": 2**40}, key=private): Reason.NOT_YET_VALID,
        forged({**good, "exp": "soon"}, key=private): Reason.MALFORMED,
        forged({**good, "status": {}}, key=private): Reason.MALFORMED,
        forged(
            {**good, "status": {"status_list": {"uri": "https://x", "idx": 1}}}, key=private
        ): Reason.STATUS_UNKNOWN,
        forged({"iss": house, "vct": "x", SDObj("exp"): 2**40}, key=private): Reason.FORGED,
        forged(good, key=private, head={"typ": "JWT"}): Reason.MALFORMED,
        by_hand({"alg": "ES256", "typ": "dc+sd-jwt", "crit": ["x"]}, private): Reason.MALFORMED,
        forged({"iss": house, "a": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}, key=private): Reason.MALFORMED,
        f"{token}~" + "x~" * 300: Reason.MALFORMED,
        "x" * 70_000 + "~": Reason.MALFORMED,
    }
    for text, expected in cases.items():
        assert reason(text) is expected, (expected, text[:80])


@given(st.text(alphabet="abAZ09-_.~=", max_size=200))
@chosen(suppress_health_check=list(HealthCheck))
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        read(text, {"x": []}, 0)


@given(st.data())
@chosen(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_changed_letter_of_a_certificate_is_believed(data: st.DataObject) -> None:
    row = Certificate.objects.first() or offices.issued()
    place = data.draw(st.integers(0, len(row.text) - 2))
    letter = data.draw(st.sampled_from("ABab01-_.~"))
    changed = row.text[:place] + letter + row.text[place + 1 :]
    if changed != row.text:
        with pytest.raises(RefusedError):
            read(changed, issuers.trusted(), timezone.now().timestamp())


def status_of(payload: dict[str, Any], key: JWK) -> str:
    token = JWS(json.dumps(payload))
    head = {"alg": "ES256", "typ": "statuslist+jwt", "kid": issuers.active_key().kid}
    token.add_signature(key, alg="ES256", protected=json.dumps(head))
    return str(token.serialize(compact=True))


def test_a_status_list_must_be_the_issuers_and_of_now() -> None:
    row = offices.issued()
    now = timezone.now().timestamp()
    trusted = issuers.trusted()
    credential = read(row.text, trusted, now)
    token = statuses.status_token(row.status_list.number)
    check_status(credential, token, trusted, now)
    with pytest.raises(RefusedError) as error:
        check_status(credential, token, trusted, now + 13 * 3600)
    assert error.value.reason is Reason.STATUS_UNKNOWN
    private = issuers.private_of(issuers.active_key())
    sub = credential.status_uri
    for payload, key, expected in (
        ({"sub": sub}, JWK.generate(kty="EC", crv="P-256"), Reason.FORGED),
        ({"sub": "https://elsewhere"}, private, Reason.STATUS_UNKNOWN),
        ({"sub": sub}, private, Reason.MALFORMED),
        ({"sub": sub, "status_list": {"bits": 3, "lst": ""}}, private, Reason.MALFORMED),
        ({"sub": sub, "status_list": {"bits": 2, "lst": "AAAA"}}, private, Reason.MALFORMED),
        ({"sub": sub, "status_list": {"bits": 2, "lst": "eNoDAAAAAAE"}}, private, Reason.STATUS_UNKNOWN),
    ):
        with pytest.raises(RefusedError) as error:
            check_status(credential, status_of(payload, key), trusted, now)
        assert error.value.reason is expected, payload
    with fails(codes.NO_LIST):
        statuses.status_token(99)


def test_places_in_lists_are_random_and_a_full_list_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [offices.issued() for _ in range(4)]
    assert sorted(row.place for row in rows) != list(range(4))
    monkeypatch.setattr(statuses, "FULL", 4)
    assert offices.issued().status_list.number == 2


def test_a_bomb_is_not_inflated() -> None:
    bomb = encoded(zlib.compress(b"\0" * (40 << 20), 9))
    assert status_at({"bits": 1, "lst": bomb}, 7) == 0
    with pytest.raises(RefusedError):
        status_at({"bits": 1, "lst": bomb}, (39 << 20) * 8)


def test_on_paper_it_carries_itself(tmp_path: Path) -> None:
    row = offices.issued()
    content = pdf(row, {"born"})
    assert content.startswith(b"%PDF-")
    assert len(PdfReader(BytesIO(content)).pages) == 1
    text = text_of(content)
    assert text == service.shown_text(row, {"born"})
    found = service.check(text)
    assert found.is_sound
    assert found.credential is not None
    assert "name" not in found.credential.claims
    assert "<svg" in qr_picture(row.text)
    assert qr_picture("x" * (LARGEST_CODE + 1)) == ""


def test_paper_says_that_it_counts_no_more() -> None:
    row = offices.issued()
    page = {"row": row, "rows": [], "picture": "", "title": ""}
    with translation.override("zh-hans"):
        assert "无效" not in render_to_string(PAPER, page)
        page["row"] = service.change_state(row.code, "suspend", "核查", by=BY)
        assert "已暂停" in render_to_string(PAPER, page)
        assert "本纸质件无效" in render_to_string(PAPER, page)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-",
        b"%PDF-1.4 nonsense",
        b"\xff\xfe",
        b"<html>",
        b"a b",
        b"x" * 70_000,
        b"%PDF-1.7\n" + b"1 0 obj<<" * 2000,
    ],
)
def test_files_without_a_certificate(content: bytes) -> None:
    with fails(codes.UNREADABLE):
        text_of(content)


def test_offline_by_the_stand_alone_verifier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = offices.issued()
    file, keys, status = (tmp_path / name for name in ("a.sd-jwt", "issuer.json", "status.jwt"))
    file.write_text(row.text)
    keys.write_text(json.dumps(issuers.metadata()))
    status.write_text(statuses.status_token(row.status_list.number))
    arguments = ["credential", str(file), "--issuers", str(keys)]
    assert main([*arguments, "--status", str(status)]) == 0
    assert json.loads(capsys.readouterr().out)["claims"]["name"] == "张三"
    assert main(arguments) == 0
    assert "not looked at" in json.loads(capsys.readouterr().out)["status"]
    service.change_state(row.code, "revoke", "x", by=BY)
    status.write_text(statuses.status_token(row.status_list.number))
    assert main([*arguments, "--status", str(status)]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "revoked"
    assert main([*arguments, "--at", "9999999999"]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "expired"
    keys.write_text("[]")
    assert main(arguments) == 1
    keys.write_text("7")
    assert main(arguments) == 1


def test_kinds_are_loaded_as_they_are_declared() -> None:
    again = service.load_certificate_kinds(offices.DECLARED, owner="scene:test", by=BY)
    assert (again.added, again.changed, again.unchanged) == ([], [], 1)
    with fails(codes.KIND_TAKEN):
        service.load_certificate_kinds(offices.DECLARED, owner="scene:other", by=BY)
    wrong = {"other": {**offices.DECLARED[offices.ISSUED], "issuer": "polic"}}
    with pytest.raises(ProblemError) as error:
        service.load_certificate_kinds(wrong, owner="scene:other", by=BY)
    assert (error.value.problems[0].code, error.value.problems[0].hint) == (
        codes.NO_BODY,
        "did you mean 'police'?",
    )
    row = offices.issued()
    assert service.load_certificate_kinds({}, owner="scene:test", by=BY).removed == [offices.ISSUED]
    with fails(codes.NO_CERTIFICATE_KIND):
        service.find_kind(offices.ISSUED, by=BY)
    assert service.check(row.text).is_sound
    renamed = {offices.ISSUED: {**offices.DECLARED[offices.ISSUED], "days": 0}}
    assert service.load_certificate_kinds(renamed, owner="scene:test", by=BY).changed == [offices.ISSUED]
    assert CertificateKind.objects.get().is_current


def test_demo_is_said_in_the_certificate_itself() -> None:
    row = service.issue(offices.kind(), offices.GIVEN, by=BY, is_demo=True)
    found = service.check(row.text)
    assert found.credential is not None
    assert found.credential.claims["demo"] is True
    assert Person.objects.count() == 0
    assert issuing.type_of(offices.kind()).endswith("/certificates/kinds/residence-permit")

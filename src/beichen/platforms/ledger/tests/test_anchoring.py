"""Anchoring by a time stamping authority: OpenSSL's, as somebody else's; one that is away, comes back, or
lies; and what proves it to whoever trusts nobody here."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from beichen.kernel.access.service import load_roles
from beichen.platforms.ledger import codes, keeping, proving, service
from beichen.platforms.ledger.anchors import add_anchor
from beichen.platforms.ledger.models import Anchoring
from beichen.platforms.ledger.tests.ground import BY, rewrite_history, seal_many
from beichen.platforms.ledger.witnessing import policy_text
from beichen.settings import settings
from beichen_proof import timestamp
from beichen_proof.__main__ import main
from beichen_proof.client import LogReader
from beichen_proof.refusal import RefusedError

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL is the authority"),
]
CONFIG = """
[req]
distinguished_name = dn
[dn]
[stamps]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
ess_cert_id_chain = no
ess_cert_id_alg = {hashed}
"""


class Authority:
    """`openssl ts -reply` behind HTTP, with a key of its own; `answer` may be put in the place of what it
    would say."""

    def __init__(self, folder: Path, kind: str = "ec:prime256v1", hashed: str = "sha256") -> None:
        folder.mkdir()
        self.folder, self.config = folder, folder / "openssl.cnf"
        self.answer: Callable[[bytes], tuple[int, bytes]] = lambda asked: (200, self.stamp(asked))
        self.config.write_text(CONFIG.format(folder=folder, hashed=hashed))
        (folder / "serial").write_text("01")
        self.certificate, key = folder / "tsa.pem", folder / "key.pem"
        algorithm, _, curve = kind.partition(":")
        chosen = (
            ["-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curve}"]
            if curve
            else ["-newkey", f"{algorithm}:2048"]
        )
        self.run("req", "-x509", *chosen, "-nodes", "-keyout", str(key), "-out", str(self.certificate),
                 "-days", "9", "-subj", "/CN=tsa.example", "-extensions", "stamps",
                 "-config", str(self.config))  # fmt: skip

    def run(self, *words: str) -> bytes:
        return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout

    def stamp(self, asked: bytes) -> bytes:
        question = self.folder / "question.tsq"
        question.write_bytes(asked)
        return self.run("ts", "-reply", "-config", str(self.config), "-queryfile", str(question),
                        "-signer", str(self.certificate), "-inkey", str(self.folder / "key.pem"))  # fmt: skip

    @contextmanager
    def served(self) -> Iterator[str]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                status, content = authority.answer(asked)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"tsa+http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    authority = Authority(tmp_path / "tsa")
    with authority.served() as url:
        monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_URL", url)
        monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_AUTHORITY", str(authority.certificate))
        settings.cache_clear()
        yield authority


def anchored() -> Anchoring:
    row = service.anchor()
    assert row is not None
    return row


class OfClient(LogReader):
    """The log through Django's test client."""

    def __init__(self, _url: str) -> None:
        super().__init__("http://city.example/tlog")

    def read(self, path: str, most: int, body: bytes | None = None) -> bytes:
        answer = Client().get(f"/tlog/{path}")
        assert answer.status_code == 200
        return answer.content


def judged(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = main(["anchor", *words])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("kind", "hashed"), [("ec:prime256v1", "sha256"), ("rsa", "sha1"), ("ec:secp384r1", "sha384")]
)
def test_a_stamp_of_openssl_proves_an_anchor_to_openssl_and_to_the_verifier(
    kind: str,
    hashed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    authority = Authority(tmp_path / "own", kind, hashed)
    seal_many(3)
    with authority.served() as url:
        monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_URL", url)
        monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_AUTHORITY", str(authority.certificate))
        settings.cache_clear()
        row = anchored()
    assert row.error == ""
    load_roles(by=BY)
    answer = Client().get(f"/ledger/anchors/{row.pk}")
    assert answer.status_code == 200, answer.content
    file, policy = tmp_path / "anchor.json", tmp_path / "policy"
    file.write_bytes(answer.content)
    policy.write_text(policy_text())
    words = (str(file), "--policy", str(policy), "--authority", str(authority.certificate))
    status, found = judged(capsys, *words)
    assert (status, found["sound"], found["size"]) == (0, True, 3)
    assert found["authority"] == "CN=tsa.example"
    note, token = tmp_path / "note", tmp_path / "token.tsr"
    note.write_text(row.note)
    token.write_bytes(timestamp_of(row))
    authority.run(
        "ts", "-verify", "-in", str(token), "-data", str(note), "-CAfile", str(authority.certificate)
    )


def timestamp_of(row: Anchoring) -> bytes:
    from beichen_proof.anchor import STAMP
    from beichen_proof.note import decoded

    return decoded(row.receipt.removeprefix(STAMP))


def test_an_authority_that_is_away_is_asked_again_and_only_its_word_counts(outside: Authority) -> None:
    seal_many(2)
    sound = outside.answer
    outside.answer = lambda asked: (503, b"")
    assert anchored().error == "it answers 503"
    outside.answer = lambda asked: (200, b"<html>Welcome</html>")
    assert "no DER" in anchored().error
    outside.answer = sound
    row = anchored()
    assert (row.size, row.error) == (2, "")
    assert service.anchor() is None
    assert Anchoring.objects.count() == 1


def test_an_authority_that_lies_is_not_believed(outside: Authority, tmp_path: Path) -> None:
    seal_many(1)
    about_another = timestamp.question(b"something else", 7)
    outside.answer = lambda asked: (200, outside.stamp(about_another))
    assert "altered" in anchored().error
    another = Authority(tmp_path / "another")
    outside.answer = lambda asked: (200, another.stamp(asked))
    assert "unknown-issuer" in anchored().error
    asked_before = timestamp.question(proving.published().note.encode(), 7)
    outside.answer = lambda asked: (200, outside.stamp(asked_before))
    assert anchored().error == "its answer is not believed: it answers another question"
    refused = outside.stamp(about_another.replace(timestamp.SHA256, timestamp.SHA256[:-1] + b"\x04"))
    outside.answer = lambda asked: (200, refused)
    assert "not granted" in anchored().error
    assert not Anchoring.objects.filter(error="").exists()
    load_roles(by=BY)
    answer = Client().get(f"/ledger/anchors/{Anchoring.objects.get().pk}")
    assert (answer.status_code, "LED-305" in answer.content.decode()) == (404, True)


@pytest.mark.parametrize("name", ["", "nowhere.pem", "openssl.cnf"])
def test_nobody_is_asked_without_the_authoritys_certificate(
    name: str, outside: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_AUTHORITY", str(outside.folder / name) if name else "")
    settings.cache_clear()
    seal_many(1)
    assert "BEICHEN_LEDGER_ANCHOR_AUTHORITY" in anchored().error
    assert [one.code for one in keeping.look()] == [codes.NO_ANCHOR]


def test_the_doctor_knows_an_address_without_an_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_URL", "htps://notary.example")
    settings.cache_clear()
    (problem,) = keeping.look()
    assert (problem.code, "https" in str(problem)) == (codes.NO_ANCHOR, True)


def test_a_log_that_was_rewritten_since_it_was_anchored_is_found(
    outside: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("beichen_proof.__main__.LogReader", OfClient)
    seal_many(2)
    row = anchored()
    seal_many(1, 2)
    file, policy = tmp_path / "anchor.json", tmp_path / "policy"
    policy.write_text(policy_text())
    load_roles(by=BY)
    file.write_bytes(Client().get(f"/ledger/anchors/{row.pk}").content)
    words = (str(file), "--policy", str(policy), "--authority", str(outside.certificate), "--url", "-")
    assert judged(capsys, *words)[1]["continued"] == 3
    assert service.verify().problems == []
    rewrite_history(0)
    seal_many(1, 3)
    status, found = judged(capsys, *words)
    assert (status, found["reason"]) == (1, "forked")
    assert "not what is kept outside" in str(service.verify().problems)


def test_an_adapter_that_fails_in_its_own_way_says_so_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def write(self, target: str, checkpoint: str, key: str) -> str:
            raise KeyError("gateway")

    add_anchor("broken", Broken())
    monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_URL", "broken://x")
    settings.cache_clear()
    seal_many(1)
    assert "the adapter failed" in anchored().error


@bounded(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_stamp_that_was_changed_anywhere_is_refused(
    stamped: tuple[bytes, Any], data: st.DataObject
) -> None:
    whole, known = stamped
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        found = timestamp.check(bytes(changed), b"content", known)
    except RefusedError:
        return
    # What is outside of the signature: words beside the status, the certificates that came along.
    assert (found.serial, found.nonce) == (2, 7)


def test_a_stamp_with_another_signature_is_forged(stamped: tuple[bytes, Any]) -> None:
    whole, known = stamped
    with pytest.raises(RefusedError, match="forged"):
        timestamp.check(whole[:-1] + bytes([whole[-1] ^ 1]), b"content", known)
    with pytest.raises(RefusedError, match="altered"):
        timestamp.check(whole, b"another", known)
    with pytest.raises(RefusedError, match="unknown-issuer"):
        timestamp.check(whole, b"content", [])


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Any]:
    authority = Authority(tmp_path_factory.mktemp("stamped") / "tsa")
    known = timestamp.certificates(authority.certificate.read_bytes())
    return authority.stamp(timestamp.question(b"content", 7)), known

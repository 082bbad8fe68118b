"""Witnesses that listen and that come by themselves, a log that is rewritten below them, monitors,
anchors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from beichen.kernel.access.service import load_roles
from beichen.kernel.bus.models import OutboxEvent
from beichen.platforms.ledger import codes, identity, integrating, proving, service
from beichen.platforms.ledger.anchors import add_anchor, anchor_for
from beichen.platforms.ledger.models import Anchoring, Checkpoint, Entry, Log
from beichen.platforms.ledger.models import Witness as Row
from beichen.platforms.ledger.pages import failure_words
from beichen.platforms.ledger.tests.ground import BY, reader, rewrite_history, seal, seal_many, served
from beichen.platforms.ledger.witnessing import policy_text
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen_proof.__main__ import main
from beichen_proof.checkpoint import opened
from beichen_proof.client import LogReader
from beichen_proof.monitor import look
from beichen_proof.note import COSIGNATURE, Signer, Verifier
from beichen_proof.policy import Policy
from beichen_proof.refusal import Reason, RefusedError
from beichen_proof.witness import Witness

pytestmark = pytest.mark.django_db
GOOD = str(Signer.make("w.example", COSIGNATURE).verifier)


def fails(code: str) -> AbstractContextManager[object]:
    return pytest.raises(ProblemError, match=code)


def key() -> Verifier:
    identity.signing()
    return Verifier.parse(Log.objects.get().key)


@pytest.fixture
def quorum(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def choose(number: int) -> None:
        monkeypatch.setenv("BEICHEN_LEDGER_QUORUM", str(number))
        settings.cache_clear()

    return choose


@contextmanager
def three(folder: Path) -> Iterator[list[Witness]]:
    """Three witnesses that listen, entered at the log."""
    with ExitStack() as stack:
        found = []
        for number in range(3):
            name = f"w{number}.example"
            witness, url = stack.enter_context(served(folder / name, name, str(key())))
            service.add_witness(str(witness.signer.verifier), name, url=url, by=BY)
            found.append(witness)
        yield found


class OfClient(LogReader):
    """Reads the log through Django's test client, as it would stand at an address."""

    def __init__(self) -> None:
        super().__init__("http://city.example/tlog")

    def read(self, path: str, most: int, body: bytes | None = None) -> bytes:
        client = Client()
        answer = (
            client.get(f"/tlog/{path}")
            if body is None
            else client.post(f"/tlog/{path}", body, content_type="text/plain")
        )
        if answer.status_code != 200:
            raise RefusedError(Reason.UNREACHABLE, f"{answer.status_code}")
        return answer.content


def test_m_of_n_publish_a_checkpoint(tmp_path: Path, quorum: Callable[[int], None]) -> None:
    quorum(2)
    with three(tmp_path) as witnesses:
        seal_many(5)
        with fails(codes.EMPTY):
            proving.published()
        (witnesses[0].folder / "logs").write_text("")
        witnesses[0].logs.clear()  # this one knows the log no more
        assert service.ask_witnesses() == 2
        row = proving.published()
        assert row.size == 5
        Policy.parse(policy_text()).open(row.note)
        seal_many(300, 5)
        assert proving.published().size == 5
        assert service.ask_witnesses(timezone.now() + timedelta(minutes=1)) == 2
        assert proving.published().size == 305
        assert service.ask_witnesses() == 0
    failed = Row.objects.get(name="w0.example")
    assert (failed.size, failed.contradicts) == (0, False)
    assert "404" in failed.failure


def test_a_checkpoint_that_waited_is_published_when_fewer_are_needed(quorum: Callable[[int], None]) -> None:
    quorum(1)
    seal_many(1)
    with fails(codes.EMPTY):
        proving.published()
    quorum(0)
    service.ask_witnesses()
    assert proving.published().size == 1


def test_a_rewritten_log_is_found_by_each_of_them(tmp_path: Path) -> None:
    with three(tmp_path) as witnesses:
        seal_many(20)
        assert service.ask_witnesses() == 3
        rewrite_history(4)
        seal_many(5, 20)
        assert service.ask_witnesses() == 0
        assert list(Row.objects.values_list("contradicts", flat=True)) == [True, True, True]
        for witness in witnesses:
            assert len(list((witness.folder / "evidence").iterdir())) == 1
            assert witness.last(key().name).size == 20
    told = [json.loads(row) for row in OutboxEvent.objects.values_list("payload", flat=True)]
    assert sum(one["type"] == "ledger.witness.contradicted" for one in told) == 3


def test_a_shorter_log_is_found(tmp_path: Path) -> None:
    with served(tmp_path / "w", "w.example", str(key())) as (witness, url):
        service.add_witness(str(witness.signer.verifier), "W", url=url, by=BY)
        seal_many(20)
        assert service.ask_witnesses() == 1
        Entry.objects.filter(position__gte=10).delete()
        Log.objects.update(size=10)
        Checkpoint.objects.all().delete()
        integrating.write_checkpoint(identity.signing(), integrating.rebuild(10))
        Row.objects.update(size=0)  # the house forgets what it was told
        assert service.ask_witnesses() == 0
        assert "it has seen 20 entries" in Row.objects.get().failure
        with translation.override("zh-hans"):
            assert failure_words(Row.objects.get().failure) == "已见 20 条，而账本只有 10 条"
        with pytest.raises(RefusedError) as error:
            witness.check(OfClient())
        assert error.value.reason is Reason.FORKED


def test_a_witness_that_comes_by_itself(tmp_path: Path, quorum: Callable[[int], None]) -> None:
    quorum(1)
    witness = Witness.make(tmp_path / "w", "w.example")
    witness.trust(key())
    row = service.add_witness(str(witness.signer.verifier), "W", by=BY)
    seal_many(300)
    found, signature = witness.check(OfClient())
    assert found.size == 300
    assert service.ask_witnesses() == 0
    answer = Client().post(
        "/tlog/cosignatures", f"{found.text()}\n{signature.line()}".encode(), content_type="text/plain"
    )
    assert answer.status_code == 200
    assert proving.published().size == 300
    row.refresh_from_db()
    assert (row.size, row.failure) == (300, "")
    witness.check(OfClient())
    rewrite_history(7)
    with pytest.raises(RefusedError) as error:
        witness.check(OfClient())
    assert error.value.reason is Reason.FORKED
    with pytest.raises(RefusedError) as error:
        Witness.make(tmp_path / "v", "v.example").check(OfClient())
    assert error.value.reason is Reason.UNKNOWN_LOG


def test_cosignatures_that_do_not_fit(tmp_path: Path) -> None:
    stranger, known = (Signer.make(f"{name}.example", COSIGNATURE) for name in "sk")
    service.add_witness(str(known.verifier), "K", by=BY)
    seal_many(2)
    held, _note = opened(proving.newest().note, key())
    text, other = held.text(), held.text().replace("\n2\n", "\n3\n")
    forged = Signer.make("k.example", COSIGNATURE)
    for content in (
        b"",
        b"\xff",
        b"x" * 20_000,
        f"{text}\n{stranger.sign(text, 1).line()}".encode(),
        f"{text}\n{known.sign(other, 1).line()}".encode(),
        f"{text}\n{forged.sign(text, 1).line()}".encode(),
        f"{other}\n{known.sign(other, 1).line()}".encode(),
        f"{text}\n{known.sign(text, 2**63).line()}".encode(),
    ):
        answer = Client().post("/tlog/cosignatures", content, content_type="text/plain")
        assert (answer.status_code, answer.json()["code"]) == (422, codes.BAD_COSIGNATURE), content[:60]


def test_a_witness_is_entered_by_who_may() -> None:
    load_roles(by=BY)
    with fails("ACC-403"):
        service.add_witness(GOOD, "W", by=reader("officer"))
    row = service.add_witness(GOOD, "W", by=reader("operator"))
    assert service.add_witness(GOOD, "Other words", url="https://w.example/", by=BY).pk == row.pk
    assert [one.url for one in service.witnesses(by=reader("public"))] == ["https://w.example"]
    with fails("ACC-403"):
        service.retire_witness(row.pk, by=reader("officer"))
    assert not service.retire_witness(row.pk, by=BY).is_active
    with fails(codes.NO_WITNESS):
        service.retire_witness(row.pk, by=BY)


def test_every_mistake_of_a_witness_is_told_at_once() -> None:
    with pytest.raises(ProblemError) as error:
        service.add_witness("x", " ", url="ftp://x", by=BY)
    assert [one.where.field for one in error.value.problems] == ["key", "url", "title"]
    for bad in (str(Signer.make("w.example").verifier), "w.example+00000000+AAAA"):
        with fails(codes.BAD_WITNESS):
            service.add_witness(bad, "W", by=BY)
    service.add_witness(GOOD, "W", by=BY)
    with fails(codes.BAD_WITNESS):  # the same name under another key
        service.add_witness(str(Signer.make("w.example", COSIGNATURE).verifier), "W", by=BY)


class Answering(BaseHTTPRequestHandler):
    """A service that answers as a test says."""

    status, content = 200, b"receipt 7"
    asked: list[tuple[str, str, bytes]] = []  # noqa: RUF012 - emptied by the fixture

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers.get("Idempotency-Key", ""), body))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *_values: Any) -> None:
        pass


@pytest.fixture
def service_outside() -> Iterator[tuple[type[Answering], str]]:
    handler = type("Handler", (Answering,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}/log"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("noted", "words"),
    [
        ("it answers 404: this log is not known here", "应答状态 404"),
        ("422 at 22 → 25: the proof is too short", "拒绝从 22 条到 25 条的延续（422）"),
        ("ConnectError: [Errno 111] Connection refused", "无法连接"),
        ("ReadTimeout: ", "无法连接"),
        ("it answers without its own signature", "应答中没有自己的签名"),
        ("UnicodeDecodeError: 'utf-8'", "UnicodeDecodeError: 'utf-8'"),
        ("", ""),
    ],
)
def test_what_a_witness_answers_is_told_in_words(noted: str, words: str) -> None:
    with translation.override("zh-hans"):
        assert failure_words(noted) == words


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, b""),
        (200, b""),
        (200, b"\xe2\x80\x94 w.example AAAA\n"),
        (200, b"x" * 10_000),
        (302, b""),
        (200, b"\xff"),
        (409, b"not a number"),
        (409, "٣".encode()),
        (200, b"\xe2\x80\x94 w.example " + b"A" * 100 + b"\n"),
    ],
)
def test_a_witness_that_answers_nonsense(
    status: int, content: bytes, service_outside: tuple[type[Answering], str]
) -> None:
    handler, url = service_outside
    handler.status, handler.content = status, content
    row = service.add_witness(GOOD, "W", url=url, by=BY)
    seal_many(1)
    assert service.ask_witnesses() == 0
    row.refresh_from_db()
    assert row.failure
    assert row.size == 0
    assert service.ask_witnesses() == 0
    assert len(handler.asked) == 1  # it is left alone for a while


def test_a_checkpoint_is_anchored_outside_once(
    service_outside: tuple[type[Answering], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, url = service_outside
    assert service.anchor() is None
    monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_URL", url)
    settings.cache_clear()
    assert service.anchor() is None
    seal_many(2)
    handler.status = 503
    row = service.anchor()
    assert row is not None
    assert row.error == "it answers 503"
    handler.status = 201
    row = service.anchor()
    assert row is not None
    assert (row.receipt, row.error, row.size) == ("receipt 7", "", 2)
    assert service.anchor() is None
    assert Anchoring.objects.count() == 1
    (_path, first, body), (_again, second, _body) = handler.asked
    assert first == second
    assert opened(body, key())[0].size == 2
    seal_many(1, 2)
    handler.content = b"x" * 70_000
    row = service.anchor()
    assert row is not None
    assert row.error == "the receipt is too long"


def test_anchors_are_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    class Remembering:
        written: list[str] = []  # noqa: RUF012

        def write(self, target: str, checkpoint: str, key: str) -> str:
            self.written.append(checkpoint)
            return "block 9"

    add_anchor("chain", adapter := Remembering())
    with pytest.raises(ValueError, match="twice"):
        add_anchor("chain", Remembering())
    monkeypatch.setenv("BEICHEN_LEDGER_ANCHOR_URL", "chain://channel")
    settings.cache_clear()
    seal_many(1)
    row = service.anchor()
    assert row is not None
    assert (row.receipt, adapter.written) == ("block 9", [row.note])
    with fails(codes.NO_ANCHOR):
        anchor_for("ftp://x")


def test_a_monitor_reads_every_entry_once_and_finds_what_was_changed(tmp_path: Path) -> None:
    seal_many(300)
    log, state = key(), tmp_path / "state.json"
    seen = look(OfClient(), log, state)
    assert (seen.before, seen.checkpoint.size, seen.kinds) == (0, 300, {"test.thing": 300})
    seal_many(7, 300)
    assert look(OfClient(), log, state).kinds == {"test.thing": 7}
    assert look(OfClient(), log, state).kinds == {}
    rewrite_history(3)
    kept = state.read_text()
    with pytest.raises(RefusedError) as error:
        look(OfClient(), log, state)
    assert error.value.reason is Reason.FORKED
    assert state.read_text() == kept
    state.write_text("{")
    with pytest.raises(RefusedError):
        look(OfClient(), log, state)


def test_commands_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They need no database: what cannot be reached or read is said in words."""

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        status = main(list(arguments))
        return status, json.loads(capsys.readouterr().out)

    state = str(tmp_path / "w")
    status, said = run("witness", "init", "w.example", "--state", state)
    assert status == 0
    assert said["key"].startswith("w.example+")
    assert run("witness", "init", "w.example", "--state", state)[0] == 1
    nowhere = "http://127.0.0.1:9/tlog"
    status, said = run("witness", "check", nowhere, "--state", state, "--log", str(key()))
    assert (status, said["reason"]) == (1, "unreachable")
    status, said = run("monitor", "ftp://x", "--state", state, "--log", str(key()))
    assert (status, said["reason"]) == (1, "unreachable")
    row = seal("T-1", "the document")
    service.integrate()
    row.refresh_from_db()
    bundle, policy, document = (tmp_path / name for name in ("proof.json", "policy.txt", "document.txt"))
    bundle.write_text(proving.bundle_text(row))
    policy.write_text(policy_text())
    document.write_text("the document")
    arguments = ["verify", str(bundle), "--policy", str(policy), "--document", str(document)]
    assert run(*arguments) == (0, {**run(*arguments)[1], "sound": True, "reference": "T-1"})
    document.write_text("another")
    assert run(*arguments)[1]["reason"] == "altered"
    assert run("verify", str(tmp_path / "none"), "--policy", str(policy))[0] == 1

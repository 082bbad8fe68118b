"""Files at their interface: stored whole or not at all, refused with a reason, found when damaged."""

from __future__ import annotations

import errno
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from obstore.store import LocalStore

from beichen.kernel.access import service as access
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.files import service, store
from beichen.kernel.files.models import StoredFile
from beichen.kernel.levels import Level
from beichen.problem import ProblemError
from beichen.settings import settings

pytestmark = pytest.mark.django_db
BY = system("test")
TODAY = timezone.localdate()
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(range(200)) * 10


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of the test's own."""
    local = LocalStore(str(tmp_path), mkdir=True)
    monkeypatch.setattr(store, "contents", lambda: local)
    access.load_roles(by=BY)
    return tmp_path


def kept(folder: Path) -> list[Path]:
    """The contents in the folder, set aside or not."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if store.DOUBTFUL not in file.parts]


def test_a_file_comes_back_as_it_was() -> None:
    row = service.store(io.BytesIO(PNG), "照片.png", by=BY)
    assert b"".join(service.open_stored(row)) == PNG
    assert (row.media_type, row.size, row.name) == ("image/png", len(PNG), "照片.png")


def test_a_code_that_no_file_has_is_said() -> None:
    with pytest.raises(ProblemError, match="FIL-404 no file has this code"):
        service.find("NOSUCHFILE", by=BY)


def test_equal_contents_lie_once(folder: Path) -> None:
    first = service.store(io.BytesIO(PNG), "a.png", by=BY)
    second = service.store(io.BytesIO(PNG), "b.png", by=BY)
    assert first.code != second.code
    assert len(kept(folder)) == 1


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.exe", b"MZ", "FIL-101"),
        ("page.html", b"<html>", "FIL-101"),
        ("a.png", b"MZ" + bytes(100), "FIL-102"),
        ("a.pdf", PNG, "FIL-102"),
        ("a.csv", b"\0\1\2", "FIL-102"),
        ("a.txt", b"<!DOCTYPE html><script>alert(1)</script>", "FIL-102"),
        ("a.json", b"<svg onload=alert(1)>", "FIL-102"),
        ("noending", b"text", "FIL-101"),
    ],
)
def test_what_is_not_taken_is_refused_and_leaves_nothing(
    folder: Path, name: str, content: bytes, problem: str
) -> None:
    with pytest.raises(ProblemError, match=problem):
        service.store(io.BytesIO(content), name, by=BY)
    assert not kept(folder)
    assert not StoredFile.objects.exists()


def test_chinese_text_in_both_encodings_is_text() -> None:
    for encoding in ("utf-8", "gb18030"):
        content = ("长春市第十四个五年规划" * 2000).encode(encoding)
        assert service.store(io.BytesIO(content), "a.txt", by=BY).media_type == "text/plain"


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole(folder: Path) -> None:
    with pytest.raises(ProblemError, match="FIL-103"):
        service.store(io.BytesIO(PNG * 4000), "a.png", by=BY, limit=1 << 20)
    assert not kept(folder)


class _Breaks(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError(errno.ECONNRESET, "the sender went away")
        return super().read(10)


def test_an_upload_that_breaks_off_leaves_nothing(folder: Path) -> None:
    with pytest.raises(ProblemError, match="FIL-104"):
        service.store(_Breaks(PNG), "a.png", by=BY)
    assert not kept(folder)
    assert not list((settings().data_dir / "spool").iterdir())


def test_a_full_store_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("obstore.put", full)
    with pytest.raises(ProblemError, match="No space left"):
        service.store(io.BytesIO(PNG), "a.png", by=BY)
    assert not StoredFile.objects.exists()


def test_damage_and_loss_are_found(folder: Path) -> None:
    service.store(io.BytesIO(PNG), "a.png", by=BY)
    service.store(io.BytesIO(b"text"), "a.txt", by=BY)
    assert not list(service.verify())
    small, large = sorted(kept(folder), key=lambda file: file.stat().st_size)
    small.unlink()
    large.write_bytes(PNG[:-1] + b"x")
    assert sorted(problem.code for problem in service.verify()) == ["FIL-105", "FIL-106"]


def test_downloads_are_decided_and_never_run(client: Client) -> None:
    open_file = service.store(io.BytesIO(PNG), "a.png", by=BY, level=Level.L1)
    answer = client.get(f"/files/{open_file.code}")
    assert answer.status_code == 403  # the public role carries no files.read
    access.save_role("public", "公众", ["files.read"], Level.L1, by=BY)
    answer = client.get(f"/files/{open_file.code}")
    assert answer.getvalue() == PNG
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    internal = service.store(io.BytesIO(PNG), "b.png", by=BY, level=Level.L2)
    assert client.get(f"/files/{internal.code}").status_code == 403
    assert client.get("/files/NOSUCHFILE").status_code == 404
    with pytest.raises(ProblemError, match="ACC-403"):
        service.find(internal.code, by=PUBLIC)


def test_a_content_goes_with_its_last_row(folder: Path, django_capture_on_commit_callbacks: Any) -> None:
    first, second = (service.store(io.BytesIO(PNG), name, by=BY) for name in ("a.png", "b.png"))
    with django_capture_on_commit_callbacks(execute=True):
        service.discard(first, by=BY)
    assert b"".join(service.open_stored(second)) == PNG
    with django_capture_on_commit_callbacks(execute=True):
        service.discard(second, by=BY)
    with pytest.raises(ProblemError, match="FIL-105"):
        service.open_stored(second)
    assert service.forget() == 0, "not before a day"
    assert store.forget_aside(TODAY + timedelta(days=1)) == 0
    assert store.forget_aside(TODAY + timedelta(days=2)) == 1
    assert not kept(folder)


def test_a_content_that_is_stored_while_it_is_let_go_stays(django_capture_on_commit_callbacks: Any) -> None:
    """The row of who stores it is not seen yet by who lets it go."""
    row = service.store(io.BytesIO(PNG), "a.png", by=BY)
    with django_capture_on_commit_callbacks() as storing:
        again = service.store(io.BytesIO(PNG), "b.png", by=BY)
    store.set_aside(row.hash, TODAY)
    for callback in storing:
        callback()
    assert b"".join(service.open_stored(again)) == PNG


def test_a_content_that_was_set_aside_is_stored_anew(django_capture_on_commit_callbacks: Any) -> None:
    row = service.store(io.BytesIO(PNG), "a.png", by=BY)
    store.set_aside(row.hash, TODAY)
    with django_capture_on_commit_callbacks(execute=True):
        again = service.store(io.BytesIO(PNG), "b.png", by=BY)
    assert b"".join(service.open_stored(again)) == PNG


def _tomorrow(monkeypatch: pytest.MonkeyPatch, days: int = 1) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY + timedelta(days=days))


def test_a_content_whose_row_was_never_committed_is_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the process is killed, or the transaction is taken back, between the content and its row."""
    with transaction.atomic():
        service.store(io.BytesIO(PNG), "a.png", by=BY)
        transaction.set_rollback(True)
    assert len(kept(folder)) == 1
    assert service.forget() == 0
    assert len(kept(folder)) == 1, "another transaction may still decide today"
    for days in (1, 2):
        _tomorrow(monkeypatch, days)
        assert service.forget() == 0
    _tomorrow(monkeypatch, 3)
    assert service.forget() == 1
    assert not [file for file in folder.rglob("*") if file.is_file()]


def test_a_killed_process_that_stored_keeps_its_content(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed, and dead before it could bring back what another one had set aside."""
    row = service.store(io.BytesIO(PNG), "a.png", by=BY)  # whatever waits for the commit does not run here
    store.set_aside(row.hash, TODAY)
    _tomorrow(monkeypatch)
    assert service.forget() == 0
    assert b"".join(service.open_stored(row)) == PNG
    _tomorrow(monkeypatch, 3)
    assert service.forget() == 0
    assert len(kept(folder)) == 1


def test_a_killed_process_that_discarded_lets_its_content_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row = service.store(io.BytesIO(PNG), "a.png", by=BY)
    assert not store.doubtful(TODAY + timedelta(days=1)), "what was decided is noted no more"
    service.discard(row, by=BY)
    _tomorrow(monkeypatch)
    assert service.forget() == 0
    _tomorrow(monkeypatch, 3)
    assert service.forget() == 1
    assert not kept(folder)

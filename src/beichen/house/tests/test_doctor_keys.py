"""The doctor on private keys and the payment gateway: gone, cut, another's, open to others, unsafe, away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from beichen.fronts.codes import keys as code_keys
from beichen.fronts.codes.models import KeyUse
from beichen.fronts.services.tests import stall
from beichen.fronts.services.tests.till import SECRET, Till
from beichen.house import doctor as room
from beichen.house.doctor import doctor
from beichen.kernel.files import store as files
from beichen.platforms.ledger import identity, store
from beichen.platforms.ledger.certificates import issuers
from beichen.platforms.ledger.models import Log
from beichen.problem import ProblemError
from beichen.settings import settings

pytestmark = pytest.mark.django_db
Find = Callable[[str], list[tuple[str, str]]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keys of the test's own."""
    for name in ("BEICHEN_LEDGER_KEYS", "BEICHEN_CODES_KEYS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("BEICHEN_FILES_URL", str(tmp_path / "files"))
    _forget()
    yield tmp_path
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    settings.cache_clear()
    files.contents.cache_clear()
    store.forget()
    code_keys._read.cache_clear()
    issuers._read.cache_clear()


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Find:
    """What the doctor finds at one part: codes and levels."""
    monkeypatch.setattr(room, "CHECKS", [one for one in room.CHECKS if one.name in ("keys", "payments")])

    def found(name: str) -> list[tuple[str, str]]:
        code_keys._read.cache_clear()
        issuers._read.cache_clear()
        report = orjson.loads(CliRunner().invoke(doctor, ["--json"]).output)
        return [(one["code"], one.get("level", "error")) for one in report[name]]

    return found


def test_a_house_that_has_no_keys_yet_is_well_and_gets_none(find: Find, folder: Path) -> None:
    assert find("keys") == []
    assert not (folder / "BEICHEN_LEDGER_KEYS").exists()
    assert not (folder / "BEICHEN_CODES_KEYS").exists()


def test_keys_that_are_there_are_well(find: Find) -> None:
    identity.signing()
    issuers.private_of(issuers.active_key())
    for use in KeyUse:
        code_keys.secret_of(code_keys.active_key(use))
    assert find("keys") == []


@pytest.mark.parametrize("content", [None, "", "no key", '"{}"', "[]"])
def test_a_key_of_certificates_that_is_gone_or_cut(find: Find, folder: Path, content: str | None) -> None:
    row = issuers.active_key()
    (file,) = (folder / "BEICHEN_LEDGER_KEYS").iterdir()
    file.unlink() if content is None else file.write_text(content)
    assert find("keys") == [("LED-202", "error")]
    with pytest.raises(ProblemError, match="LED-202"):
        issuers.private_of(row)


def test_a_key_of_certificates_that_is_another(find: Find, folder: Path) -> None:
    first, second = issuers.active_key(), issuers._make()
    keys = folder / "BEICHEN_LEDGER_KEYS"
    keys.joinpath(f"issuer-{second.kid}.jwk").replace(keys / f"issuer-{first.kid}.jwk")
    second.delete()
    assert find("keys") == [("LED-202", "error")]


@pytest.mark.parametrize("content", [None, "", "PRIVATE+KEY+x"])
def test_a_log_without_its_key(find: Find, folder: Path, content: str | None) -> None:
    identity.signing()
    file = folder / "BEICHEN_LEDGER_KEYS" / identity.KEY
    file.unlink() if content is None else file.write_text(content)
    assert find("keys") == [("LED-202", "error")]
    assert file.exists() is (content is not None), "the doctor makes none"


def test_a_log_with_anothers_key(find: Find, folder: Path) -> None:
    identity.signing()
    file = folder / "BEICHEN_LEDGER_KEYS" / identity.KEY
    row = identity.log()
    assert row is not None
    file.unlink()
    Log.objects.all().delete()
    identity.signing()
    Log.objects.filter(pk=1).update(key=row.key, origin=row.origin)
    assert find("keys") == [("LED-202", "error")]


@pytest.mark.parametrize("use", list(KeyUse))
@pytest.mark.parametrize("content", [None, "", "AAAA", "!", "A" * 43])
def test_a_key_of_codes_that_is_gone_cut_or_another(
    find: Find, folder: Path, use: str, content: str | None
) -> None:
    """A secret that is no secret signs nothing: 32 bytes, or a refusal that says which file."""
    row = code_keys.active_key(use)
    file = folder / "BEICHEN_CODES_KEYS" / f"{row.name}.key"
    file.unlink() if content is None else file.write_text(content)
    is_other = content == "A" * 43 and use == KeyUse.STICKER
    assert find("keys") == ([] if is_other else [("COD-102", "error")])
    if content != "A" * 43:
        with pytest.raises(ProblemError, match="COD-102"):
            code_keys.secret_of(row)


def test_a_key_that_others_can_read_is_a_warning(find: Find, folder: Path) -> None:
    identity.signing()
    (folder / "BEICHEN_LEDGER_KEYS" / identity.KEY).chmod(0o644)
    assert find("keys") == [("DOC-109", "warning")]


def _paid_at(monkeypatch: pytest.MonkeyPatch, url: str, secret: str = SECRET) -> None:
    monkeypatch.setenv("BEICHEN_PAYMENT_URL", url)
    monkeypatch.setenv("BEICHEN_PAYMENT_SECRET", secret)
    settings.cache_clear()


def test_fees_without_a_gateway_are_a_warning(find: Find) -> None:
    assert find("payments") == []
    stall.build()
    assert find("payments") == [("SRV-411", "warning")]


def test_a_gateway_is_asked(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    till = Till()
    try:
        _paid_at(monkeypatch, till.url)
        assert find("payments") == []
        _paid_at(monkeypatch, till.url, "another secret, not the till's own")
        assert find("payments") == [("SRV-412", "error")]
        till.is_away = True
        _paid_at(monkeypatch, till.url)
        assert find("payments") == [("SRV-412", "error")]
        assert (till.created, till.orders) == (0, {})
    finally:
        till.close()


def test_an_unsafe_gateway_is_not_asked(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    _paid_at(monkeypatch, "http://pay.example/till")
    assert find("payments") == [("SRV-417", "error")]
    _paid_at(monkeypatch, "https://pay.example/till", "short")
    assert find("payments") == [("SRV-417", "error")]

"""Printed codes: ours are told from made-up ones; withdrawn and replaced ones do not count."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.fronts.codes import keys, service, stickers
from beichen.fronts.codes.commands import codes
from beichen.fronts.codes.models import CodeKey, KeyUse, StickerStep
from beichen.fronts.codes.problems import BAD_STEP, NO_KEY, NO_REASON, NOT_PRINTED
from beichen.fronts.codes.tests import town
from beichen.hubs.events.tests import city
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Region, random_code
from beichen.problem import ProblemError
from beichen.registry import service as registry
from beichen.registry.models import Kind, ObjectType
from beichen_proof.jose import decoded, encoded

pytestmark = pytest.mark.django_db
SAME = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)


def signature_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["s"][0]


def code_of(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problems[0].code


def test_an_address_is_short_and_says_code_edition_and_key() -> None:
    address = service.sticker_address("0000002S7")
    assert address.startswith("https://city.example/c/0000002S7?s=")
    assert len(signature_of(address)) == stickers.SIGNATURE_LENGTH
    assert stickers.signed_edition("0000002S7", signature_of(address)) == 1
    assert registry.address_of_code("0000002S7") == address


@SAME
@given(st.text(max_size=40), st.text(max_size=20))
def test_no_made_up_signature_is_ours(code: str, text: str) -> None:
    assert stickers.signed_edition(code, text) is None


@SAME
@given(st.integers(0, 12 * 8 - 1))
def test_one_bit_of_a_signature_is_enough(bit: int) -> None:
    good = stickers.signature("ABC", 1)
    content = bytearray(decoded(good))
    content[bit // 8] ^= 1 << (bit % 8)
    assert stickers.signed_edition("ABC", encoded(bytes(content))) is None
    assert stickers.signed_edition("ABD", good) is None


def test_a_reissued_sticker_takes_the_place_of_the_one_before() -> None:
    row = town.thing()
    first = signature_of(service.sticker_address(row.code))
    sticker = service.change_sticker(row.code.lower(), "reissue", " 被复制 ", by=town.BY)
    second = signature_of(service.sticker_address(row.code))
    assert (sticker.edition, sticker.reason, first != second) == (2, "被复制", True)
    steward = town.role("steward")
    assert service.look(row.code, second, by=steward).standing == "genuine"
    assert service.look(row.code, first, by=steward).standing == "replaced"
    service.change_sticker(row.code, "withdraw", "遗失", by=town.BY)
    assert service.look(row.code, second, by=steward).standing == "withdrawn"
    service.change_sticker(row.code, "reissue", "补办", by=town.BY)
    assert [one.step for one in StickerStep.objects.order_by("id")] == ["reissue", "withdraw", "reissue"]
    told = AuditRecord.objects.filter(resource=f"fronts_codes.sticker:{row.code}")
    assert [one.action for one in told] == ["codes.sticker.withdraw"] * 3


def test_who_withdraws_says_why_and_may() -> None:
    row = town.thing()
    for step, reason, code in (("reissue", " ", NO_REASON), ("burn", "x", BAD_STEP)):
        with pytest.raises(ProblemError) as error:
            service.change_sticker(row.code, step, reason, by=town.BY)
        assert code_of(error) == code
    service.change_sticker(row.code, "withdraw", "x", by=town.BY)
    with pytest.raises(ProblemError) as error:
        service.change_sticker(row.code, "withdraw", "x", by=town.BY)
    assert code_of(error) == BAD_STEP
    with pytest.raises(ProblemError) as error:
        service.change_sticker(row.code, "reissue", "x", by=town.role("officer"))
    assert code_of(error) == "ACC-403"
    west = city.WEST
    region = Region.objects.get(code=west)
    with pytest.raises(ProblemError) as error:
        service.change_sticker(row.code, "reissue", "x", by=town.role("steward", region=region.path))
    assert code_of(error) == "ACC-403"


def test_a_persons_code_is_never_printed() -> None:
    row = town.thing(kind="Human")
    ObjectType.objects.filter(key="Human").update(kind=Kind.PERSON)
    for act in (
        lambda: service.change_sticker(row.code, "reissue", "x", by=town.BY),
        lambda: stickers.printable(row.code, by=town.BY),
    ):
        with pytest.raises(ProblemError) as error:
            act()
        assert code_of(error) == NOT_PRINTED


def test_a_new_key_signs_and_the_old_one_is_believed_until_it_is_refused() -> None:
    before = stickers.signature("ABC", 1)
    old = CodeKey.objects.get(use=KeyUse.STICKER)
    service.rotate_key(KeyUse.STICKER, by=town.BY)
    after = stickers.signature("ABC", 1)
    assert before != after
    assert stickers.signed_edition("ABC", before) == stickers.signed_edition("ABC", after) == 1
    service.refuse_key(old.name, "stolen", by=town.BY)
    assert stickers.signed_edition("ABC", before) is None
    assert stickers.signed_edition("ABC", after) == 1
    with pytest.raises(ProblemError) as error:
        service.refuse_key(old.name, "stolen", by=town.BY)
    assert code_of(error) == BAD_STEP
    with pytest.raises(ProblemError):
        service.rotate_key(KeyUse.STICKER, by=town.role("officer"))


def test_a_key_that_is_gone_is_not_made_anew(own_folder: Path) -> None:
    signature = stickers.signature("ABC", 1)
    for file in (own_folder / "keys").iterdir():
        assert file.stat().st_mode & 0o077 == 0
        file.unlink()
    keys._read.cache_clear()
    with pytest.raises(ProblemError) as error:
        stickers.signed_edition("ABC", signature)
    assert code_of(error) == NO_KEY


def test_every_sort_of_code_can_be_signed() -> None:
    """Serial ones, random ones, and those that objects brought with them."""
    for code in ("0000002S7", random_code(), "91220101MA0Y3X4A1B", "路灯-一 2/3", "MH-1"):
        address = service.sticker_address(code)
        assert stickers.signed_edition(code, signature_of(address)) == 1
        assert stickers.picture(address).startswith(b"<?xml")
        assert stickers.picture(address, "png").startswith(b"\x89PNG")


def test_keys_are_listed_rotated_and_refused_by_command() -> None:
    stickers.signature("ABC", 1)
    run = CliRunner().invoke
    name = CodeKey.objects.get().name
    assert f"{name} " in run(codes, ["keys"]).output
    assert "signs from now on" in run(codes, ["rotate-key", "sticker"]).output
    assert "is refused" in run(codes, ["refuse-key", name, "--reason", "stolen"]).output
    listed = json.loads(run(codes, ["keys", "--json"]).output)["keys"]
    assert [(one["signs"], one["refused"]) for one in listed] == [(False, True), (True, False)]
    assert run(codes, ["rotate-key", "lamp"]).exit_code == 2

"""`/c/CODE`: what may be done there by right; the public learns nothing of codes that it was not given."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from beichen.fronts.codes import service
from beichen.fronts.codes.looking import MISSES
from beichen.fronts.codes.tests import town
from beichen.kernel.levels import Level
from beichen.problem import ProblemError
from beichen.registry.models import Kind, ObjectType

pytestmark = pytest.mark.django_db


def path_of(code: str) -> str:
    parts = urlsplit(service.sticker_address(code))
    return f"{parts.path}?{parts.query}"


def keys_of(answer: object) -> list[str]:
    return [one.key for one in answer.context["offers"]]  # type: ignore[attr-defined]


def test_a_signed_code_opens_for_everybody() -> None:
    row = town.thing()
    answer = Client().get(path_of(row.code))
    assert answer.status_code == 200
    assert "灯一" in answer.content.decode()
    assert keys_of(answer) == ["report", "object"]
    assert f"/report?at={row.code}" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_officers_are_offered_what_they_may_do() -> None:
    row = town.thing()
    client = town.officer("grid-worker", "east")[0]
    assert keys_of(client.get(path_of(row.code))) == ["inspect", "report", "object"]
    steward = town.officer("steward")[0]
    assert "codes.label" in keys_of(steward.get(path_of(row.code)))


def test_what_cannot_be_confirmed_answers_alike() -> None:
    """Unknown, unsigned, withdrawn, replaced, another house's, a person's, one that is not for everybody."""
    row, secret, human = town.thing(), town.thing(level=Level.L2), town.thing(kind="Human")
    ObjectType.objects.filter(key="Human").update(kind=Kind.PERSON)
    replaced = path_of(row.code)
    service.change_sticker(row.code, "reissue", "x", by=town.BY)
    withdrawn = town.thing()
    gone = path_of(withdrawn.code)
    service.change_sticker(withdrawn.code, "withdraw", "x", by=town.BY)
    paths = (
        "/c/NOTHING",
        f"/c/{row.code}",
        f"/c/{row.code}?s=AAAAAAAAAAAAAAAA",
        f"/c/{human.code}",
        replaced,
        gone,
        path_of(secret.code),
        path_of("NOTHING"),
    )
    answers = [Client().get(path, REMOTE_ADDR=f"10.1.0.{number}") for number, path in enumerate(paths)]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {answer.content.decode().replace(path, "") for answer, path in zip(answers, paths, strict=True)}
    shown = {body.split("<main")[1].split("</main>")[0] for body in bodies}
    assert len(shown) == 1


def test_who_tries_codes_out_is_slowed_down_and_a_real_sticker_still_works() -> None:
    row = town.thing()
    client = Client(REMOTE_ADDR="10.2.0.1")
    most = int(MISSES.partition("/")[0])
    answers = [client.get(f"/c/TRY{number}").status_code for number in range(most + 2)]
    assert answers == [404] * most + [429] * 2
    assert client.get(path_of(row.code)).status_code == 200
    assert Client(REMOTE_ADDR="10.2.0.2").get("/c/TRY").status_code == 404


def test_who_inspects_opens_old_stickers_and_learns_what_is_the_matter() -> None:
    row = town.thing()
    client = town.officer("officer")[0]
    page = client.get(f"/c/{row.code.lower()}")
    assert page.status_code == 200
    assert "未签名" in page.content.decode()
    before = path_of(row.code)
    service.change_sticker(row.code, "reissue", "有人复制", by=town.BY)
    page = client.get(before)
    assert "有人复制" in page.content.decode()
    assert "有人复制" not in Client().get(path_of(row.code)).content.decode()
    assert client.get("/c/NOTHING").status_code == 404


def test_a_code_of_a_hundred_kinds_of_text_is_no_error() -> None:
    for text in ("%00", "%F0%9F%98%80", "a" * 500, "%2e%2e", "%3Cscript%3E"):
        assert Client(REMOTE_ADDR="10.3.0.1").get(f"/c/{text}").status_code in {404, 429}


def test_nothing_is_said_of_what_who_looks_may_not_see() -> None:
    secret = town.thing(level=Level.L4)
    with pytest.raises(ProblemError) as error:
        service.look(secret.code, "", by=town.role("officer"))
    assert error.value.problems[0].code == "COD-101"


def test_the_report_is_filled_in_with_the_place() -> None:
    row = town.thing()
    page = Client().get("/report", {"at": row.code})
    assert page.context["form"].initial["address"] == f"灯一 {row.code}"
    assert page.context["kind"].key == "works.road-damaged"
    assert Client().get("/report", {"at": "NOTHING"}).status_code == 200
    client = town.officer("grid-worker", "east")[0]
    taking = client.get("/console/new", {"at": row.code})
    assert taking.context["form"].initial["channel"] == "patrol"

"""Texts of cards and licences as suggestions: what lines say, and that they count only when confirmed."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from beichen.fronts.services.applicant import reading, service
from beichen.fronts.services.applicant.models import Upload
from beichen.fronts.services.applicant.recognising import fields_of
from beichen.fronts.services.tests import applicants
from beichen.fronts.services.tests.applicants import citizen, draft, picture
from beichen.kernel.audit.models import AuditRecord
from beichen.problem import ProblemError


def test_an_identity_card_is_told_by_its_labels_and_check_character() -> None:
    lines = [
        "姓名 王小明 性别 男 民族 汉",
        "出生 1991 年 1 月 1 日",
        "住址 吉林省长春市朝阳区",
        "人民大街 1 号",
        "公民身份号码 360426199101010071",
    ]
    assert fields_of("identity-card", lines) == {
        "name": "王小明",
        "birth_date": "1991-01-01",
        "address": "吉林省长春市朝阳区人民大街1号",
        "number": "360426199101010071",
    }
    assert "number" not in fields_of("identity-card", ["公民身份号码 360426199101010072"])
    assert fields_of("identity-card", ["一张风景照"]) == {}


def test_a_licence_is_told_by_its_labels_and_check_character() -> None:
    lines = [
        "营业执照",
        "统一社会信用代码",
        "91110000600037341L",
        "名称",
        "示例科技有限公司",
        "法定代表人：王工",
        "住所 东大街1号",
    ]
    assert fields_of("business-licence", lines) == {
        "credit_code": "91110000600037341L",
        "name": "示例科技有限公司",
        "representative": "王工",
        "address": "东大街1号",
    }


SEEN = """
import sys
import django
django.setup()
from beichen.fronts.services.applicant import seeing
seeing.keep_bounds()
sys.stdout.write("\\n".join(seeing.lines_of(sys.stdin.buffer.read())))
"""


def photographed(*lines: str) -> bytes:
    """A card as a phone takes it, written in the font that the house draws Chinese with."""
    font = ImageFont.truetype(next(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc")), 34)
    card = Image.new("RGB", (860, 100 + 60 * len(lines)), "#e8eef4")
    for number, line in enumerate(lines):
        ImageDraw.Draw(card).text((50, 60 * (number + 1)), line, fill="#222222", font=font)
    found = io.BytesIO()
    card.rotate(1.5, fillcolor="#556677").save(found, "JPEG", quality=70)
    return found.getvalue()


def test_a_photographed_card_is_read_within_the_bounds_of_its_process() -> None:
    """The reader itself, with its models, as the worker runs it."""
    card = photographed(
        "姓名 王小明",
        "性别 男 民族 汉",
        "出生 1991 年 1 月 1 日",
        "住址 吉林省长春市朝阳区",
        "公民身份号码 360426199101010071",
    )
    command = [sys.executable, "-c", SEEN]
    done = subprocess.run(command, input=card, stdout=subprocess.PIPE, check=True, timeout=120)
    found = fields_of("identity-card", done.stdout.decode().splitlines())
    assert (found["name"], found["birth_date"]) == ("王小明", "1991-01-01")
    assert found["number"] == "360426199101010071"


@pytest.mark.django_db
def test_what_was_read_counts_when_it_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    applicants.build()
    person, by, browser = citizen()
    found = draft(by, with_drawing=False)
    upload = service.bring(found, "licence", picture(), by=by)
    page = f"/services/apply/permit-item/{found.code}/form"
    monkeypatch.setattr(reading, "find_spec", lambda _name: None)
    with pytest.raises(ProblemError) as caught:
        service.read_picture(upload, by=by)
    assert caught.value.problems[0].code == "SRV-514"
    assert "未安装" in browser.get(page).content.decode()
    monkeypatch.setattr(reading, "find_spec", lambda _name: object())
    assert browser.post(f"/my/drafts/files/{upload.code}/read").status_code == 302
    upload.refresh_from_db()
    assert upload.standing == "waiting"
    assert AuditRecord.objects.get(action="services.upload.recognise").subject == person.code
    reading.keep_read(upload.code, {"name": "示例科技有限公司"})
    writing = service.write_on(found.code, by=by)
    assert [one.text for one in service.suggestions(writing)[0].suggestions] == ["示例科技有限公司"]
    found.refresh_from_db()
    assert "contact" not in found.given, "nothing counts before it is confirmed"
    browser.post(page, {"action": "confirm", "confirm": ["contact"]})
    found.refresh_from_db()
    assert found.given["contact"] == ["示例科技有限公司"]
    reading.keep_read(upload.code, None)
    assert Upload.objects.get().standing == "failed"


@pytest.mark.django_db
def test_a_picture_is_brought_and_read_with_one_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the field; without a picture the page asks again, without a reader nothing is offered."""
    applicants.build()
    _person, by, browser = citizen()
    found = draft(by, with_drawing=False)
    page = f"/services/apply/permit-item/{found.code}/form"
    monkeypatch.setattr(reading, "find_spec", lambda _name: None)
    assert "read:licence" not in browser.get(page).content.decode()
    monkeypatch.setattr(reading, "find_spec", lambda _name: object())
    assert "read:licence" in browser.get(page).content.decode()
    assert browser.post(page, {"action": "read:licence"})["Location"] == f"{page}#part-licence"
    sent = browser.post(page, {"action": "read:licence", "upload:licence": picture()})
    upload = Upload.objects.get()
    assert (upload.field, upload.standing) == ("licence", "waiting")
    assert sent["Location"] == f"{page}#read-{upload.code}"
    shown = browser.get(page).content.decode()
    assert "data-waiting" in shown
    assert "read:licence" not in shown, "it is there already"

"""Codes in a browser: sound pages, a code that changes and goes on without a network, a scanner with a
camera."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import segno
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, expect
from pytest_django.plugin import DjangoDbBlocker

from beichen.fronts.codes import service
from beichen.fronts.codes.models import Counter, Gate, Grant, Reader, Scan
from beichen.kernel.access.models import Account
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body, Person, Region
from beichen.kernel.org.service import actor_of, appoint, city_region, register_person
from beichen.registry import service as registry
from beichen.registry.models import Object
from tests.browser.conftest import DESK, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BY = system("test")
URN = "urn:ngsi-ld:Kiosk:1"
RIDE, OTHER = "00112233445566aa", "00112233445566bb"
LIBRARY, LOAN = "city-library", "library-loan"
SHOW = f"/my/codes/{LOAN}/{LIBRARY}"
VIDEO_SIZE = 640


@pytest.fixture(scope="module")
def coded(house: str, django_db_blocker: DjangoDbBlocker) -> str:
    """A thing with a signed address, an administrator `ma` with a full card; gives the address's path."""
    with django_db_blocker.unblock():
        city, body = city_region(), Body.objects.get(key="city-government")
        assert city is not None
        person = register_person("马管", by=BY)
        appoint(person, "administrator", body, city, by=BY)
        Account.objects.create_user("ma", password="long-enough-secret", person=person)
        service.grant(service.find_entitlement("transit-discount"), person, by=BY)
        region = Region.objects.filter(parent=city).order_by("code").first()
        name: dict[str, Any] = {"name": {"type": "Property", "value": "自助终端一号"}}
        entity = registry.Entity(URN, ["Kiosk"], None, name)
        registry.write_object(registry.Draft(entity, region=region, level=1), by=BY)
        row = Object.objects.get(urn=URN)
        service.change_sticker(row.code, "reissue", "被涂改", by=BY)
        service.enter_gate(service.GateFacts("door", "东门", LIBRARY, "图书馆东门", (LOAN,)), by=BY)
        run = service.order_print(service.Choice(codes=(row.code,)), "a4-3x8", by=BY)
        type(run).objects.filter(pk=run.pk).update(made_by=f"person:{person.code}")
        service.make_print(run.code)
        made = service.make_codes(person, service.find_entitlement(LOAN), _reader(), count=1)
        service.read_codes([service.Brought(made[0].text)], service.point_of(_gate()), by=BY)
        _ride(person)
        parts = urlsplit(service.sticker_address(row.code))
    return f"{parts.path}?{parts.query}"


def _ride(person: Person) -> None:
    """A ride that was taken and asked for, another that may be asked for, and the sums of the day."""
    kind, now = service.find_entitlement("transit-discount"), timezone.now()
    rides: dict[str, Any] = {"person": person, "entitlement": kind, "answer": "granted", "took": 1, "at": now}
    reader = Reader.objects.get(key="city-transit")
    Counter.objects.create(person=person, entitlement=kind, left=58, start=60, taken=2)
    for nonce in (RIDE, OTHER):
        Scan.objects.create(nonce=nonce, reader=reader, place="一路公交车上", **rides)
    service.ask_back(RIDE, "车坏在半路", by=actor_of(person))
    service.count_days(1)


def _reader() -> Reader:
    return Reader.objects.get(key=LIBRARY)


def _gate() -> Gate:
    return Gate.objects.select_related("reader").get(key="door")


def sideways(visitor: Visitor) -> int:
    return int(
        visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@pytest.mark.parametrize(
    ("size", "theme", "language"),
    [(DESK, "light", "zh-hans"), (PHONE, "dark", "en"), (PHONE, "light", "zh-hans")],
)
def test_every_page_is_sound(
    visit: Visit, coded: str, size: tuple[int, int], theme: str, language: str
) -> None:
    visitor = visit(size, theme, language)
    found: dict[str, object] = {}

    def look(*paths: str) -> None:
        for path in paths:
            visitor.go(path)
            if (problems := visitor.violations()) or sideways(visitor) > 0:
                found[path] = (problems, sideways(visitor))

    look(coded, "/c/NOTHING", "/codes/scan")
    visitor.sign_in("ma")
    code = coded.split("?")[0]
    page = visitor.go("/codes/print")
    run = page.locator("#table-prints tbody a").first.get_attribute("href")
    assert run is not None
    look(coded, code, "/my/codes", SHOW, "/my/codes/scans", "/codes/scan", "/codes/print", run)
    look("/codes/stickers", "/codes/gates", "/codes/grants", "/codes/returns", "/codes/days")
    look(f"/my/codes/back/{RIDE}", f"/my/codes/back/{OTHER}")
    page = visitor.go("/codes/gates")
    for name, value in (("key", "door"), ("name", "东门"), ("place", "图书馆东门")):
        page.fill(f"input[name={name}]", value)
    page.select_option("select[name=reader]", LIBRARY)
    page.check(f"input[name=entitlements][value={LOAN}]")
    page.locator("#enter button[type=submit], form[action='/codes/gates'] button").last.click()
    expect(page.locator("button[name=rotate]")).to_be_visible()
    if visitor.violations() or sideways(visitor) > 0:
        found["the question before a key goes"] = (visitor.violations(), sideways(visitor))
    assert found == {}
    assert [word for word in visitor.complaints if not {"404", "422"} & set(word.split())] == []


def test_the_code_changes_by_itself_and_goes_on_without_a_network(visit: Visit, coded: str) -> None:
    visitor = visit(PHONE)
    visitor.sign_in("ma")
    visitor.page.clock.install()
    page = visitor.go(SHOW)
    text = page.locator("[data-text]")
    expect(page.locator("[data-seconds]")).not_to_be_empty()
    first = text.text_content()
    page.context.set_offline(True)
    page.clock.run_for(31_000)
    expect(text).not_to_have_text(str(first))
    shown = {text.text_content()}
    for _more in range(8):
        page.clock.run_for(30_000)
        shown.add(text.text_content())
    assert len(shown) == 9
    expect(page.locator("[data-said]")).to_contain_text("没有网络")
    page.clock.run_for(60_000)
    expect(page.locator("[data-said]")).to_contain_text("已用完")
    page.context.set_offline(False)
    page.clock.run_for(6_000)
    expect(page.locator("[data-said]")).to_have_text("")
    page.clock.run_for(300)
    expect(page.locator(".show-picture svg")).to_be_visible()


def picture_of(text: str) -> Image.Image:
    """A QR code in the middle of a grey picture, as a camera sees it."""
    stream = io.BytesIO()
    segno.make(text, error="m", micro=False).save(stream, kind="png", scale=6, border=4)
    code = Image.open(stream).convert("L")
    code.thumbnail((440, 440))
    picture = Image.new("L", (VIDEO_SIZE, 480), 160)
    picture.paste(code, ((VIDEO_SIZE - code.width) // 2, (480 - code.height) // 2))
    return picture


def video_of(text: str, file: Path) -> None:
    """The picture as an uncompressed video of one second (YUV4MPEG2)."""
    frame = b"FRAME\n" + picture_of(text).tobytes() + b"\x80" * (VIDEO_SIZE * 480 // 2)
    file.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 10)


@pytest.fixture
def camera(chromium: Browser, house: str, coded: str, tmp_path: Path) -> Iterator[Visitor]:
    """A phone whose camera looks at the code of the thing."""
    video_of(f"https://city.example{coded}", tmp_path / "code.y4m")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    browser = chromium.browser_type.launch(
        executable_path=program,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={tmp_path / 'code.y4m'}",
        ],
    )
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, permissions=["camera"])
    context.add_cookies([{"name": "beichen_language", "value": "zh-hans", "url": house}])
    yield Visitor(context, house)
    browser.close()


def test_a_camera_leads_to_what_can_be_done_there(camera: Visitor, coded: str) -> None:
    page = camera.go("/codes/scan")
    page.get_by_role("button", name="使用摄像头").click()
    page.wait_for_url(f"**{coded}", timeout=30_000)
    expect(page.get_by_role("heading", name="自助终端一号")).to_be_visible()
    assert camera.complaints == []


def test_a_clerk_reads_a_persons_code_out_of_a_picture(
    visit: Visit, coded: str, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        person = Person.objects.get(account__username="ma")
        assert Grant.objects.filter(person=person).exists()
        (made,) = service.make_codes(person, service.find_entitlement(LOAN), _reader(), count=1)
    visitor = visit(PHONE)
    visitor.sign_in("ma")
    page = visitor.go("/codes/scan")
    page.get_by_label("我为谁核验居民码").select_option(f"{LIBRARY}/{LOAN}")
    stream = io.BytesIO()
    picture_of(made.text).save(stream, "PNG")
    page.locator("bc-scanner input[type=file]").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": stream.getvalue()}
    )
    expect(page.locator("#scan-answer")).to_have_text("已通过")
    assert visitor.violations() == []
    page.get_by_label("码，或扫描到的内容").fill(made.text)
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator("#scan-answer")).to_contain_text("已经出示过")

"""Screens as files, a day once more, and sources of video: what is told, and who sees what."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from beichen.fronts.overview.models import Screen, VideoSource
from beichen.fronts.overview.screens import printing
from beichen.fronts.overview.screens.content import Content, nothing
from beichen.fronts.overview.screens.filling import fill
from beichen.fronts.overview.screens.looking import BAD_MOMENT, look
from beichen.fronts.overview.screens.pictures import of
from beichen.fronts.overview.screens.replaying import replay_of
from beichen.fronts.overview.service import put_videos
from beichen.fronts.overview.tests.test_screen import CITY
from beichen.fronts.overview.videos import sources_of
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import PUBLIC, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import appoint, city_region, register_person
from beichen.kernel.scene import service as scenes
from beichen.kernel.scene.section import PackageKind
from beichen.problem import ProblemError
from beichen.settings import settings
from beichen.web.charts import Chart, Series

BY = system("test")
ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 7, 21, 12, 30, tzinfo=ZONE)
GATE: dict[str, Any] = {
    "key": "gate",
    "name": {"zh": "闸口", "en": "Gate"},
    "form": "image",
    "address": "https://video.example/gate.jpg",
    "text": {"zh": "河闸的水面", "en": "Water at the gate"},
    "source": "水务局",
}


@pytest.fixture
def city(db: None) -> None:
    load_roles(by=BY)
    scenes.install(CITY, by=BY, kind=PackageKind.CITY)


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Settings of a test."""

    def choose(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"BEICHEN_{name.upper()}", value)
        settings.cache_clear()

    yield choose
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("city")
def test_a_pdf_says_where_from_when_and_for_whom(client: Client) -> None:
    sent = client.get("/screens/environment/export.pdf")
    assert sent["Content-Type"] == "application/pdf"
    assert ".pdf" in sent["Content-Disposition"]
    with pypdfium2.PdfDocument(sent.content) as document:
        width, height = document[0].get_size()
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert (round(width), round(height)) == (1191, 842), "A3, lying"
    for words in ("生态环境", "虚城", "公众", "导出", "/screens/environment", "L1"):
        assert words in text, words
    with pypdfium2.PdfDocument(client.get("/screens/environment/export.pdf?paper=a4").content) as small:
        assert round(small[0].get_size()[0]) == 842


@pytest.mark.usefixtures("city")
def test_a_png_is_one_picture_of_the_whole_screen(client: Client) -> None:
    sent = client.get("/screens/plan/export.png?at=2024-07-21T18:00")
    picture = Image.open(BytesIO(sent.content))
    assert (picture.format, picture.width) == ("PNG", 3840)
    assert picture.height >= 2160
    assert len(picture.getcolors(1 << 24) or []) > 10, "something is drawn"


@pytest.mark.usefixtures("city")
def test_a_workbook_has_a_line_for_each_widget(client: Client) -> None:
    book = load_workbook(BytesIO(client.get("/screens/plan/export.xlsx").content))
    assert book.sheetnames[:2] == ["说明", "数字"]
    figures = list(book["数字"].iter_rows(values_only=True))
    assert len(figures) == 1 + 5
    assert ("地区", "虚城") in list(book["说明"].iter_rows(values_only=True, max_col=2))
    assert client.get("/screens/plan/export.docx").status_code == 404
    assert client.get("/screens/nowhere/export.pdf").status_code == 404
    assert client.get("/screens/plan/export.xlsx?at=soon").status_code == 422


@pytest.mark.usefixtures("city")
def test_a_file_of_a_screen_above_the_open_level_is_recorded(client: Client) -> None:
    region, body = city_region(), Body.objects.get(key="water-bureau")
    assert region is not None
    widgets = [{"kind": "text", "text": {"zh": "甲", "en": "A"}, "width": 3, "height": 2}]
    facts: dict[str, Any] = {"owner": "scene:x", "position": 0, "name": "x", "name_en": "x"}
    Screen.objects.create(**facts, key="x.own", level=2, body=body, widgets=widgets)
    assert client.get("/screens/x.own/export.xlsx").status_code == 404
    person = register_person("李", by=BY)
    appoint(person, "officer", body, region, by=BY)
    client.force_login(Account.objects.create_user("li", password="x", person=person))
    assert client.get("/screens/x.own/export.xlsx").status_code == 200
    assert (
        AuditRecord.objects.filter(action="overview.screen.export", resource__endswith="x.own").count() == 1
    )


@pytest.mark.usefixtures("city")
def test_too_many_exports_are_told_so(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(printing, "WAIT_SECONDS", 0.01)
    with printing._turn:
        refused = client.get("/screens/plan/export.pdf")
    assert refused.status_code == 503
    assert "OVW-114" in refused.content.decode()


@pytest.mark.usefixtures("city")
def test_what_takes_too_long_says_so_and_the_rest_is_printed(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(printing, "FILL_SECONDS", -1.0)
    book = load_workbook(BytesIO(client.get("/screens/plan/export.xlsx").content))
    notes = [row[9] for row in book["数字"].iter_rows(values_only=True, min_row=2)]
    assert notes == ["未能及时取得。"] * 5


def test_a_printed_page_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        printing._refuse("file:///etc/passwd")


@given(st.text(max_size=20), st.lists(st.floats(-1e9, 1e9) | st.none(), min_size=1, max_size=8))
@examples(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_chart_is_drawn_whatever_it_is_called(name: str, values: list[float | None]) -> None:
    series = [Series(name, values, kind="pie")]
    chart = Chart(name, "", "x", [name] * len(values), series, from_zero=True)
    svg = of(Content(chart=chart), 80, 40)
    assert svg.startswith("<svg ")
    assert svg.count("<svg") == 1
    assert "<script" not in svg.lower()
    assert of(nothing("x"), 80, 40) == ""
    assert of(Content(chart=chart), 80, 5) == "", "nothing is drawn that could not be read"


def test_a_day_has_its_hours_until_now() -> None:
    whole = replay_of("2026-07-20", now=NOON)
    assert (len(whole.moments), whole.moments[0], whole.moments[-1]) == (
        25,
        "2026-07-20T00:00",
        "2026-07-20T23:59",
    )
    today = replay_of("2026-07-21", "12", now=NOON)
    assert (today.last, today.at) == (12, "2026-07-21T12:00")
    assert replay_of("2026-07-21", "13", now=NOON).at == "2026-07-21T00:00", "an hour that is not over"
    for wrong in ("2026-07-22", "soon", "1900-01-01", "", "9" * 500):
        with pytest.raises(ProblemError) as error:
            replay_of(wrong, now=NOON)
        assert error.value.problems[0].code == BAD_MOMENT


@pytest.mark.usefixtures("city")
def test_a_day_is_shown_once_more(client: Client) -> None:
    page = client.get("/screens/pulse?replay=2024-07-21&step=18").content.decode()
    assert "data-replay" in page
    assert "at=2024-07-21T18%3A00" in page
    assert page.count("2024-07-21T") >= 25
    assert "every 60s" not in page
    assert "2024-07-20" in page
    assert client.get("/screens/pulse?replay=2999-01-01").status_code == 422
    feed = client.get("/screens/pulse/widgets/9?at=2024-07-21T18:00", headers={"HX-Request": "true"})
    assert "过去" in feed.content.decode()


def sources(*changed: dict[str, Any]) -> None:
    """The gate, with changes."""
    put_videos(sources_of([{**GATE, **one} for one in changed or ({},)], "city:x"), owner="city:x", by=BY)


def shown(by: Any = PUBLIC, at: str = "") -> Content:
    """What the widget of the gate shows."""
    looking = look(by=by, region="", period="", at=at, language="zh")
    return fill({"kind": "video", "video": "gate"}, looking, key="x")[0]


@pytest.mark.usefixtures("city")
def test_video_is_shown_from_declared_sources_of_allowed_hosts_alone(chosen: Any) -> None:
    assert "gate" in shown().missing
    sources()
    assert "BEICHEN_VIDEO_HOSTS" in shown().missing
    chosen(video_hosts="other.example, video.example/")
    content = shown()
    assert content.video is not None
    assert (content.video.text, content.source) == ("河闸的水面", "水务局")
    assert not shown(at="2024-07-21T18:00").video, "nothing is recorded"
    sources({"level": "L2"})
    assert shown().video is None, "above the public"
    assert shown(by=BY).video is not None
    chosen(video_hosts="http://video.example")
    assert shown(by=BY).video is None, "another origin"


def test_sources_are_declared_by_a_city(db: None, tmp_path: Path) -> None:
    import shutil

    load_roles(by=BY)
    folder = tmp_path / "invented"
    shutil.copytree(CITY, folder)
    good = (
        "videos:\n  - key: gate\n    name: {zh: 闸口, en: Gate}\n    form: hls\n"
        "    address: https://video.example/gate.m3u8\n    text: {zh: 水面, en: Water}\n    source: 水务局\n"
        '    region: "990102"\n    owner: water-bureau\n'
    )
    screens = (
        "screens:\n  - key: eyes\n    name: {zh: 视, en: Eyes}\n    widgets:\n"
        "      - {kind: video, video: gate}\n"
    )
    (folder / "views.yaml").write_text(good + screens, encoding="utf-8")
    scenes.install(folder, by=BY, kind=PackageKind.CITY)
    row = VideoSource.objects.get()
    assert (row.key, row.region and row.region.code, row.body and row.body.key) == (
        "gate",
        "990102",
        "water-bureau",
    )
    for broken in (
        good.replace("https://video", "https://me:secret@video"),
        good.replace("https://", "javascript:"),
        good.replace("form: hls", "form: rtsp"),
        good + good.removeprefix("videos:\n"),
        good + screens.replace("video: gate", "video: gat"),
    ):
        (folder / "views.yaml").write_text(broken, encoding="utf-8")
        assert scenes.check(folder, PackageKind.CITY).problems, broken
    (folder / "views.yaml").unlink()
    scenes.install(folder, by=BY, kind=PackageKind.CITY)


def test_hosts_of_video_cannot_widen_the_policy() -> None:
    from beichen.settings import MALFORMED, read_settings

    for wrong in ("a.example; script-src *", "*", "'unsafe-inline'", "javascript:x", "a b"):
        with pytest.raises(ProblemError) as error:
            read_settings({"BEICHEN_VIDEO_HOSTS": wrong}, Path("/nowhere"))
        assert error.value.problems[0].code == MALFORMED, wrong
    found = read_settings({"BEICHEN_VIDEO_HOSTS": "a.example, http://10.0.0.5:8888"}, Path("/nowhere"))
    assert found.video_origins == ["https://a.example", "http://10.0.0.5:8888"]

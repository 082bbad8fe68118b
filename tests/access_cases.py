"""The addresses of the hubs, the console, citizens' door, tables and devices, for `test_access`."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image

from beichen.fronts.citizen import service as citizen
from beichen.fronts.citizen.models import News
from beichen.fronts.governance.models import SavedView
from beichen.hubs.data.service import IndicatorFacts, define_indicators
from beichen.hubs.events import service
from beichen.hubs.events.models import Case, CaseFile, Report
from beichen.hubs.events.pages import Channel
from beichen.kernel.actor import system
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import city_region
from beichen.platforms.geo import service as geo
from beichen.platforms.geo.models import Upload
from beichen.platforms.warehouse.models import Question
from beichen.platforms.warehouse.service import Column, ColumnType, TableFacts, declare_tables
from tests import access_applicants, access_devices, access_services

BY = system("test")
KIND = {
    "test.kind": {
        "name": {"zh": "甲", "en": "A"},
        "public": True,
        "accept": "automatic",
        "route": [{"to": "water-bureau"}],
    }
}
SAID = {"key": "kept-posts", "name": "x", "source": "x", "licence": "x", "level": "1"}
BROUGHT = {**SAID, "file": ("a.csv", b"lon,lat\n125,43\n")}
MADE = {**SAID, "key": "kept-pumps", "origin": "objects", "type": "test-pump"}
OWN = "the reader's own; without a session it leads to the door"
FOLLOWED = "the report's own number and code open it; without both it leads to the door"

OPEN = {
    **access_devices.OPEN,
    **access_services.OPEN,
    **access_applicants.OPEN,
    "open311/v2/openapi.json": "how the interface is spoken",
    "open311/v2/discovery.<str:form>": "says where the interface is",
    "open311/v2/services.<str:form>": "what may be reported is public",
    "open311/v2/services/<path:service_code>.<str:form>": "the same",
    "open311/v2/requests.<str:form>": "states are public, words are not; sending needs a key",
    "open311/v2/requests/<str:report_code>.<str:form>": "the same",
    "open311/v2/tokens/<str:token>.<str:form>": "the same",
    r"^open311/v2/[\s\S]*\.(?P<form>json|xml)\Z": "says that nothing is there",
    "report": "what may be reported is public; a test of the hub holds who may send",
    "report/sent": "shows what this session has sent; otherwise it leads to the door",
    "console/import/<str:code>": "a person's own file; a test of the room holds who may",
    "console/import/<str:code>/refused": "the same",
    "search": "each room finds what the reader may see",
    "news": "what was published is for everybody",
    "my": OWN,
    "my/cases": OWN,
    "my/messages": OWN,
    "my/data": OWN,
    "my/data/close": OWN,
    "my/closed": "says that an account is closed, to whoever opens it; nothing of anybody",
    "my/data/export": OWN,
    "my/data/erase": OWN,
    "my/representation": OWN,
    "my/representation/<int:number>/end": OWN,
    "follow": "asks for a number and a code",
    "follow/<str:code>": FOLLOWED,
    "follow/<str:code>/browser": FOLLOWED,
    "follow/<str:code>/rating": FOLLOWED,
    "follow/<str:code>/appeal": FOLLOWED,
    "follow/<str:code>/export": FOLLOWED,
    "follow/<str:code>/erasure": FOLLOWED,
}


def picture() -> bytes:
    """A small one."""
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return content.getvalue()


SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "indicators": [("GET", "indicators", None)],
    "indicators/new": [("GET", "indicators/new", None), ("POST", "indicators/new", {"sql": "select 1"})],
    "indicators/<slug:key>": [("GET", "indicators/people", None)],
    "indicators/<slug:key>/withdraw": [("POST", "indicators/kept/withdraw", {})],
    **access_devices.SAMPLES,
    **access_services.SAMPLES,
    "nearby": [("GET", "nearby?at=125.3,43.8", None)],
    "news/<int:number>": [("GET", "news/{news}", None)],
    "news/desk": [("GET", "news/desk", None)],
    "news/desk/new": [("GET", "news/desk/new", None)],
    "news/desk/<int:number>": [("GET", "news/desk/{news}", None)],
    "news/desk/<int:number>/publish": [("POST", "news/desk/{news}/publish", {})],
    **access_applicants.SAMPLES,
    "console": [("GET", "console", None)],
    "console/import": [("GET", "console/import", None)],
    "console/new": [("GET", "console/new", None)],
    "console/objects": [("GET", "console/objects?code={urn}", None)],
    "console/views": [("POST", "console/views", {"name": "x", "query": ""})],
    "console/views/<int:number>/delete": [("POST", "console/views/{view}/delete", {})],
    "console/bulk": [("POST", "console/bulk", {"command": "accept", "case": "{case}@1"})],
    "console/board": [("GET", "console/board", None)],
    "console/wall": [("GET", "console/wall", None)],
    "console/suggestions": [("GET", "console/suggestions", None), ("POST", "console/suggestions", {})],
    "console/map": [("GET", "console/map", None)],
    "console/map.json": [("GET", "console/map.json?bbox=125,43,126,44&zoom=9", None)],
    "console/cases/<str:code>": [("GET", "console/cases/{case}", None)],
    "console/cases/<str:code>/reporter": [
        ("POST", "console/cases/{case}/reporter", {"report": "{report}", "purpose": "x"})
    ],
    "console/cases/<str:code>/files/<str:file>": [("GET", "console/cases/{case}/files/{paper}", None)],
    "console/cases/<str:code>/<str:command>": [
        ("POST", "console/cases/{case}/comment", {"text": "x", "version": "{version}"})
    ],
    "desk": [("GET", "desk", None)],
    "api/events/cases": [("GET", "api/events/cases", None)],
    "api/events/reports": [
        ("POST", "api/events/reports", {"channel": "hotline", "text": "x", "kind": "test.kind"})
    ],
    "api/events/cases/<slug:case_code>": [("GET", "api/events/cases/{case}", None)],
    "api/events/cases/<slug:case_code>/photographs": [
        ("POST", "api/events/cases/{case}/photographs", {"media": ("a.png", picture())})
    ],
    "api/events/cases/<slug:case_code>/<slug:command>": [
        ("POST", "api/events/cases/{case}/comment", {"text": "x"})
    ],
    "layers": [("GET", "layers", None)],
    "layers/bring": [("GET", "layers/bring", None), ("POST", "layers/bring", BROUGHT)],
    "layers/make": [("GET", "layers/make", None), ("POST", "layers/make", MADE)],
    "layers/uploads": [("GET", "layers/uploads", None)],
    "layers/uploads/<slug:code>": [("GET", "layers/uploads/{upload}", None)],
    "layers/uploads/<slug:code>/report.csv": [("GET", "layers/uploads/{upload}/report.csv", None)],
    "layers/<slug:key>": [("GET", "layers/districts", None)],
    "layers/<slug:key>/switch": [("POST", "layers/districts/switch", {"on": "1"})],
    "layers/<slug:key>/legend": [("POST", "layers/districts/legend", {"form": "ramp"})],
    "layers/<slug:key>/export.<slug:form>": [("GET", "layers/districts/export.geojson", None)],
    "tables": [("GET", "tables", None)],
    "tables/ask": [("GET", "tables/ask", None), ("POST", "tables/ask", {"sql": "select 1"})],
    "tables/questions": [("GET", "tables/questions", None)],
    "tables/questions/<slug:code>/forget": [("POST", "tables/questions/{question}/forget", {})],
    "tables/<slug:name>": [("GET", "tables/kept_rows", None)],
    "api/tables": [("GET", "api/tables", None)],
    "api/tables/query": [("POST", "api/tables/query", {"sql": "select * from kept_rows"})],
    "api/tables/<table>": [("GET", "api/tables/kept_rows", None)],
    "api/tables/<table>/receipts": [("GET", "api/tables/kept_rows/receipts", None)],
    "api/tables/<table>/rows": [("POST", "api/tables/kept_rows/rows?by_key=true", [{"code": "a"}])],
    "api/tables/<table>/files": [("POST", "api/tables/kept_rows/files", {"file": ("a.csv", b"code\nb\n")})],
}
EMPTY: dict[str, Any] = {
    **access_services.EMPTY,
    "api/tables": {"tables": []},
    "api/devices": {"devices": [], "next": None},
    "api/rules": {"rules": []},
    "api/models": {"models": []},
}


def keep_cases() -> None:
    """A case with a reporter and a photograph, a view of an administrator, a table and a device."""
    column = Column("code", ColumnType.TEXT, "编号", "Code")
    declare_tables([TableFacts("kept_rows", "表", "Rows", (column,), ("code",))], owner="scene:test", by=BY)
    words = geo.LayerWords(key="kept-layer", name="x", source="x", licence="x")
    brought = geo.bring_layer(BytesIO(b"lon,lat\n125.3,43.8\n"), "a.csv", words, by=BY)
    geo.read_upload(brought.code, by=BY)
    body = Body.objects.order_by("path")[0].key
    citizen.save_news(citizen.NewsFacts("x", "x", body, timezone.localdate()), by=BY)
    access_devices.keep_devices()
    access_services.keep_services()
    access_applicants.keep_applications()
    service.declare_kinds(KIND, scene="test", by=BY)
    paper = service.keep_picture(BytesIO(picture()), "a.png", by=BY)
    draft = service.ReportDraft(
        channel=Channel.WEB,
        text="x",
        kind="test.kind",
        region=city_region().code,  # type: ignore[union-attr]
        reporter=service.ReporterFacts(name="x"),
        files=(paper.code,),
    )
    service.receive(draft, by=BY, now=timezone.now())
    SavedView.objects.create(owner="client:tests", name="kept", query="")
    Question.objects.create(keeper="client:tests", title="kept", sql="select 1", changed_at=timezone.now())
    facts = IndicatorFacts("kept", "x", "x", "neutral", "none")
    define_indicators([facts], owner="desk:kept", by=BY)


def case_numbers() -> dict[str, Any]:
    """What stands for the names in the samples' addresses and bodies."""
    return {
        **access_devices.device_numbers(),
        **access_services.service_numbers(),
        **access_applicants.application_numbers(),
        "case": Case.objects.get().code,
        "version": Case.objects.get().version,
        "report": Report.objects.get().code,
        "paper": CaseFile.objects.get().file.code,
        "question": Question.objects.get().code,
        "upload": Upload.objects.get().code,
        "news": News.objects.get().pk,
        "view": SavedView.objects.get(name="kept").pk,
    }


def named(body: Any, numbers: dict[str, Any]) -> Any:
    """The body with its names filled in."""
    if not isinstance(body, dict):
        return body
    return {
        key: value.format_map(numbers) if isinstance(value, str) and value.startswith("{") else value
        for key, value in body.items()
    }

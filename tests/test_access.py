"""Deny by default, everywhere: every address of the house refuses the public once it may do nothing.

A view that forgets to ask fails here. Each route has a request that an administrator's key gets
answered; without it and without the public's rights the same request must be refused, or find nothing.
An address that is open to everybody is listed with its reason; one that is listed nowhere fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from beichen.kernel.access.service import create_client, load_roles, save_role
from beichen.kernel.actor import system
from beichen.kernel.files.models import StoredFile
from beichen.kernel.files.service import store
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.kernel.scene import service as packages
from beichen.kernel.scene.section import PackageKind
from beichen.plan.adjustments import service as adjustments
from beichen.plan.adjustments.models import Change
from beichen.plan.catalogue.models import Entry, Filing, FindingRecord
from beichen.plan.duties import service as duties
from beichen.plan.duties.models import Duty, Evidence, Milestone, Round
from beichen.plan.investment.service import register_projects
from beichen.plan.models import Plan
from beichen.plan.monitoring import service as monitoring
from beichen.plan.monitoring.models import ValueFile
from beichen.plan.reports.document import as_builtins
from beichen.plan.reports.models import Report, Submission
from beichen.plan.reports.service import Order, write_report
from beichen.plan.service import import_facts
from beichen.plan.tests.facts import plan_facts
from beichen.plan.years import service as years
from beichen.plan.years.models import YearTarget
from beichen.platforms.comms.models import Delivery, Shift
from beichen.registry.models import Object
from beichen.supports.evaluation.models import Appeal
from tests import access_cases, access_twin
from tests.access_population import keep_evaluations, keep_messages
from tests.access_routes import EMPTY, FIXED, FORMS, OPEN, SAMPLES, SIGNING_IN, WELL

BY = system("test")
CITY = Path(__file__).parent / "cities/invented"

# route → why everybody may come here, whatever roles say
OPEN = {
    "healthz": "liveness: says only that the process answers",
    "readyz": "readiness: names what is missing, no data",
    "api/openapi.json": "the description of the interface",
    "api/docs": "the same, for people",
    "api/": "the interface's root: there is nothing at it",
    "language/setlang/": "keeps a choice in a cookie",
    "theme": "keeps a choice in a cookie",
    "": "the front door: words and links; a test of the overview holds that what it shows is filtered",
    "me": "the reader's own account; without a session it leads to the door",
    "messages": "the reader's own inbox; without a session it leads to the door",
    "messages/unread": "a count of the reader's own; null without a session",
    "messages/read": "the same",
    "messages/browser": "the same",
    "messages/of/<str:code>": "the same",
    "messages/shown": "a signed token that came with a message is the right",
    "offline": "says that there is no network, the same for everybody",
    "worker.js": "a script without data, the same for everybody",
    "messages/<int:number>": "the same",
    "messages/<int:number>/open": "the same",
    "messages/preferences": "the reader's own; without a session it leads to the door",
    "messages/preferences/city": "the same, and a right of its own, which a test of the room asks for",
    "^ngsi-ld/": "says that there is nothing at this address",
    **access_cases.OPEN,
}
SIGNING_IN = "account/"  # django-allauth's pages, each with its own rule
# what a list says to somebody who may read nothing
EMPTY: dict[str, Any] = {
    "^ngsi-ld/v1/types/?$": {
        "id": "urn:ngsi-ld:EntityTypeList:beichen",
        "type": "EntityTypeList",
        "typeList": [],
    },
    "^ngsi-ld/v1/attributes/?$": {
        "id": "urn:ngsi-ld:AttributeList:beichen",
        "type": "AttributeList",
        "attributeList": [],
    },
    "api/geo/layers": [],
    "api/indicators": {"indicators": [], "next": None},
    "api/events/cases": {"cases": [], "next": None},
    **access_cases.EMPTY,
    "^ngsi-ld/v1/entities/?$": [],
    "^ngsi-ld/v1/entityOperations/query/?$": [],
}
NGSI = "^ngsi-ld/v1/"
SCHEMES = "evaluation/schemes"
WELL = {"id": "urn:ngsi-ld:Well:1", "type": "Well", "depth": {"type": "Property", "value": 4}}
DEPTH = {"depth": {"type": "Property", "value": 5}}
EVENT = {"specversion": "1.0", "id": "1", "source": "urn:test", "type": "test.thing.happened"}
FACT = {"confirm": "1"}
# rooms whose pages are posted as forms
FORMS = (
    "plan/text",
    "plan/duties",
    "plan/years",
    "plan/monitoring",
    "plan/investment",
    "plan/reports",
    "plan/adjustments",
    "plans",
    "evaluation",
    "messages",
    "console",
    "devices",
)
STEADY = {"nature": "linear", "reason": "x"}
FILED = {"file": ("d.pdf", b"%PDF-1.4 w"), "on": "2024-01-01", "as_document": "on"}
FIXED = 900_001  # a key that no sequence of a test reaches
FINISHED, NOTED = f"milestone-{FIXED}-done_on", f"milestone-{FIXED}-note"
SETTLED = {"state": "justified", "reason": "x"}
RENAMED = {"kind": "projects", "key": "p1", "field": "name", "new": "x", "reason": "x"}
ADDED = {"name": "x", "box": "专栏2", "reason": "x"}
ORDER = {"kind": "brief", "year": 2022, "language": "zh", "audience": 1}
SUBMISSION = {"report": FIXED, "submitted_on": "2024-03-01"}

# route → requests that an administrator gets answered: method, address, body
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "api/geo/layers": [("GET", "api/geo/layers", None)],
    "api/geo/layers/<slug:key>": [("GET", "api/geo/layers/districts", None)],
    "api/indicators": [("GET", "api/indicators", None)],
    "api/indicators/<slug:key>": [("GET", "api/indicators/people", None)],
    "api/comms/receipts": [("POST", "api/comms/receipts", {"receipts": []})],
    **MESSAGES,
    "events": [("GET", "events", None), ("POST", "events", EVENT)],
    **access_cases.SAMPLES,
    "files/<str:code>": [("GET", "files/{file}", None)],
    "screen": [("GET", "screen", None)],
    "plan": [("GET", "plan", None)],
    "plan/indicators": [("GET", "plan/indicators", None)],
    "plan/indicators/<int:number>": [("GET", "plan/indicators/1", None)],
    "plan/targets": [("GET", "plan/targets", None)],
    "plan/projects": [("GET", "plan/projects", None)],
    "plan/years": [("GET", "plan/years", None)],
    "plan/years/nature/<path:line>": [
        ("GET", "plan/years/nature/1", None),
        ("POST", "plan/years/nature/1", STEADY),
    ],
    "plan/years/<int:number>": [("GET", "plan/years/2023", None)],
    "plan/years/<int:number>/work": [("GET", "plan/years/2023/work", None)],
    "plan/years/<int:number>/draft": [
        ("GET", "plan/years/2023/draft", None),
        ("POST", "plan/years/2022/draft", {}),
    ],
    "plan/years/<int:number>/draft/<int:pk>": [
        ("POST", "plan/years/2023/draft/{target}", {"value": "60", "reason": "x"}),
    ],
    "plan/years/<int:number>/draft/<int:pk>/districts": [
        ("POST", "plan/years/2023/draft/{target}/districts", {"method": "equal", "reason": "x"}),
    ],
    "plan/years/<int:number>/adopt": [("POST", "plan/years/2023/adopt", {"note": "x"})],
    "plan/years/<int:number>/discard": [("POST", "plan/years/2023/discard", {})],
    "plan/years/<int:number>/versions": [("GET", "plan/years/2023/versions", None)],
    "plan/monitoring": [("GET", "plan/monitoring", None)],
    "plan/monitoring/<int:number>": [("GET", "plan/monitoring/2023", None)],
    "plan/monitoring/rules": [("GET", "plan/monitoring/rules", None)],
    "plan/monitoring/warnings": [("GET", "plan/monitoring/warnings", None)],
    "plan/monitoring/history/<int:indicator>": [("GET", "plan/monitoring/history/1", None)],
    "plan/monitoring/values": [("GET", "plan/monitoring/values", None)],
    "plan/monitoring/values/<int:file>": [("GET", "plan/monitoring/values/{values}", None)],
    "plan/monitoring/values/<int:file>/apply": [("POST", "plan/monitoring/values/{values}/apply", {})],
    "plan/investment": [("GET", "plan/investment", None)],
    "plan/investment/projects": [("GET", "plan/investment/projects", None)],
    "plan/investment/projects/<slug:key>": [("GET", "plan/investment/projects/p1", None)],
    "plan/investment/projects/<slug:key>/<slug:form>": [
        ("POST", "plan/investment/projects/p1/stage", {"stage": "planned", "on": "2021-05-01"})
    ],
    "plan/investment/map": [("GET", "plan/investment/map", None)],
    "plan/investment/import": [("GET", "plan/investment/import", None)],
    "plan/investment/export": [("GET", "plan/investment/export", None)],
    "plan/investment/<int:year>": [("GET", "plan/investment/2024", None)],
    "plan/investment/<int:year>/<slug:action>": [("POST", "plan/investment/2024/draft", {})],
    "plan/duties": [("GET", "plan/duties", None)],
    "plan/duties/assign": [("POST", "plan/duties/assign", {"everything": "yes", "reason": "x"})],
    "plan/duties/open": [("POST", "plan/duties/open", {})],
    "plan/duties/sheet": [("GET", "plan/duties/sheet", None)],
    "plan/duties/import": [("GET", "plan/duties/import", None)],
    "plan/duties/bodies": [("GET", "plan/duties/bodies", None)],
    "plan/duties/bodies/<slug:key>": [("GET", "plan/duties/bodies/{body}", None)],
    "plan/duties/rounds": [
        ("GET", "plan/duties/rounds", None),
        ("POST", "plan/duties/rounds", {"period": "2023-S2"}),
    ],
    "plan/duties/rounds/<int:number>": [("GET", "plan/duties/rounds/{round}", None)],
    "plan/duties/notes": [("GET", "plan/duties/notes", None)],
    "plan/duties/notes/<int:number>": [
        ("GET", "plan/duties/notes/1", None),
        ("POST", "plan/duties/notes/1", {"answer": "yes", "text": "done"}),
    ],
    "plan/duties/evidence/<str:code>": [("GET", "plan/duties/evidence/{evidence}", None)],
    "plan/duties/<int:number>": [("GET", "plan/duties/{duty}", None)],
    "plan/duties/<int:number>/assign": [("POST", "plan/duties/{duty}/assign", {"reason": "x"})],
    "plan/duties/<int:number>/milestones": [
        ("POST", "plan/duties/{duty}/milestones", {"title": "x", "due": "2024-12-01"})
    ],
    "plan/duties/<int:number>/milestones/<int:milestone>": [
        ("POST", "plan/duties/{duty}/milestones/{milestone}", {FINISHED: "2024-01-05", NOTED: "x"})
    ],
    "plan/duties/<int:number>/notes": [
        ("POST", "plan/duties/{duty}/notes", {"title": "x", "text": "x", "due": "2199-01-01"})
    ],
    "plan/duties/<int:number>/reports/<int:period>": [
        ("GET", "plan/duties/{duty}/reports/{round}", None),
    ],
    "plan/duties/<int:number>/reports/<int:period>/decision": [
        ("POST", "plan/duties/{duty}/reports/{round}/decision", {"accept": "yes"})
    ],
    "api/plan/public": [("GET", "api/plan/public", None)],
    "public/plan": [("GET", "public/plan", None)],
    "plans": [("GET", "plans", None)],
    "plans/new": [("GET", "plans/new", None)],
    "plans/<slug:key>": [("GET", "plans/water", None)],
    "plans/<slug:key>/file": [("POST", "plans/water/file", FILED)],
    "plans/<slug:key>/steps/<slug:step>": [("POST", "plans/water/steps/submit", {"on": "2024-01-01"})],
    "plans/<slug:key>/check": [("POST", "plans/water/check", {})],
    "plans/<slug:key>/findings": [("GET", "plans/water/findings", None)],
    "plans/<slug:key>/findings/<slug:finding>": [
        ("GET", "plans/water/findings/f1", None),
        ("POST", "plans/water/findings/f1", SETTLED),
    ],
    "plan/adjustments": [("GET", "plan/adjustments", None)],
    "plan/adjustments/new": [("GET", "plan/adjustments/new", None)],
    "plan/adjustments/<int:number>": [("GET", "plan/adjustments/1", None)],
    "plan/adjustments/<int:number>/steps/<slug:step>": [
        ("POST", "plan/adjustments/1/steps/submit", {"on": "2024-01-01"})
    ],
    "plan/adjustments/<int:number>/changes": [("POST", "plan/adjustments/1/changes", RENAMED)],
    "plan/adjustments/<int:number>/projects": [("POST", "plan/adjustments/1/projects", ADDED)],
    "plan/adjustments/<int:number>/changes/<int:change>/drop": [
        ("POST", "plan/adjustments/1/changes/{change}/drop", {})
    ],
    "plan/versions": [("GET", "plan/versions", None)],
    "plan/versions/compare": [("GET", "plan/versions/compare", None)],
    "plan/versions/<int:number>": [("GET", "plan/versions/1", None)],
    "plan/reports": [("GET", "plan/reports", None)],
    "plan/reports/new": [("POST", "plan/reports/new", ORDER)],
    "plan/reports/congress": [("GET", "plan/reports/congress", None)],
    "plan/reports/congress/submit": [("POST", "plan/reports/congress/submit", SUBMISSION)],
    "plan/reports/congress/<int:year>/days": [("POST", "plan/reports/congress/2022/days", {})],
    "plan/reports/congress/<int:year>/opinions": [
        ("POST", "plan/reports/congress/2022/opinions", {"text": "more"})
    ],
    "plan/reports/congress/<int:year>/opinions/<int:number>": [
        ("POST", "plan/reports/congress/2022/opinions/1", {"text": "done"})
    ],
    "plan/reports/trail": [("GET", "plan/reports/trail", None)],
    "plan/reports/templates": [("GET", "plan/reports/templates", None)],
    "plan/reports/templates/save": [("POST", "plan/reports/templates/save", {"drop": "brief"})],
    "plan/reports/templates/<slug:use>.docx": [("GET", "plan/reports/templates/brief.docx", None)],
    "plan/reports/<slug:code>": [("GET", "plan/reports/DRAFT", None)],
    "plan/reports/<slug:code>/progress": [("GET", "plan/reports/DRAFT/progress", None)],
    "plan/reports/<slug:code>/step": [("POST", "plan/reports/DRAFT/step", {"step": "submit"})],
    "plan/reports/<slug:code>/report.<slug:wanted>": [("GET", "plan/reports/DRAFT/report.html", None)],
    "plan/text/<str:location>": [("GET", "plan/text/1.1", None)],
    "evaluation": [("GET", "evaluation", None)],
    "evaluation/schemes": [("GET", "evaluation/schemes", None)],
    "evaluation/schemes/new": [("GET", "evaluation/schemes/new", None)],
    f"{SCHEMES}/<slug:key>/<int:version>": [("GET", f"{SCHEMES}/scored/1", None)],
    f"{SCHEMES}/<slug:key>/<int:version>/act": [("POST", f"{SCHEMES}/scored/2/act", {"adopt": "1"})],
    f"{SCHEMES}/<slug:key>/<int:version>/criteria": [("GET", f"{SCHEMES}/scored/2/criteria", None)],
    f"{SCHEMES}/<slug:key>/<int:version>/criteria/<slug:criterion>": [
        ("GET", f"{SCHEMES}/scored/2/criteria/work", None),
        ("POST", f"{SCHEMES}/scored/2/criteria/work", {"remove": "1"}),
    ],
    "evaluation/rounds": [("GET", "evaluation/rounds", None)],
    "evaluation/rounds/new": [("GET", "evaluation/rounds/new", None)],
    "evaluation/rounds/<slug:key>": [("GET", "evaluation/rounds/done", None)],
    "evaluation/rounds/<slug:key>/act": [("POST", "evaluation/rounds/running/act", {})],
    "evaluation/rounds/<slug:key>/surveys": [("GET", "evaluation/rounds/running/surveys", None)],
    "evaluation/rounds/<slug:key>/subjects/<slug:subject>": [
        ("GET", "evaluation/rounds/done/subjects/water-bureau", None)
    ],
    "evaluation/rounds/<slug:key>/subjects/<slug:subject>/<slug:verb>/<slug:criterion>": [
        ("POST", "evaluation/rounds/running/subjects/water-bureau/report/work", {"score": "9", "text": "x"})
    ],
    "evaluation/appeals": [("GET", "evaluation/appeals", None)],
    "evaluation/appeals/<int:number>": [
        ("GET", "evaluation/appeals/{appeal}", None),
        ("POST", "evaluation/appeals/{appeal}", {"verdict": "dismissed", "decision": "x"}),
    ],
    "plan/text/<str:location>/<slug:kind>/<slug:key>": [("POST", "plan/text/1.1/targets/t1", FACT)],
    f"{NGSI}entities/?$": [
        ("GET", "ngsi-ld/v1/entities?type=facility", None),
        ("POST", "ngsi-ld/v1/entities", {**WELL, "id": "urn:ngsi-ld:Well:2"}),
    ],
    f"{NGSI}entities/(?P<urn>.*)/attrs/(?P<name>[^/]+|.*://.+?)/?$": [
        ("PATCH", "ngsi-ld/v1/entities/{urn}/attrs/depth", DEPTH["depth"]),
        ("PUT", "ngsi-ld/v1/entities/{urn}/attrs/depth", DEPTH["depth"]),
        ("DELETE", "ngsi-ld/v1/entities/{urn}/attrs/depth", None),
    ],
    f"{NGSI}entities/(?P<urn>.*)/attrs/?$": [
        ("POST", "ngsi-ld/v1/entities/{urn}/attrs", DEPTH),
        ("PATCH", "ngsi-ld/v1/entities/{urn}/attrs", DEPTH),
    ],
    f"{NGSI}entities/(?P<urn>.+?)/?$": [
        ("GET", "ngsi-ld/v1/entities/{urn}", None),
        ("PUT", "ngsi-ld/v1/entities/{urn}", WELL),
        ("PATCH", "ngsi-ld/v1/entities/{urn}", DEPTH),
        ("DELETE", "ngsi-ld/v1/entities/{urn}", None),
    ],
    f"{NGSI}entityOperations/create/?$": [
        ("POST", "ngsi-ld/v1/entityOperations/create", [{**WELL, "id": "urn:ngsi-ld:Well:3"}])
    ],
    f"{NGSI}entityOperations/upsert/?$": [("POST", "ngsi-ld/v1/entityOperations/upsert", [WELL])],
    f"{NGSI}entityOperations/update/?$": [("POST", "ngsi-ld/v1/entityOperations/update", [WELL])],
    f"{NGSI}entityOperations/merge/?$": [("POST", "ngsi-ld/v1/entityOperations/merge", [WELL])],
    f"{NGSI}entityOperations/delete/?$": [
        ("POST", "ngsi-ld/v1/entityOperations/delete", ["urn:ngsi-ld:Well:1"])
    ],
    f"{NGSI}entityOperations/query/?$": [
        ("POST", "ngsi-ld/v1/entityOperations/query", {"type": "Query", "entities": [{"type": "Well"}]})
    ],
    f"{NGSI}types/?$": [("GET", "ngsi-ld/v1/types", None)],
    f"{NGSI}types/(?P<name>.+?)/?$": [("GET", "ngsi-ld/v1/types/Well", None)],
    f"{NGSI}attributes/?$": [("GET", "ngsi-ld/v1/attributes", None)],
    f"{NGSI}attributes/(?P<name>.+?)/?$": [("GET", "ngsi-ld/v1/attributes/depth", None)],
}


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every route below a resolver, as it is written."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def send(method: str, address: str, body: Any, *, key: str = "") -> HttpResponseBase:
    """The answer to a request, as a program sends it."""
    headers = {"Accept": "text/event-stream"} if address == "events" else {}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    is_event = address == "events"
    kind = "application/cloudevents+json" if is_event else "application/json"
    if method == "POST" and (address.startswith(FORMS) or address.endswith(("/photographs", "/files"))):
        files = {
            name: ContentFile(value[1], value[0]) for name, value in body.items() if isinstance(value, tuple)
        }
        return Client(headers=headers).post(f"/{address}", {**body, **files})
    content = b"" if body is None else orjson.dumps(body)
    return Client(headers=headers).generic(method, f"/{address}", content, content_type=kind)


def keep_catalogue(plan: Plan) -> None:
    """A filed plan with a finding, and a draft of an adjustment with a change."""
    body, region = Body.objects.order_by("path")[0], Region.objects.order_by("code")[0]
    entry = Entry.objects.create(key="water", title="x", kind="special", region=region, body=body)
    file = store(BytesIO(b"%PDF-1.4 z"), "c.pdf", by=BY)
    filing = Filing.objects.create(entry=entry, number=1, plan=plan, file=file)
    FindingRecord.objects.create(
        entry=entry, filing=filing, key="f1", digest="d", category="gap", severity="low", rank=2, subject="x",
        reason="missing", match=1, found_at=datetime(2022, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    draft = adjustments.propose(plan, "x", "x", by=BY)
    adjustments.add_change(draft, adjustments.Proposed("projects", "p2", "name", "y", "x"), by=BY)


def keep_years(plan: Plan) -> None:
    """The draft of a year, and a file of values that waits."""
    years.draft_year(plan, 2023, by=BY)
    place = plan.region.code if plan.region else ""
    text = f"指标,地区,时期,数值,单位,来源\n绿道长度,{place},2022,44,公里,统计公报\n"
    monitoring.bring_file(plan, text.encode(), "values.csv", by=BY)


def keep_duties(plan: Plan) -> None:
    """A duty with a milestone, a report that was handed in with a file, and a supervision note."""
    duties.open_duties(plan, by=BY)
    duty = Duty.objects.select_related("plan__region").get(plan=plan, key="p1")
    body = Body.objects.order_by("path").first()
    duties.assign_duties(
        plan, [duties.Assignment(duty, body)], reason="x", by=BY, now=datetime(2022, 1, 1, tzinfo=UTC)
    )
    Milestone.objects.create(pk=FIXED, duty=duty, title="x", due=date(2024, 1, 1))
    round_ = duties.open_round(plan, "2024-S1", by=BY)
    said = duties.ReportFacts("in-progress", 40, "bridge built")
    file = duties.Upload("b.pdf", BytesIO(b"%PDF-1.4 y"))
    duties.submit_report(duties.save_report(duty, round_, said, files=[file], by=BY), by=BY)
    duties.write_note(duty, "x", "x", date(2199, 1, 1), by=BY)


def numbers() -> dict[str, Any]:
    """What stands for the names in the samples' addresses."""
    evidence = Evidence.objects.select_related("file", "duty__lead").get()
    return {
        "file": StoredFile.objects.get(name="a.pdf").code,
        "urn": Object.objects.filter(type__key="Well").get().urn,
        "duty": evidence.duty_id,
        "body": evidence.duty.lead.key if evidence.duty.lead else "",
        "round": Round.objects.get().pk,
        "milestone": FIXED,
        "change": Change.objects.get().pk,
        "delivery": Delivery.objects.get(channel="inbox").number,
        "shift": Shift.objects.get().pk,
        "appeal": Appeal.objects.get().pk,
        "evidence": evidence.file.code,
        "target": YearTarget.objects.filter(region=None).order_by("position")[0].pk,
        "values": ValueFile.objects.get().pk,
        **access_cases.case_numbers(),
        **access_twin.twin_numbers(),
    }


def _reports() -> None:
    """A draft, a published report to submit, and one of a year before that was submitted."""
    plan = Plan.objects.get(key="star")
    document = as_builtins(write_report(plan, Order(2023), made_on=date(2024, 1, 1)))
    said: Any = {
        "plan": plan,
        "language": "zh",
        "edition": 1,
        "made_at": timezone.now(),
        "document": document,
    }
    sent = Report.objects.create(
        id=FIXED, code="SENT", kind="congress", year=2023, series="a", state="published", level=2, **said
    )
    Report.objects.create(code="DRAFT", kind="yearly", year=2023, series="b", state="draft", **said)
    row = Submission.objects.create(plan=plan, year=2022, report=sent, submitted_on=date(2023, 3, 1))
    row.opinions.create(number=1, text="more")


@pytest.fixture
def key(db: None) -> str:
    """An administrator's key, in a city where the public may do nothing."""
    load_roles(by=BY)
    packages.install(CITY, by=BY, kind=PackageKind.CITY)
    import_facts(plan_facts(), "star", by=BY, region=city_region())
    register_projects(Plan.objects.get(key="star"), by=BY)
    keep_duties(Plan.objects.get(key="star"))
    keep_catalogue(Plan.objects.get(key="star"))
    keep_years(Plan.objects.get(key="star"))
    keep_evaluations()
    keep_messages()
    access_cases.keep_cases()
    access_twin.keep_twin()
    _reports()
    store(BytesIO(b"%PDF-1.4 x"), "a.pdf", by=BY, level=Level.L1)
    save_role("public", "公众", [], Level.L1, by=BY)
    cache.clear()
    return create_client("tests", "Tests", "administrator", by=BY)


def test_every_route_is_open_for_a_reason_or_has_a_request() -> None:
    """A new address is added to one of the two; one that is gone leaves them."""
    found = {route for route in routes() if not route.startswith(SIGNING_IN)}
    assert found == set(OPEN) | set(SAMPLES)


@pytest.mark.parametrize(
    ("route", "method", "address", "body"),
    [(route, *sample) for route, samples in SAMPLES.items() for sample in samples],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else None,
)
def test_who_may_do_nothing_is_refused(route: str, method: str, address: str, body: Any, key: str) -> None:
    """First without a key, then with one that may: so the request is known to lead somewhere."""
    send("POST", "ngsi-ld/v1/entityOperations/upsert", [WELL], key=key)
    place, body = address.format_map(numbers()), access_cases.named(body, numbers())
    before = list(Object.objects.values_list("urn", "version"))
    refused = send(method, place, body)
    if refused.status_code == 200 and route in EMPTY:
        assert orjson.loads(refused.getvalue()) == EMPTY[route]
    else:
        assert refused.status_code in {401, 403, 404}, refused.status_code
    assert list(Object.objects.values_list("urn", "version")) == before
    allowed = send(method, place, body, key=key)
    assert allowed.status_code < 400, allowed.getvalue()


def test_signing_in_is_the_only_page_without_a_session(db: None) -> None:
    """Every other page of the account room leads to the door, or is closed."""
    for route in routes():
        if route.startswith(SIGNING_IN) and "<" not in route and "(?P" not in route:
            answer = Client().get(f"/{route}")
            if answer.status_code == 200:
                assert route in DOOR, route


DOOR = {
    "account/confirm-email/": "says that mail was sent",
    "account/login/": "the door",
    "account/signup/": "says that registration is closed",
    "account/inactive/": "says that the account is closed",
    "account/password/reset/": "asks for an address",
    "account/password/reset/done/": "says the same whether the address is known or not",
    "account/password/reset/key/done/": "says that the password was set",
}

"""Deny by default, everywhere: every address of the house refuses the public once it may do nothing.

A view that forgets to ask fails here. Each route has a request that an administrator's key gets
answered; without it and without the public's rights the same request must be refused, or find nothing.
An address that is open to everybody is listed with its reason; one that is listed nowhere fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from pytest_django.plugin import DjangoDbBlocker

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
from beichen.platforms.geo.analysis.models import Run
from beichen.registry.models import Object
from beichen.supports.evaluation.models import Appeal
from tests import access_apps, access_cases, access_codes, access_ledger, access_map, access_ogc, access_twin
from tests.access_population import keep_evaluations, keep_maps, keep_messages, keep_screens
from tests.access_routes import EMPTY, FIXED, FORMS, OPEN, SAMPLES, SIGNING_IN, WELL
from tests.filled import _django_db_helper, taken_back

__all__ = ["_django_db_helper"]

BY = system("test")
CITY = Path(__file__).parent / "cities/invented"


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
    if method == "POST" and (
        address.startswith(FORMS) or address.endswith(("/photographs", "/files", "/sheets"))
    ):
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
        "analysis": Run.objects.get().code,
        "file": StoredFile.objects.get(name="a.pdf").code,
        "urn": Object.objects.filter(type__key="Well").get().urn,
        "object": Object.objects.filter(type__key="Well").get().code,
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
        **access_ogc.ogc_numbers(),
        **access_ledger.ledger_numbers(),
        **access_codes.code_numbers(),
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


@dataclass(frozen=True)
class Asked:
    """An administrator's key, and what stands for the names in the samples' addresses."""

    key: str
    numbers: dict[str, Any]


def filled() -> Asked:
    """A city where the public may do nothing."""
    load_roles(by=BY)
    packages.install(CITY, by=BY, kind=PackageKind.CITY)
    import_facts(plan_facts(), "star", by=BY, region=city_region())
    register_projects(Plan.objects.get(key="star"), by=BY)
    keep_duties(Plan.objects.get(key="star"))
    keep_catalogue(Plan.objects.get(key="star"))
    keep_years(Plan.objects.get(key="star"))
    keep_evaluations()
    keep_messages()
    keep_maps()
    keep_screens()
    access_cases.keep_cases()
    access_twin.keep_twin()
    access_ledger.keep_ledger()
    access_codes.keep_codes()
    access_apps.keep_apps()
    access_map.keep_addresses()
    _reports()
    store(BytesIO(b"%PDF-1.4 x"), "a.pdf", by=BY, level=Level.L1)
    save_role("public", "公众", [], Level.L1, by=BY)
    cache.clear()
    key = create_client("tests", "Tests", "administrator", by=BY)
    send("POST", "ngsi-ld/v1/entityOperations/upsert", [WELL], key=key)
    return Asked(key, numbers())


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asked]:
    """Filled once for all that is asked."""
    with django_db_blocker.unblock(), taken_back():
        yield filled()


@pytest.fixture
def asked(city: Asked) -> Iterator[Asked]:
    """The city as it was filled."""
    with taken_back():
        yield city


def test_every_route_is_open_for_a_reason_or_has_a_request() -> None:
    """A new address is added to one of the two; one that is gone leaves them."""
    found = {route for route in routes() if not route.startswith(SIGNING_IN)}
    assert found == set(OPEN) | set(SAMPLES)


def told(answer: Any) -> set[int]:
    """The statuses that an answer tells: of a batch, those of its requests."""
    content = answer.getvalue()
    if answer.status_code == 200 and content.startswith(b'{"responses"'):
        return {one["status"] for one in orjson.loads(content)["responses"]}
    return {answer.status_code}


@pytest.mark.parametrize(
    ("route", "method", "address", "body"),
    [(route, *sample) for route, samples in SAMPLES.items() for sample in samples],
    ids=lambda value: value if isinstance(value, str) and value.isupper() else None,
)
@pytest.mark.django_db
def test_who_may_do_nothing_is_refused(
    route: str, method: str, address: str, body: Any, asked: Asked
) -> None:
    """First without a key, then with one that may: so the request is known to lead somewhere."""
    place, body = address.format_map(asked.numbers), access_cases.named(body, asked.numbers)
    before = list(Object.objects.values_list("urn", "version"))
    refused = send(method, place, body)
    if refused.status_code == 200 and route in EMPTY:
        assert orjson.loads(refused.getvalue()) == EMPTY[route]
    else:
        assert told(refused) <= {401, 403, 404}, refused.status_code
    assert list(Object.objects.values_list("urn", "version")) == before
    allowed = send(method, place, body, key=asked.key)
    assert allowed.status_code < 400, allowed.getvalue()


@pytest.mark.django_db
@pytest.mark.usefixtures("asked")
def test_signing_in_is_the_only_page_without_a_session() -> None:
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
    "account/register": "asks for an address; answers alike whoever has it",
    "account/recover": "the same",
    "account/inactive/": "says that the account is closed",
    "account/password/reset/": "asks for an address",
    "account/password/reset/done/": "says the same whether the address is known or not",
    "account/password/reset/key/done/": "says that the password was set",
}

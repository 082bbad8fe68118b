"""A small invented city that can be evaluated: three counties, two bureaus, a scheme."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.test import Client

from beichen.hubs.data.service import IndicatorFacts, ValueFacts, define_indicators, record_values
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import load_roles
from beichen.kernel.actor import Actor, system
from beichen.kernel.org.models import Body, Person
from beichen.kernel.org.service import (
    BodyFacts,
    RegionFacts,
    actor_of,
    appoint,
    load_bodies,
    load_regions,
    region_by_code,
    register_person,
)
from beichen.supports.evaluation.models import Round, Scheme, Subject
from beichen.supports.evaluation.service import (
    CriterionFacts,
    SchemeFacts,
    adopt_scheme,
    load_schemes,
    open_round,
)

BY = system("test")
OWNER = "city:test"
MONDAY = datetime(2024, 3, 4, 2, tzinfo=UTC)  # ten in the morning in the city
GRADES: tuple[dict[str, Any], ...] = (
    {"zh": "优秀", "en": "Excellent", "from": 90},
    {"zh": "良好", "en": "Good", "from": 75},
    {"zh": "一般", "en": "Fair", "from": 0},
)


def criterion(key: str, source: str, weight: str = "", **values: Any) -> CriterionFacts:
    return CriterionFacts(
        key=key, name=f"指标{key}", name_en=f"Criterion {key}", source=source, weight=weight, **values
    )


CRITERIA = (
    criterion("outcome", "group", "60"),
    criterion(
        "air",
        "evidence",
        "50",
        parent="outcome",
        evidence="indicator:air",
        rule="linear",
        parameters={"floor": 60, "ceiling": 90},
    ),
    criterion("work", "self-report", "50", parent="outcome", rule="direct"),
    criterion("view", "third-party", "20", rule="direct"),
    criterion(
        "people",
        "survey",
        "20",
        rule="linear",
        parameters={"floor": 1, "ceiling": 5, "least_n": 100},
        missing="zero",
    ),
    criterion("pilot", "bonus", limit="3"),
    criterion("accident", "deduction", limit="5"),
)
SCHEME = SchemeFacts(
    key="districts",
    kind="mid-term",
    subject_kind="region",
    name="县区评估",
    name_en="Districts",
    groups=(
        {"key": "urban", "zh": "城区", "en": "Urban", "members": ["990101", "990102"]},
        {"key": "rural", "zh": "县", "en": "Counties", "members": ["990103"]},
    ),
    grades=GRADES,
    criteria=CRITERIA,
)


def found_city() -> None:
    """Regions, bodies, an indicator with real values for the districts, the built-in roles."""
    load_roles(by=BY)
    load_regions(
        [
            RegionFacts("990100", "测试市", "city", name_en="Test City"),
            RegionFacts("990101", "东区", "county", "990100", name_en="East"),
            RegionFacts("990102", "西区", "county", "990100", name_en="West"),
            RegionFacts("990103", "北县", "county", "990100", name_en="North"),
        ],
        by=BY,
    )
    load_bodies(
        [
            BodyFacts("city-government", "市政府", region="990100", kind="government"),
            BodyFacts("planning", "发改委", parent="city-government", region="990100", kind="department"),
            BodyFacts("water", "水务局", parent="city-government", region="990100", kind="department"),
            BodyFacts(
                "east", "东区政府", parent="city-government", region="990101", kind="district-government"
            ),
            BodyFacts(
                "west", "西区政府", parent="city-government", region="990102", kind="district-government"
            ),
            BodyFacts(
                "north", "北县政府", parent="city-government", region="990103", kind="county-government"
            ),
        ],
        by=BY,
    )
    define_indicators(
        [IndicatorFacts("air", "优良天数比例", "Good air", "higher", "none", unit="%")], owner=OWNER, by=BY
    )
    value: Any = {"indicator": "air", "unit": "%", "source_title": "环境公报"}
    record_values(
        [
            ValueFacts(region="990101", period="2022", value=Decimal(69), **value),
            ValueFacts(region="990101", period="2023", value=Decimal(75), **value),
            ValueFacts(region="990102", period="2023", value=Decimal(84), **value),
            ValueFacts(region="990102", period="2024", value=Decimal(99), **value),
        ],
        owner=OWNER,
        by=BY,
    )


def scheme(**changes: Any) -> Scheme:
    """The scheme of the districts, a draft."""
    load_schemes([replace(SCHEME, **changes)], owner=OWNER, region=region_by_code("990100"), by=BY)
    return Scheme.objects.order_by("-pk").select_related("region")[0]


def running(**changes: Any) -> Round:
    """A round of the districts that was opened on a Monday."""
    adopted = adopt_scheme(scheme(), by=BY)
    told: Any = {"title_en": "Mid-term 2021–2023", "at": MONDAY, "by": BY, **changes}
    return open_round(adopted, "mid-term", "2021—2023年中期评估", "2021/2023", **told)


def subject(round_: Round, key: str) -> Subject:
    """A subject as pages find it."""
    return Subject.objects.select_related("round__region", "round__scheme", "body", "region").get(
        round=round_, key=key
    )


def somebody(role: str, body: str, region: str) -> Person:
    """A person with one post."""
    person = register_person(role, by=BY)
    appoint(person, role, Body.objects.get(key=body), region_by_code(region), by=BY)
    return person


def acting_as(role: str, body: str, region: str) -> Actor:
    """The actor that such a person is."""
    return actor_of(somebody(role, body, region))


def signed_in(role: str, body: str, region: str) -> Client:
    """A browser in which such a person has signed in."""
    client = Client()
    name = f"{role}-{body}"
    person = somebody(role, body, region)
    client.force_login(Account.objects.create(username=name, person=person))
    return client

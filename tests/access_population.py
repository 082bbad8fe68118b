"""What :mod:`tests.test_access` needs to be there before it asks: rows that take some lines to make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from beichen.fronts.overview import service as overview
from beichen.kernel.actor import Actor, Scope, system
from beichen.kernel.org.models import Body, Person, Post, Region
from beichen.kernel.org.service import city_region
from beichen.platforms.comms import service as comms
from beichen.platforms.comms.models import Roster
from beichen.platforms.geo.analysis import service as analysis
from beichen.platforms.geo.basemap import service as basemap
from beichen.supports.evaluation import service as evaluation

BY = system("test")
ON_DUTY: dict[str, Any] = {
    "person": "TESTTESTTESTTEST",
    "starts": "2199-01-01T08:00",
    "ends": "2199-01-01T20:00",
    "weeks": 1,
}

# route → requests that an administrator gets answered
MESSAGES: dict[str, list[tuple[str, str, Any]]] = {
    "messages/log": [("GET", "messages/log", None)],
    "messages/log/<str:number>": [("GET", "messages/log/{delivery}", None)],
    "messages/rosters": [("GET", "messages/rosters", None)],
    "messages/rosters/<slug:key>/shifts": [("POST", "messages/rosters/hotline/shifts", ON_DUTY)],
    "messages/rosters/<slug:key>/shifts/<int:number>/remove": [
        ("POST", "messages/rosters/hotline/shifts/{shift}/remove", {})
    ],
}


def keep_evaluations() -> None:
    """A scheme with a draft beside it, a round that is published and appealed, and one that runs."""
    work = evaluation.CriterionFacts("work", "x", "self-report", weight="100", rule="direct")
    facts = evaluation.SchemeFacts(
        key="scored",
        kind="yearly",
        subject_kind="body",
        name="x",
        groups=({"key": "all", "zh": "x", "en": "x", "members": ["water-bureau"]},),
        grades=({"zh": "x", "en": "x", "from": 0},),
        criteria=(work,),
    )
    scheme = evaluation.adopt_scheme(evaluation.draft_scheme(facts, region=None, by=BY), by=BY)
    evaluation.next_version(scheme, by=BY)
    evaluation.open_round(scheme, "running", "x", "2023", by=BY)
    done = evaluation.open_round(scheme, "done", "x", "2022", by=BY)
    for at in (done.reports_due, None, None):
        done = evaluation.advance_round(done, by=BY, at=at)
    evaluation.file_appeal(done.subjects.select_related("round").get(), "work", "x", by=BY)


def keep_messages() -> None:
    """A roster with a shift, and a message to whoever holds it."""
    body = Body.objects.order_by("path")[0]
    person = Person.objects.create(code=ON_DUTY["person"], name="x")
    Post.objects.create(person=person, role="officer", body=body, region=Region.objects.order_by("code")[0])
    texts = {"subject_zh": "x", "subject_en": "x", "text_zh": "x", "text_en": "x"}
    roster = {"name": "x", "name_en": "x", "body": body.key, "fallback": "", "cover": []}
    stock = comms.Stock(templates={"said": texts}, rosters={"hotline": roster})
    comms.load_stock(stock, owner="city:invented", by=BY)
    hours = (datetime(2198, 1, 1, tzinfo=UTC), datetime(2198, 1, 2, tzinfo=UTC))
    comms.add_shift(Roster.objects.get(key="hotline"), person, *hours, by=BY)
    comms.send(comms.Notice("said"), [comms.ToPerson(person)], by=BY)


def keep_screens() -> None:
    """A draft of a screen."""
    declared = {"key": "kept", "name": {"zh": "x", "en": "x"}, "widgets": [{"kind": "feed"}]}
    overview.create_screen(declared, body=None, region=city_region(), by=BY)


def keep_maps() -> None:
    """A base map, and an analysis that the administrator's key asked."""
    basemap.build(by=BY)
    asker = Actor("client:tests", "Tests", (Scope("administrator"),))
    analysis.ask("buffer", {"layer": "districts", "distance": 100}, by=asker)

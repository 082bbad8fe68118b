"""A public notice that runs, and an objection to it, for pages to be looked at."""

from __future__ import annotations

from beichen.fronts.services import service
from beichen.fronts.services.objection.filing import Draft, file
from beichen.fronts.services.objection.models import Objection
from beichen.hubs.events.service import ReporterFacts
from beichen.kernel.actor import PUBLIC, Actor
from beichen.kernel.org.models import Region

DATA = {"project": "示例文化馆", "site": "示例街1号", "use": "public", "area_m2": 1500, "height_m": 24}
OUTCOMES = {"check": "accept", "review": "agree", "sign": "grant"}
SAID = "新楼挡住了学校操场的采光"


def objected(city: Region, by: Actor) -> tuple[Objection, str]:
    """An objection, and the address of the notice that it is to."""
    affair = service.start("construction-permit", DATA, "DEMO-3", city, by=by)[0]
    while waiting := [task for task in service.tasks_of(affair) if task.is_open]:
        first = waiting[0]
        values = {"opinion_text": "符合规划"} if first.step == "review" else {}
        service.complete(affair.code, first.number, OUTCOMES[first.step], values, by=by)
    notice = service.timers_of(affair)[0].engine_id
    facts = ReporterFacts(name="李四", email="li@example.org")
    return file(notice, Draft(SAID, True, facts), by=PUBLIC), f"/services/notices/{notice}/object"

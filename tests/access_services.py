"""The addresses of processes and affairs, for `test_access`."""

from __future__ import annotations

from typing import Any

from beichen.fronts.services import service
from beichen.fronts.services.models import Affair
from beichen.kernel.actor import system
from beichen.kernel.org.service import city_region

BY = system("test")
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x">'
DIAGRAM = f"""{HEAD}<process id="kept" isExecutable="true">
<laneSet id="lanes"><lane id="window"><flowNodeRef>look</flowNodeRef></lane></laneSet>
<startEvent id="begin"/><userTask id="look"/><endEvent id="end"/>
<sequenceFlow id="a" sourceRef="begin" targetRef="look"/>
<sequenceFlow id="b" sourceRef="look" targetRef="end"/>
</process></definitions>"""
WORDS = {"zh": "甲", "en": "A"}
ENTRY = {
    "name": WORDS,
    "promised": "5d",
    "fields": {},
    "lanes": {"window": {"name": WORDS, "route": [{"to": "water-bureau"}]}},
    "steps": {"look": {"name": WORDS}},
    "ends": {"end": WORDS},
}
OPEN = {
    "services/notices": "what is on public notice is for everybody; only fields declared public are shown"
}
AFFAIR, API = "services/affairs/{affair}", "api/services/affairs/{affair}"
SAMPLES: dict[str, list[tuple[str, str, Any]]] = {
    "services/desk": [("GET", "services/desk", None)],
    "services/affairs": [("GET", "services/affairs", None)],
    "services/new": [("GET", "services/new", None)],
    "services/new/<slug:key>": [("GET", "services/new/kept", None)],
    "services/affairs/<slug:code>": [("GET", AFFAIR, None)],
    "services/affairs/<slug:code>/diagram.bpmn": [("GET", f"{AFFAIR}/diagram.bpmn", None)],
    "services/affairs/<slug:code>/tasks/<int:number>/<slug:act>": [("POST", f"{AFFAIR}/tasks/1/take", {})],
    "services/affairs/<slug:code>/<slug:act>": [("POST", f"{AFFAIR}/suspend", {"reason": "x"})],
    "api/services/processes": [("GET", "api/services/processes", None)],
    "api/services/affairs": [("GET", "api/services/affairs", None)],
    "api/services/tasks": [("GET", "api/services/tasks", None)],
    "api/services/affairs/<slug:affair_code>": [("GET", API, None)],
    "api/services/affairs/<slug:affair_code>/tasks/<int:number>/<slug:act>": [
        ("POST", f"{API}/tasks/1/hand-over", {"to": "city-government", "reason": "x"})
    ],
    "api/services/affairs/<slug:affair_code>/<slug:act>": [("POST", f"{API}/withdraw", {"reason": "x"})],
}
EMPTY: dict[str, Any] = {
    "api/services/affairs": {"affairs": [], "next": None},
    "api/services/tasks": {"tasks": []},
}


def keep_services() -> None:
    """A process, and an affair of it."""
    region = city_region()
    assert region is not None
    declared = service.Declared(ENTRY, {"processes/kept.bpmn": DIAGRAM.encode()})
    service.declare_processes({"kept": declared}, scene="test", by=BY)
    service.start("kept", {}, "FIRM-1", region, by=BY)


def service_numbers() -> dict[str, Any]:
    """What stands for the names in the samples' addresses."""
    return {"affair": Affair.objects.get().code}

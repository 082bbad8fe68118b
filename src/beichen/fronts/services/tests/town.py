"""A small invented city with a window and bureaus, and a process that uses most of what processes can say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from beichen.fronts.services import service
from beichen.fronts.services.models import Affair, Task
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor, system
from beichen.kernel.org import service as org
from beichen.kernel.org.models import Body, Region

SETUP = system("test")
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2025, 6, 9, 9, 0, tzinfo=ZONE)  # an ordinary working week
CITY, EAST = "990100", "990102"
REGIONS = (
    org.RegionFacts(CITY, "星河市", "city", name_en="Xinghe"),
    org.RegionFacts(EAST, "东区", "county", CITY, "East"),
)
BODIES = (
    org.BodyFacts("government", "星河市人民政府", "Government", "government", region=CITY),
    org.BodyFacts("window", "星河市政务大厅", "Window", "service-hall", "government", CITY),
    org.BodyFacts("fire", "星河市消防局", "Fire", "department", "government", CITY),
    org.BodyFacts("planning", "星河市规划局", "Planning", "department", "government", CITY),
    org.BodyFacts("east-window", "东区政务大厅", "East window", "service-hall", "government", EAST),
)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="x">\n'
)
DMN_HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t" namespace="x">\n'
)


def words(zh: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": zh, "en": en}


def diagram(
    body: str, *, lanes: Mapping[str, str] | None = None, key: str = "permit", more: str = ""
) -> bytes:
    """A BPMN file of one process; ``lanes`` maps lanes to the ids of their nodes, with blanks between."""
    rows = "".join(
        f'<lane id="{lane}">'
        + "".join(f"<flowNodeRef>{one}</flowNodeRef>" for one in nodes.split())
        + "</lane>"
        for lane, nodes in (lanes or {}).items()
    )
    held = f'<laneSet id="lanes">{rows}</laneSet>\n' if rows else ""
    return (
        f'{HEAD}{more}<process id="{key}" isExecutable="true">\n{held}{body}</process></definitions>'.encode()
    )


def flow(*pairs: str) -> str:
    """Sequence flows: ``"a b"`` leads from a to b, ``"a b: x > 1"`` when its condition holds."""
    found = []
    for number, pair in enumerate(pairs):
        way, _, condition = pair.partition(": ")
        source, target = way.split()
        escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
        told = f'<conditionExpression xsi:type="tFormalExpression">{escaped}</conditionExpression>'
        found.append(
            f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">'
            f"{told if condition else ''}</sequenceFlow>\n"
        )
    return "".join(found)


def timer(node: str, text: str, *, on: str = "", name: str = "") -> str:
    """A timer: intermediate, or on the boundary of ``on``."""
    event = f'<timerEventDefinition id="{node}-t"><timeDuration>{text}</timeDuration></timerEventDefinition>'
    if on:
        return f'<boundaryEvent id="{node}" attachedToRef="{on}">{event}</boundaryEvent>\n'
    return f'<intermediateCatchEvent id="{node}" name="{name}">{event}</intermediateCatchEvent>\n'


PERMIT = diagram(
    '<startEvent id="begin"/>\n'
    '<userTask id="check" name="收件"/>\n'
    '<exclusiveGateway id="complete" default="f2"/>\n'
    '<businessRuleTask id="classify"/>\n'
    '<userTask id="review"><multiInstanceLoopCharacteristics>'
    "<loopDataInputRef>desks</loopDataInputRef><loopDataOutputRef>opinions</loopDataOutputRef>"
    '<inputDataItem id="desk"/><outputDataItem id="opinion"/>'
    "</multiInstanceLoopCharacteristics></userTask>\n"
    + timer("silence", "3d", on="review")
    + '<exclusiveGateway id="joined"/>\n<exclusiveGateway id="decided" default="f8"/>\n'
    '<userTask id="sign"/>\n'
    + timer("notice", "=notice_time")
    + '<endEvent id="granted"/><endEvent id="refused"/>\n'
    + flow(
        "begin check",
        "check complete",
        "complete classify",
        "complete refused: check.outcome == 'refuse'",
        "classify review",
        "review joined",
        "silence joined",
        "joined decided",
        "decided sign",
        "decided refused: opinions.exists(o, o.outcome == 'reject')",
        "sign notice",
        "notice granted",
    ),
    lanes={"window": "check sign"},
)
TABLE = (
    f'{DMN_HEAD}<decision id="permit-class" name="c"><decisionTable id="dt" hitPolicy="FIRST">'
    '<input id="i1" label="area"><inputExpression id="ie"><text>area_m2</text></inputExpression></input>'
    '<output id="o1" name="desks"/><output id="o2" name="notice_time"/>'
    '<rule id="r1"><inputEntry id="e1"><text>&gt; 1000</text></inputEntry>'
    "<outputEntry id=\"u1\"><text>['fire', 'planning']</text></outputEntry>"
    '<outputEntry id="u2"><text>"2d"</text></outputEntry></rule>'
    '<rule id="r2"><inputEntry id="e2"><text>-</text></inputEntry>'
    "<outputEntry id=\"u3\"><text>['planning']</text></outputEntry>"
    '<outputEntry id="u4"><text>"1d"</text></outputEntry></rule>'
    "</decisionTable></decision></definitions>"
).encode()
YES_NO = {"approve": words("同意", "Approve"), "reject": words("不同意", "Reject")}
ENTRY: dict[str, Any] = {
    "name": words("建筑许可", "Building permit"),
    "promised": "10d",
    "title": "project",
    "fields": {
        "project": {"name": words("项目", "Project"), "required": True, "public": True},
        "area_m2": {
            "name": words("面积", "Area"),
            "type": "number",
            "required": True,
            "minimum": 0,
            "maximum": 10**6,
        },
        "remark": {"name": words("意见", "Remark"), "type": "text", "told": True},
        "aside": {"name": words("内部意见", "Aside"), "type": "text"},
        "notice_time": {"name": words("公示期", "Notice")},
    },
    "start": ["project", "area_m2"],
    "lanes": {
        "window": {
            "name": words("窗口", "Window"),
            "route": [{"region": "990102*", "to": "east-window"}, {"to": "window"}],
        },
        "fire": {"name": words("消防", "Fire"), "route": [{"to": "fire"}]},
        "planning": {"name": words("规划", "Planning"), "route": [{"to": "planning"}]},
    },
    "steps": {
        "check": {
            "name": words("收件", "Check"),
            "outcomes": {"accept": words("受理", "Accept"), "refuse": words("不予受理", "Refuse")},
            "within": "1d",
        },
        "classify": {"name": words("分类", "Classify"), "decision": "permit-class"},
        "review": {
            "name": words("审查", "Review"),
            "form": ["remark", "aside"],
            "outcomes": YES_NO,
            "within": "2d",
            "lane": "desk",
        },
        "sign": {"name": words("签发", "Sign"), "within": "1d"},
        "notice": {"name": words("公示", "Public notice"), "kind": "notice", "public": True},
    },
    "ends": {"granted": words("准予许可", "Granted"), "refused": words("不予许可", "Refused")},
}
FILES = {"processes/permit.bpmn": PERMIT, "processes/permit-class.dmn": TABLE}


def build() -> None:
    """Everything that the town has."""
    org.load_regions(REGIONS, by=SETUP)
    org.load_bodies(BODIES, by=SETUP)
    access.load_roles(by=SETUP)
    declare("permit", ENTRY, FILES)


def declare(key: str, entry: Mapping[str, Any], files: Mapping[str, bytes], scene: str = "permits") -> None:
    """Declare one process, the only one of its scene."""
    service.declare_processes({key: service.Declared(entry, files)}, scene=scene, by=SETUP)


def simple(
    key: str, body: bytes, *, steps: Mapping[str, Any], ends: str = "end", **more: Any
) -> dict[str, Any]:
    """Declare a process of the window, whose steps are told shortly; gives its entry."""
    entry = {
        "name": words(key, key),
        "promised": "5d",
        "fields": {"number": {"name": words("数", "Number"), "type": "number"}},
        "start": ["number"],
        "lanes": ENTRY["lanes"],
        "steps": {name: {"name": words(name, name), **facts} for name, facts in steps.items()},
        "ends": {end: words(end, end) for end in ends.split()},
        **more,
    }
    declare(key, entry, {f"processes/{key}.bpmn": body}, scene=key)
    return entry


def person(role: str, body: str, region: str = CITY) -> Actor:
    """Somebody who holds ``role`` at ``body`` for ``region``."""
    one = org.register_person(f"{role} of {body}", by=SETUP)
    place = Region.objects.get(code=region)
    org.appoint(one, role, Body.objects.get(key=body), place, by=SETUP)
    return org.actor_of(one)


def apply(area: float = 2000, *, region: str = CITY, by: Actor = SETUP, key: str = "") -> Affair:
    """An application for a permit, taken in on Monday morning."""
    place = Region.objects.get(code=region)
    data = {"project": "文化中心", "area_m2": area}
    return service.start("permit", data, "FIRM-1", place, by=by, key=key, now=MONDAY)[0]


def waiting(affair: Affair) -> list[Task]:
    """The steps of an affair that wait."""
    return [task for task in service.tasks_of(affair) if task.is_open]


def names(affair: Affair) -> list[str]:
    """What waits, as ``step@body``."""
    return [f"{task.step}@{task.body.key}" for task in waiting(affair)]


def do(
    affair: Affair, step: str, outcome: str = "", *, by: Actor = SETUP, body: str = "", **more: Any
) -> Affair:
    """Complete the step that waits under this name (at this body)."""
    task = next(one for one in waiting(affair) if one.step == step and body in ("", one.body.key))
    values = more.pop("data", {})
    return service.complete(affair.code, task.number, outcome, values, by=by, **{"now": MONDAY, **more})

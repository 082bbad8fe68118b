"""The room's words for stories: a device, what devices say over the open protocol, and time that passes.

Nothing waits: a story has a clock of its own, which begins at midnight two days ago, whatever the hour is
now, and goes on with each of these steps.
What devices say is taken over HTTP, kept in memory where a broker would keep it, and treated like everything
that comes in; whoever listens hears at once what rules raise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from beichen.kernel.bus.service import heard_at_once
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.durations import DURATION, duration
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import FIELD, KEY, REGION, TIME_OF_DAY, Schema, mapping_of, record
from beichen.platforms.iot import keeping
from beichen.platforms.iot.collecting import Collected, Taken
from beichen.platforms.iot.fleet import Devices, micros
from beichen.platforms.iot.models import Device, Following
from beichen.platforms.iot.posting import in_memory
from beichen.platforms.iot.rules.checking import types_of
from beichen.platforms.iot.rules.watching import Watch
from beichen.platforms.iot.speaking import hear
from beichen.platforms.iot.timetables.following import reckon
from beichen.platforms.iot.timetables.running import tell_due
from beichen.platforms.iot.treatment import Treater
from beichen.platforms.iot.words import CommandState
from beichen.problem import Problem, nearest, shorten
from beichen.registry.models import Object

DEVICES, STREAM, CLOCK = "/api/devices", "story", "clock of devices"
BEGINS = timedelta(days=2)
MOST = 3_000  # messages of a step
_CODE: Schema = {
    "type": "string",
    "pattern": r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
    "x-form": "a code such as P-1",
}
_THING: Schema = {"type": "string", "minLength": 1, "maxLength": 60}
_VALUES = mapping_of({"type": ["number", "boolean", "string"]}, FIELD, minProperties=1)
_READINGS = mapping_of(_VALUES, _THING, minProperties=1)


def _object(stage: Stage, code: str) -> Object | None:
    """The object that the story calls so: by its code, or by the id that the word ``object`` gives it."""
    urns = [f"urn:ngsi-ld:{kind}:{code}" for kind in types_of(stage.package)]
    found = Object.objects.filter(urn__in=urns, removed_at=None).first()
    return found or Object.objects.filter(code=code, removed_at=None).first()


def _device(stage: Stage, step: dict[str, Any]) -> None:
    """The device is registered, or brought to what is said when it is there."""
    facts: dict[str, Any] = {"code": step["device"]}
    if "thing" in step:
        thing = _object(stage, step["thing"])
        stage.expect(thing is not None, f"there is no thing {step['thing']}")
        facts["thing"] = thing.code if thing is not None else ""
    if "region" in step:
        facts["region"] = step["region"]
    if "group" in step:
        facts["group"] = step["group"]
    if "every" in step:
        facts["every"] = int(duration(step["every"]).total_seconds())
    if Device.objects.filter(code=step["device"]).exists():
        stage.send("PUT", f"{DEVICES}/{step['device']}", facts)
    else:
        stage.send("POST", DEVICES, {"devices": [facts]})


def _speaker(stage: Stage, name: str) -> str | None:
    """The device that speaks for a name: one of this code, one of that thing, or one that is made for it."""
    if Device.objects.filter(code=name).exists():
        return name
    thing = _object(stage, name)
    if thing is None:
        stage.expect(False, f"there is neither a device nor a thing {name}")
        return None
    known = Device.objects.filter(thing=thing).order_by("code").values_list("code", flat=True).first()
    if known is None:
        known = name if len(name) <= 64 and name.replace("-", "").replace("_", "").isalnum() else thing.code
        stage.send("POST", DEVICES, {"devices": [{"code": known, "thing": thing.code}]})
    return known


def _now(stage: Stage) -> datetime:
    if known := stage.names.get(CLOCK):
        return datetime.fromisoformat(known)
    today = timezone.localtime(timezone=ZoneInfo(settings.TIME_ZONE))
    return today.replace(hour=0, minute=0, second=0, microsecond=0) - BEGINS


def _pass(stage: Stage, now: datetime, taken: list[Taken], watch: Watch) -> None:
    """Let the gateway and its rules take what was said until ``now``."""
    stage.names[CLOCK] = now.isoformat()
    with heard_at_once():
        if taken:
            hear(STREAM, Collected(taken), None, Treater(Devices()), lambda: True, watch)
        watch.tick(micros(now))


def _readings(stage: Stage, step: dict[str, Any]) -> None:
    speakers = {name: _speaker(stage, name) for name in step["readings"]}
    every = duration(step.get("every", "60s"))
    number = duration(step["for"]) // every + 1 if "for" in step else 1
    begins = _now(stage)
    position, _begun = keeping.place(STREAM, 2**40)
    watch, taken = Watch(0), list[Taken]()
    for turn in range(number):
        at = begins + every * (turn + 1)
        for name, values in step["readings"].items():
            if (code := speakers[name]) is None:
                continue
            with in_memory() as kept:
                stage.send("POST", f"{DEVICES}/{code}/telemetry", values)
            for subject, payload in kept:
                taken.append(Taken(position + len(taken) + 1, micros(at), subject.encode(), payload))
    _pass(stage, begins + every * number, taken, watch)


def _order(stage: Stage, step: dict[str, Any]) -> None:
    body = {"name": step["order"], "parameters": step.get("parameters", {})}
    path = f"groups/{step['group']}" if "group" in step else step["device"]
    stage.send("POST", f"{DEVICES}/{path}/commands", body)


def _ordered(stage: Stage, step: dict[str, Any]) -> None:
    """The newest command of the device is of that name, with those parameters, and as far as that."""
    reply = stage.look(f"{DEVICES}/{step['device']}/commands?limit=1")
    told = (reply.content or {}).get("commands", [])
    if not told:
        stage.expect(step.get("count") == 0, f"{step['device']} was told nothing")
        return
    for name in ("parameters", "state"):
        if name in step:
            stage.expect(told[0][name] == step[name], f"{name} is {told[0][name]!r}, expected {step[name]!r}")
    stage.expect(told[0]["name"] == step["ordered"], f"{told[0]['name']} was ordered, not {step['ordered']}")


def _group(stage: Stage, step: dict[str, Any]) -> None:
    stage.send("PUT", f"{DEVICES}/groups/{step['group']}", {"name": step["name"]})
    if "timetable" in step:
        key = f"{stage.package.key}.{step['timetable']}"
        stage.send("PUT", f"{DEVICES}/groups/{step['group']}/timetable", {"timetable": key})


def _clock(stage: Stage, step: dict[str, Any]) -> None:
    """Time passes until the clock shows this next; timetables tell what is due on the way."""
    now, zone = _now(stage), ZoneInfo(settings.TIME_ZONE)
    hour, minute = (int(part) for part in step["clock"].split(":"))
    local = now.astimezone(zone)
    then = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    then += timedelta(days=then <= local)
    for row in Following.objects.filter(changed_at__gt=now).select_related("timetable"):
        reckon(row, now)  # set by the house's clock, which is ahead of the story's
        row.save(update_fields=["next_at"])
    _pass(stage, then, [], Watch(0))
    tell_due(then, by=stage.by)


def _silence(stage: Stage, step: dict[str, Any]) -> None:
    _pass(stage, _now(stage) + duration(step["silence"]), [], Watch(0))


def _check_readings(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    """Each name is a measure of some type, and there are not too many messages."""
    measures = {name for kind in types_of(package).values() for name in kind.get("measures", {})}
    wrong = [
        Problem(
            NO_REFERENCE,
            shorten(f"no type has the measure {measure!r}"),
            document.key_position((*path, "readings", name, measure)),
            nearest(measure, measures),
        )
        for name, values in step["readings"].items()
        for measure in values
        if measure not in measures
    ]
    every = duration(step.get("every", "60s"))
    messages = len(step["readings"]) * (duration(step["for"]) // every if "for" in step and every else 1)
    if not every or messages > MOST:
        message = f"at most {MOST} messages in a step"
        wrong.append(Problem(NO_REFERENCE, message, document.key_position((*path, "readings"))))
    return wrong


_PARAMETERS = mapping_of({"type": ["number", "boolean", "string"]}, FIELD)
register_step(
    Step(
        "order",
        frozenset({Clause.WHEN}),
        record({"order": KEY}, {"device": _CODE, "group": KEY, "parameters": _PARAMETERS}),
        _order,
        "向一台设备或一个分组的全部设备下发命令",
        "a command is ordered of a device, or of all devices of a group",
    )
)
register_step(
    Step(
        "ordered",
        frozenset({Clause.THEN}),
        record(
            {"ordered": KEY, "device": _CODE},
            {"parameters": _PARAMETERS, "state": {"enum": list(CommandState)}, "count": {"const": 0}},
        ),
        _ordered,
        "设备最近一条命令如所述；count: 0 表示没有命令",
        "the device's newest command is this one, or with count: 0 there is none",
    )
)
register_step(
    Step(
        "group",
        frozenset({Clause.GIVEN, Clause.WHEN}),
        record(
            {"group": KEY, "name": {"type": "string", "minLength": 1, "maxLength": 100}}, {"timetable": KEY}
        ),
        _group,
        "一个设备分组；timetable 是它遵循的本场景时间表",
        "a group of devices, and which of the scene's timetables it follows",
    )
)
register_step(
    Step(
        "clock",
        frozenset({Clause.WHEN}),
        record({"clock": TIME_OF_DAY}),
        _clock,
        "时间走到下一个这一时刻，时间表到点的命令随之下发",
        "time passes until the clock shows this next, and timetables tell what is due on the way",
    )
)
register_step(
    Step(
        "device",
        frozenset({Clause.GIVEN, Clause.WHEN}),
        record({"device": _CODE}, {"thing": _THING, "every": DURATION, "region": REGION, "group": KEY}),
        _device,
        "一台设备（已有则更新），测量 thing 所指的对象",
        "a device is registered, or changed when it is there, that measures a thing",
    )
)
register_step(
    Step(
        "readings",
        frozenset({Clause.WHEN}),
        record({"readings": _READINGS}, {"every": DURATION, "for": DURATION}),
        _readings,
        "设备上报读数：每隔 every 一次，共 for 那么久；按故事自己的时钟",
        "devices of these things report readings, each every so often and for so long, by the story's clock",
        _check_readings,
    )
)
register_step(
    Step(
        "silence",
        frozenset({Clause.WHEN}),
        record({"silence": DURATION}),
        _silence,
        "这么久没有任何读数",
        "no reading comes for so long",
    )
)

"""What a process's files must be before anything of it is installed: elements, names, expressions, bounds.

Every mistake of every file, each with its line. What passes here compiles and runs; what the engine would do
with an element that is not run here (another script language, a signal, an address) is never asked.
Long because each look at a process stands beside the names that all of them share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from beichen.fronts.services.bpmn.compiling import compile_files
from beichen.fronts.services.bpmn.expressions import check
from beichen.fronts.services.bpmn.tables import check_table, outputs_of
from beichen.fronts.services.bpmn.text import BPMN, SPACES, name_of, place, read_xml
from beichen.fronts.services.declaration import Process
from beichen.fronts.services.problems import (
    BAD_EXPRESSION,
    NO_DOOR,
    NOT_BPMN,
    NOT_DECLARED,
    NOT_RUN,
    TOO_MUCH,
)
from beichen.kernel.scene.durations import duration
from beichen.problem import Problem, ProblemError, Where, nearest, shorten

Place = Callable[..., Where]
NODES = 400
"""How many elements all diagrams of a process have."""
_STEPS = ("userTask", "manualTask")
_EVENTS = ("intermediateCatchEvent", "boundaryEvent")
_FLOW = frozenset(
    {
        *_STEPS, *_EVENTS, "startEvent", "endEvent", "exclusiveGateway", "parallelGateway",
        "inclusiveGateway", "callActivity", "subProcess", "serviceTask", "businessRuleTask", "scriptTask",
    }
)  # fmt: skip
_BESIDE = frozenset(
    {
        "process", "sequenceFlow", "laneSet", "lane", "flowNodeRef", "documentation", "incoming", "outgoing",
        "conditionExpression", "script", "multiInstanceLoopCharacteristics", "loopCardinality",
        "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem", "completionCondition",
        "timerEventDefinition", "timeDuration", "messageEventDefinition", "errorEventDefinition",
        "terminateEventDefinition",
        "textAnnotation", "text", "association", "group", "childLaneSet",
    }
)  # fmt: skip
_TRIGGERS = {
    "startEvent": frozenset[str](),
    "endEvent": frozenset({"errorEventDefinition", "terminateEventDefinition"}),
    "intermediateCatchEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "boundaryEvent": frozenset({"timerEventDefinition", "messageEventDefinition", "errorEventDefinition"}),
}


@dataclass(slots=True)
class Checked:
    """One process under check. ``line`` is a place in a file, ``at`` one in the declaration."""

    key: str
    process: Process
    line: Callable[[str, Any], Where]
    at: Place
    doors: Mapping[str, tuple[str, ...]]
    trees: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def say(self, code: str, message: str, where: Where, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(code, shorten(message), where, hint))

    def nodes(self, *names: str) -> Iterator[tuple[str, Any]]:
        """All elements of these names in all diagrams, each with its file."""
        for file, root in self.trees.items():
            if file.endswith(".bpmn"):
                for node in root.iter(*(f"{{{BPMN}}}{name}" for name in names)):
                    yield file, node

    def ids(self, *names: str) -> set[str]:
        """The ids of all elements of these names."""
        return {str(node.get("id")) for _file, node in self.nodes(*names)}


def check_process(
    key: str,
    process: Process,
    files: Mapping[str, bytes],
    *,
    label: Callable[[str], str],
    at: Place,
    doors: Mapping[str, tuple[str, ...]],
) -> list[Problem]:
    """Everything that is wrong with a process; ``label`` is how people are shown a file of it."""
    checked = Checked(key, process, lambda file, node: place(node, label(file)), at, doors)
    for name, content in files.items():
        try:
            checked.trees[name] = read_xml(content, label(name))
        except ProblemError as error:
            checked.problems += error.problems
    if checked.problems:
        return checked.problems
    for look in (
        _elements,
        _flows,
        _declared,
        _lanes,
        _calls,
        _tables,
        _timers,
        _messages,
        _form,
        _expressions,
    ):
        look(checked)
    if not checked.problems:
        decisions = {name: step.decision for name, step in process.steps.items() if step.decision}
        try:
            compile_files(key, files, decisions, {name: label(name) for name in files})
        except ProblemError as error:
            checked.problems += error.problems
    return checked.problems


def _elements(checked: Checked) -> None:
    number = 0
    for file, process in checked.nodes("process"):
        for node in process.iter():
            if not node.tag.startswith(f"{{{BPMN}}}"):
                if not any(name_of(one) == "extensionElements" for one in node.iterancestors()):
                    checked.say(NOT_RUN, f"<{name_of(node)}> is not of BPMN", checked.line(file, node))
                continue
            name = name_of(node)
            number += name in _FLOW
            if name == "extensionElements":
                continue
            if name not in _FLOW and name not in _BESIDE:
                message = f"<{name}> is not run here"
                checked.say(NOT_RUN, message, checked.line(file, node), nearest(name, _FLOW))
            _trigger(checked, file, node, name)
            if name == "subProcess" and node.get("triggeredByEvent") == "true":
                checked.say(
                    NOT_RUN, "a subprocess that an event starts is not run here", checked.line(file, node)
                )
            if name == "scriptTask" and node.get("scriptFormat") != "cel":
                hint = 'scriptFormat="cel", and a map such as {"due": "3d"}'
                checked.say(NOT_RUN, "a script is no CEL", checked.line(file, node), hint)
    if number > NODES:
        checked.say(TOO_MUCH, f"{number} elements", checked.at(), f"at most {NODES}")


def _trigger(checked: Checked, file: str, node: Any, name: str) -> None:
    if name not in _TRIGGERS:
        return
    found = [name_of(child) for child in node if name_of(child).endswith("EventDefinition")]
    allowed = _TRIGGERS[name]
    is_needed = name in _EVENTS
    if len(found) > 1 or (is_needed and not found) or not set(found) <= allowed:
        hint = f"one of: {', '.join(sorted(allowed))}" if allowed else "no event definition"
        checked.say(NOT_RUN, f"<{name}> with {', '.join(found) or 'none'}", checked.line(file, node), hint)


def _flows(checked: Checked) -> None:
    """Each flow leads from an element to an element, something leads to each, and on from each but ends."""
    nodes = {str(node.get("id")): (file, node) for file, node in checked.nodes(*_FLOW)}
    sources, targets = set[str](), set[str]()
    for file, one in checked.nodes("sequenceFlow"):
        ends = str(one.get("sourceRef")), str(one.get("targetRef"))
        sources.add(ends[0])
        targets.add(ends[1])
        for end in ends:
            if end not in nodes:
                where = checked.line(file, one)
                checked.say(NOT_BPMN, f"there is no element {end}", where, nearest(end, nodes))
    for key, (file, node) in nodes.items():
        name = name_of(node)
        if key not in targets and name not in ("startEvent", "boundaryEvent"):
            checked.say(NOT_BPMN, f"nothing leads to {key}", checked.line(file, node))
        if key not in sources and name != "endEvent":
            checked.say(NOT_BPMN, f"{key} leads nowhere", checked.line(file, node), "let it lead to an end")
    for file, part in checked.nodes("process", "subProcess"):
        if len(part.findall("bpmn:startEvent", SPACES)) != 1:
            checked.say(NOT_BPMN, f"{part.get('id')} has not one start", checked.line(file, part))


def _declared(checked: Checked) -> None:
    """Steps and ends stand in the diagram and in the declaration, both with the same ids."""
    steps = checked.process.steps
    for file, node in checked.nodes(*_STEPS, "serviceTask", "businessRuleTask"):
        key, name = str(node.get("id")), name_of(node)
        where = checked.line(file, node)
        if key not in steps:
            checked.say(NOT_DECLARED, f"the step {key} is not declared", where, nearest(key, steps))
        elif name == "serviceTask" and steps[key].door not in checked.doors:
            found = steps[key].door or "none"
            checked.say(
                NO_DOOR, f"there is no door {found}", checked.at("steps", key), nearest(found, checked.doors)
            )
    drawn = checked.ids(*_STEPS, "serviceTask", "businessRuleTask", *_EVENTS)
    for key in steps:
        if key not in drawn:
            message = f"the step {key} stands in no diagram"
            checked.say(NOT_DECLARED, message, checked.at("steps", key), nearest(key, drawn))
    ends = {
        str(node.get("id")): (file, node)
        for file, node in checked.nodes("endEvent")
        if name_of(node.getparent()) == "process" and node.getparent().get("id") == checked.key
    }
    for key, (file, node) in ends.items():
        if key not in checked.process.ends:
            checked.say(NOT_DECLARED, f"the end {key} is not declared", checked.line(file, node))
    for key in checked.process.ends:
        if key not in ends:
            message = f"the end {key} stands in no diagram"
            checked.say(NOT_DECLARED, message, checked.at("ends", key), nearest(key, ends))


def _lanes(checked: Checked) -> None:
    """Whoever acts is known: each step lies in a declared lane, or says which datum names one."""
    lanes = checked.process.lanes
    placed: dict[str, str] = {}
    for file, lane in checked.nodes("lane"):
        key = str(lane.get("id"))
        if key not in lanes:
            checked.say(
                NOT_DECLARED, f"the lane {key} is not declared", checked.line(file, lane), nearest(key, lanes)
            )
        for node in lane.findall("bpmn:flowNodeRef", SPACES):
            placed[(node.text or "").strip()] = key
    for file, node in checked.nodes(*_STEPS):
        step = checked.process.steps.get(str(node.get("id")))
        around = [str(node.get("id")), *(str(one.get("id")) for one in node.iterancestors())]
        if step is not None and not step.lane and not any(one in placed for one in around):
            checked.say(NOT_DECLARED, f"the step {around[0]} lies in no lane", checked.line(file, node))


def _calls(checked: Checked) -> None:
    """A call activity calls a process of the same files, and none that leads back to it."""
    known = checked.ids("process")
    calls: dict[str, set[str]] = {}
    for file, node in checked.nodes("callActivity"):
        caller = next(str(one.get("id")) for one in node.iterancestors() if name_of(one) == "process")
        called = str(node.get("calledElement"))
        calls.setdefault(caller, set()).add(called)
        if called not in known:
            checked.say(
                NOT_DECLARED,
                f"there is no process {called}",
                checked.line(file, node),
                nearest(called, known),
            )
    reached, found = {checked.key}, [checked.key]
    for caller in found:  # grows while it is read
        for called in calls.get(caller, ()):
            if called in reached and _leads(calls, called, caller):
                checked.say(TOO_MUCH, f"{called} calls itself", checked.at())
            elif called not in reached:
                reached.add(called)
                found.append(called)


def _leads(calls: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, rest = {start}, [start]
    for one in rest:  # grows while it is read
        if one == end:
            return True
        fresh = calls.get(one, set()) - seen
        seen |= fresh
        rest += fresh
    return False


def _tables(checked: Checked) -> None:
    ids: dict[str, str] = {}
    for file, root in checked.trees.items():
        if file.endswith(".dmn"):
            checked.problems += check_table(root, partial(checked.line, file), names(checked))
            for node in root.iter():
                if name_of(node) == "decision":
                    ids[str(node.get("id"))] = file
    for file, node in checked.nodes("businessRuleTask"):
        step = checked.process.steps.get(str(node.get("id")))
        if step is not None and step.decision not in ids:
            message = f"there is no decision {step.decision or 'named'}"
            checked.say(NOT_DECLARED, message, checked.line(file, node), nearest(step.decision, ids))


def _timers(checked: Checked) -> None:
    for file, node in checked.nodes("timerEventDefinition"):
        where = checked.line(file, node)
        kinds = [name_of(child) for child in node if name_of(child).startswith("time")]
        text = (node.findtext("bpmn:timeDuration", "", SPACES) or "").strip()
        if kinds != ["timeDuration"]:
            checked.say(NOT_RUN, "a timer without one timeDuration", where, "a duration such as 3d or 4h")
        elif text.startswith("="):
            checked.problems += check(text[1:], names(checked), where)
        else:
            try:
                duration(text)
            except ValueError as error:
                checked.say(BAD_EXPRESSION, str(error), where, "whole days and hours are working time")


def _messages(checked: Checked) -> None:
    declared = checked.process.messages
    named = {str(node.get("id")): str(node.get("name")) for _file, node in checked.nodes("message")}
    for file, node in checked.nodes("messageEventDefinition"):
        found = named.get(str(node.get("messageRef")), "")
        if found not in declared:
            message = f"the message {found or 'without a name'} is not declared"
            checked.say(NOT_DECLARED, message, checked.line(file, node), nearest(found, declared))


def _form(checked: Checked) -> None:
    """Forms, messages and routing data name declared fields."""
    process, fields = checked.process, checked.process.fields
    asked: dict[tuple[str, ...], tuple[str, ...]] = {("start",): process.start}
    asked |= {("steps", key, "form"): step.form for key, step in process.steps.items()}
    if process.title and process.title not in fields:
        message = f"the field {process.title} is not declared"
        checked.say(NOT_DECLARED, message, checked.at("title"), nearest(process.title, fields))
    asked |= {("messages", key): found for key, found in process.messages.items()}
    for path, found in asked.items():
        for number, name in enumerate(found):
            if name not in fields:
                message = f"the field {name} is not declared"
                checked.say(NOT_DECLARED, message, checked.at(*path, number), nearest(name, fields))
    for key, one in process.fields.items():
        if one.type == "choice" and not one.choices:
            checked.say(NOT_DECLARED, f"the field {key} has no choices", checked.at("fields", key))
    known = names(checked)
    for key, step in process.steps.items():
        if step.lane and step.lane not in known:
            message = f"{step.lane} is not declared"
            checked.say(NOT_DECLARED, message, checked.at("steps", key, "lane"), nearest(step.lane, known))


def names(checked: Checked) -> set[str]:
    """What expressions may name: fields, steps, what repeated steps, tables and doors take and give."""
    found = {*checked.process.fields, *checked.process.steps}
    for tag in ("inputDataItem", "outputDataItem"):
        found |= checked.ids(tag)
    found |= {(node.text or "").strip() for _file, node in checked.nodes("loopDataOutputRef")}
    for file, root in checked.trees.items():
        if file.endswith(".dmn"):
            found |= outputs_of(root)
    for step in checked.process.steps.values():
        found |= set(checked.doors.get(step.door, ()))
    return found


def _expressions(checked: Checked) -> None:
    known = names(checked)
    for tag in ("conditionExpression", "completionCondition", "loopCardinality", "script"):
        for file, node in checked.nodes(tag):
            checked.problems += check((node.text or "").strip(), known, checked.line(file, node))
    for file, node in checked.nodes("loopDataInputRef"):
        name = (node.text or "").strip()
        if name not in known:
            checked.say(
                BAD_EXPRESSION, f"{name} is not declared", checked.line(file, node), nearest(name, known)
            )

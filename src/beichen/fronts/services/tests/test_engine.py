"""What of BPMN runs, what is bounded, and that a kept process goes the way of one that never stopped."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import cel
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from beichen.fronts.services.bpmn.compiling import Specification, compile_files, specification
from beichen.fronts.services.bpmn.engine import Expressions
from beichen.fronts.services.bpmn.expressions import UnsoundValueError, evaluate, sound
from beichen.fronts.services.bpmn.expressions import compiled as compiled_expression
from beichen.fronts.services.bpmn.running import Run
from beichen.fronts.services.tests.town import ENTRY, FILES, diagram, flow, timer
from beichen.problem import ProblemError


def nothing(_step: str, _data: Any) -> dict[str, Any]:
    return {}


def compiled(body: str, **more: Any) -> Specification:
    kept = compile_files("p", {"p.bpmn": diagram(body, key="p", **more)}, {})
    return specification(kept, ("number", "items"), ("a", "b", "c"))


def begun(body: str, data: dict[str, Any] | None = None, **more: Any) -> Run:
    return Run.begin(compiled(body, **more), data or {}, nothing)


def waits(run: Run) -> list[str]:
    return sorted(one.key for one in run.steps())


def finish(run: Run, step: str, outcome: str = "") -> None:
    one = next(found for found in run.steps() if found.key == step)
    run.complete(one.id, {}, {"outcome": outcome})


START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'


def test_parallel_and_inclusive_gateways() -> None:
    run = begun(
        f'{START}<parallelGateway id="g"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/>{END}'
        + flow("s g", "g a", "g b", "a j", "b j", "j e")
    )
    assert waits(run) == ["a", "b"]
    finish(run, "a")
    assert (waits(run), run.is_done) == (["b"], False)
    finish(run, "b")
    assert (run.is_done, run.end) == (True, "e")
    run = begun(
        f'{START}<inclusiveGateway id="g" default="f3"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>'
        f'<inclusiveGateway id="j"/>{END}'
        + flow("s g", "g a: number > 1", "g b: number > 2", "g c", "a j", "b j", "c j", "j e"),
        {"number": 3},
    )
    assert waits(run) == ["a", "b"]


def test_an_error_end_is_caught_on_the_boundary_of_its_part() -> None:
    run = begun(
        f'{START}<subProcess id="part"><startEvent id="s2"/><userTask id="a"/>'
        '<endEvent id="bad"><errorEventDefinition id="x" errorRef="err"/></endEvent>'
        '<sequenceFlow id="q1" sourceRef="s2" targetRef="a"/><sequenceFlow id="q2" sourceRef="a" targetRef="bad"/>'
        '</subProcess><boundaryEvent id="caught" attachedToRef="part">'
        f'<errorEventDefinition id="y" errorRef="err"/></boundaryEvent><userTask id="b"/>{END}'
        + flow("s part", "part e", "caught b", "b e"),
        more='<error id="err" errorCode="E1" name="err"/>',
    )
    finish(run, "a")
    assert waits(run) == ["b"]


def test_a_terminate_end_ends_what_is_beside_it() -> None:
    run = begun(
        f'{START}<parallelGateway id="g"/><userTask id="a"/><userTask id="b"/>{END}'
        '<endEvent id="stop"><terminateEventDefinition id="t"/></endEvent>'
        + flow("s g", "g a", "g b", "a e", "b stop")
    )
    finish(run, "b")
    assert (run.is_done, run.end, waits(run)) == (True, "stop", [])


def test_a_message_goes_on_where_it_is_waited_for() -> None:
    run = begun(
        f'{START}<intermediateCatchEvent id="paid"><messageEventDefinition id="m" messageRef="msg"/>'
        f'</intermediateCatchEvent><userTask id="a"/>{END}' + flow("s paid", "paid a", "a e"),
        more='<message id="msg" name="paid"/>',
    )
    assert run.messages() == ["paid"]
    with pytest.raises(ProblemError, match="SRV-302"):
        run.tell("other", {})
    run.tell("paid", {"number": 5})
    assert run.steps()[0].data["number"] == 5


def test_call_activities_and_scripts() -> None:
    called = '</process><process id="inner" isExecutable="true"><startEvent id="s9"/><userTask id="b"/><endEvent id="e9"/>'
    inner = '<sequenceFlow id="r1" sourceRef="s9" targetRef="b"/><sequenceFlow id="r2" sourceRef="b" targetRef="e9"/>'
    run = begun(
        f'{START}<scriptTask id="calc" scriptFormat="cel"><script>{{"number": number + 1}}</script></scriptTask>'
        f'<callActivity id="part" calledElement="inner"/>{END}'
        + flow("s calc", "calc part", "part e")
        + called
        + inner,
        {"number": 1},
    )
    assert waits(run) == ["b"]
    assert run.steps()[0].data["number"] == 2
    finish(run, "b")
    assert run.is_done


def test_steps_in_turn_over_a_list_and_again() -> None:
    body = (
        f'{START}<exclusiveGateway id="again"/><userTask id="a"><multiInstanceLoopCharacteristics isSequential="true">'
        "<loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>found</loopDataOutputRef>"
        '<inputDataItem id="one"/><outputDataItem id="answer"/></multiInstanceLoopCharacteristics></userTask>'
        f'<exclusiveGateway id="x" default="f4"/>{END}'
        + flow("s again", "again a", "a x", "x again: found.exists(f, f.outcome == 'no')", "x e")
    )
    run = begun(body, {"items": ["p", "q"]})
    for outcome in ("yes", "no", "yes", "yes"):
        assert waits(run) == ["a"]
        finish(run, "a", outcome)
    assert run.is_done, "the second time the list of answers begins anew"


@pytest.mark.parametrize(
    ("body", "data", "words"),
    [
        (
            f'{START}<exclusiveGateway id="g"/><exclusiveGateway id="h" default="f2"/>{END}'
            + flow("s g", "g h", "h g", "h e: number > 5"),
            {"number": 1},
            "without anybody",
        ),
        (
            f'{START}<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>10000</loopCardinality>'
            f"</multiInstanceLoopCharacteristics></userTask>{END}" + flow("s a", "a e"),
            {},
            "instances of one step",
        ),
        (f'{START}<exclusiveGateway id="g"/>{END}' + flow("s g", "g e: number > 'x'"), {"number": 1}, ""),
        (
            f'{START}<scriptTask id="t" scriptFormat="cel"><script>1 + 1</script></scriptTask>{END}'
            + flow("s t", "t e"),
            {},
            "a script gives a map",
        ),
    ],
)
def test_what_cannot_go_on_is_refused(body: str, data: dict[str, Any], words: str) -> None:
    with pytest.raises(ProblemError) as error:
        begun(body, data)
    assert error.value.problems[0].code == "SRV-307"
    assert words in error.value.problems[0].message


def test_many_instances_of_many_are_bounded() -> None:
    repeated = "<multiInstanceLoopCharacteristics><loopCardinality>100</loopCardinality></multiInstanceLoopCharacteristics>"
    body = (
        f'{START}<subProcess id="part">{repeated}<startEvent id="s2"/><userTask id="a">{repeated}</userTask>'
        '<endEvent id="e2"/><sequenceFlow id="q1" sourceRef="s2" targetRef="a"/>'
        f'<sequenceFlow id="q2" sourceRef="a" targetRef="e2"/></subProcess>{END}' + flow("s part", "part e")
    )
    with pytest.raises(ProblemError, match="SRV-307"):
        begun(body)


@pytest.mark.parametrize(
    "value", ["x" * 4001, [0] * 201, 2**63, float("nan"), float("inf"), {"a": {1, 2}}, "\x00"]
)
def test_what_cannot_be_kept_is_no_value(value: Any) -> None:
    with pytest.raises(UnsoundValueError):
        sound(value)


def test_what_is_no_expression_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision table asks of its entries at each step whether they stand alone: `> 2000` does not."""
    looked = Mock(wraps=cel.compile)
    monkeypatch.setattr("cel.compile", looked)
    for _time in range(3):
        with pytest.raises(ValueError, match="1:1"):
            compiled_expression("> 73502026")
    looked.assert_called_once_with("> 73502026")


@given(st.text(max_size=60))
def test_no_text_breaks_the_expressions(text: str) -> None:
    try:
        found = ""
        evaluate(text, {"a": 1, "b": [1, 2], "c": {"d": "e"}})
    except ProblemError as error:
        found = error.problems[0].code
    assert found in ("", "SRV-307")


PERMIT = {"project": "p", "area_m2": 2000}
DECISIONS = {name: step["decision"] for name, step in ENTRY["steps"].items() if "decision" in step}
SPECIFICATION = specification(
    compile_files("permit", FILES, DECISIONS), tuple(ENTRY["fields"]), tuple(ENTRY["steps"])
)


def ready(flow_: Any) -> list[Any]:
    """The user steps of a bare workflow that wait, in an order that does not depend on their ids."""
    found = [task for task in flow_.get_tasks(state=TaskState.READY) if task.task_spec.manual]
    return sorted(found, key=lambda task: (task.task_spec.bpmn_id, str(task.data.get("desk"))))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["accept", "refuse", "approve", "reject", "!"])),
        max_size=8,
    )
)
def test_a_kept_process_goes_the_way_of_one_that_never_stopped(path: list[tuple[int, str]]) -> None:
    """Random paths, each step on a process that is kept and taken up again, beside bare SpiffWorkflow."""
    run = Run.begin(SPECIFICATION, PERMIT, nothing)
    bare = BpmnWorkflow(
        SPECIFICATION.main, SPECIFICATION.parts, script_engine=Expressions(SPECIFICATION.blank, nothing)
    )
    bare.task_tree.set_data(**PERMIT)
    bare.do_engine_steps()
    for choice, outcome in path:
        run = Run.resume(SPECIFICATION, run.state(), nothing)
        kept = sorted(run.steps(), key=lambda one: (one.key, str(one.data.get("desk"))))
        tasks = ready(bare)
        assert [(one.key, dict(one.data)) for one in kept] == [
            (one.task_spec.bpmn_id, one.data) for one in tasks
        ]
        if outcome == "!":
            fire(run, bare)
        elif kept:
            at = choice % len(kept)
            run.complete(kept[at].id, {}, {"outcome": outcome})
            task = tasks[at]
            task.data[task.task_spec.bpmn_id] = {"outcome": outcome}
            if task.task_spec.bpmn_id == "review":
                task.data["opinion"] = {"outcome": outcome}
            task.run()
            bare.do_engine_steps()
        assert run.is_done == bare.completed
    assert orjson.loads(run.state())["completed"] == bare.completed


def fire(run: Run, bare: Any) -> None:
    """Let the first timer of both fire."""
    waiting = run.timers()
    if not waiting:
        return
    run.fire(waiting[0].id)
    tasks = [task for task in bare.event_manager.tasks.values() if task.task_spec.bpmn_id == waiting[0].key]
    for beside in tasks[0].parent.children:
        if getattr(beside.task_spec, "data_output", None) is not None and "opinions" in beside.data:
            tasks[0].data["opinions"] = list(beside.data["opinions"])
    tasks[0]._set_internal_data(event_fired=True)
    tasks[0].task_spec._update(tasks[0])
    bare.do_engine_steps()


def test_a_timer_may_take_its_time_from_data() -> None:
    run = begun(f"{START}{timer('t', '=number')}{END}" + flow("s t", "t e"), {"number": "3d"})
    assert run.value(run.timers()[0]) == "3d"

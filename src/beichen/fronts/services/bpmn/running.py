"""One running process: begun or taken up from its state, moved on until it waits, and what it waits for.

Pure: it knows no database and no clock. Whoever runs it says when a timer fires. However it is written, a
process is bounded: so many steps of the engine at once, so many tasks in all, so large a state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.exceptions import WorkflowDataException
from SpiffWorkflow.bpmn.specs.defaults import EndEvent
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException, WorkflowException
from SpiffWorkflow.util.task import TaskState

from beichen.fronts.services.bpmn.compiling import Specification
from beichen.fronts.services.bpmn.engine import REGISTRY, Call, Expressions, WorkingTimer
from beichen.fronts.services.problems import STUCK, not_now, stuck
from beichen.problem import Problem, ProblemError, said, shorten

STEPS = 1000
"""How many steps the engine takes before it must wait for somebody."""
TASKS = 3000
"""How many tasks one affair has, done ones too."""
STATE = 1024 * 1024
"""How many bytes the state of one affair is."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step or a timer that waits: its id within this run, its element, its lane, its data.

    ``expression`` is that of a timer's duration, empty for a step.
    """

    id: str
    key: str
    lane: str
    data: Mapping[str, Any]
    expression: str = ""


class Run:
    """A process that runs; changed in place."""

    def __init__(self, workflow: Any, specification: Specification, call: Call) -> None:
        self._flow = workflow
        self._flow.script_engine = Expressions(specification.blank, call)
        self._specification = specification

    @classmethod
    def begin(cls, specification: Specification, data: Mapping[str, Any], call: Call) -> Run:
        """Begin with ``data`` and move on until it waits. Raises ProblemError SRV-307."""
        run = cls(BpmnWorkflow(specification.main, specification.parts), specification, call)
        run._flow.task_tree.set_data(**data)
        run._settle()
        return run

    @classmethod
    def resume(cls, specification: Specification, state: bytes | str, call: Call) -> Run:
        """Take up from ``state``, which :meth:`state` gave."""
        flow = REGISTRY.restore(
            orjson.loads(state), spec=specification.main, subprocess_specs=specification.parts
        )
        return cls(flow, specification, call)

    def state(self) -> str:
        """The state, without the specification. Raises ProblemError SRV-307 when it is too large."""
        kept = orjson.dumps(REGISTRY.convert(self._flow))
        if len(kept) > STATE:
            raise stuck(said("the affair's state is larger than {limit} KiB", limit=STATE // 1024))
        return kept.decode()

    @property
    def is_done(self) -> bool:
        """Whether the process has come to its end."""
        return bool(self._flow.completed)

    @property
    def end(self) -> str:
        """The element at which it ended: the last of its end events; empty while it runs."""
        if not self.is_done:
            return ""
        reached = [
            task
            for task in self._flow.get_tasks(state=TaskState.COMPLETED, skip_subprocesses=True)
            if isinstance(task.task_spec, EndEvent)
        ]
        last = max(reached, key=_ended, default=None)
        return str(last.task_spec.bpmn_id) if last is not None else ""

    def steps(self) -> list[Waiting]:
        """The steps that wait for somebody."""
        return [
            self._waiting(task)
            for task in self._flow.get_tasks(state=TaskState.READY)
            if task.task_spec.manual and not isinstance(task.task_spec, MultiInstanceTask)
        ]

    def timers(self) -> list[Waiting]:
        """The timers that run."""
        waiting = self._flow.event_manager.tasks.values()
        return [
            self._waiting(task, task.task_spec.event_definition.expression)
            for task in waiting
            if isinstance(task.task_spec.event_definition, WorkingTimer) and task.has_state(TaskState.WAITING)
        ]

    def messages(self) -> list[str]:
        """The messages that are waited for."""
        waiting = self._flow.event_manager.tasks.values()
        return sorted(
            {
                str(task.task_spec.event_definition.name)
                for task in waiting
                if isinstance(task.task_spec.event_definition, MessageEventDefinition)
                and task.has_state(TaskState.WAITING)
            }
        )

    def value(self, waiting: Waiting) -> Any:
        """What a timer's ``=`` expression is of its data. Raises ProblemError SRV-307."""
        task = self._find(waiting.id)
        return self._flow.script_engine.evaluate(task, waiting.expression.removeprefix("="))

    def complete(self, task_id: str, values: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """A step is done: ``values`` become data, ``result`` stands under the step's name. Raises SRV-307."""
        task = self._find(task_id)
        task.data.update(values)
        task.data[task.task_spec.bpmn_id] = dict(result)
        repeated = task.parent.task_spec
        if isinstance(repeated, MultiInstanceTask) and repeated.output_item is not None:
            task.data[repeated.output_item.bpmn_id] = dict(result)
        with _Failures():
            task.run()
        self._settle()

    def correct(self, task_id: str, values: Mapping[str, Any]) -> None:
        """Values of the application change while a step waits: for that step, and what follows it."""
        self._find(task_id).data.update(values)

    def fire(self, timer_id: str, outcome: str = "") -> None:
        """A timer's time is over; ``outcome`` stands under its name. Raises ProblemError SRV-307."""
        task = self._find(timer_id)
        if outcome:
            task.data[task.task_spec.bpmn_id] = {"outcome": outcome}
        for beside in task.parent.children:  # what was said before silence became consent is kept
            gives = getattr(beside.task_spec, "data_output", None)
            if gives is not None and gives.exists(beside):
                gives.set(task, deepcopy(gives.get(beside)))
        task._set_internal_data(event_fired=True)
        with _Failures():
            task.task_spec._update(task)
        self._settle()

    def tell(self, message: str, payload: Mapping[str, Any]) -> None:
        """A message comes in. Raises ProblemError SRV-302 when none like it is waited for."""
        if message not in self.messages():
            raise not_now(said("no message {name!r} is waited for", name=message[:30]))
        with _Failures():
            self._flow.send_event(BpmnEvent(MessageEventDefinition(message), payload=dict(payload)))
        self._settle()

    def done(self) -> Iterator[str]:
        """The elements that were passed, for the diagram."""
        for task in self._flow.get_tasks(state=TaskState.COMPLETED):
            if (key := getattr(task.task_spec, "bpmn_id", None)) is not None:
                yield str(key)

    @property
    def data(self) -> dict[str, Any]:
        """What the process ended with."""
        return dict(self._flow.data)

    def _waiting(self, task: Any, expression: str = "") -> Waiting:
        spec = task.task_spec
        return Waiting(str(task.id), str(spec.bpmn_id), str(spec.lane or ""), task.data, expression)

    def _find(self, task_id: str) -> Any:
        with _Failures():
            return self._flow.get_task_from_id(UUID(task_id))

    def _settle(self) -> None:
        taken = 0

        def count(_task: Any) -> None:
            nonlocal taken
            taken += 1
            if taken > STEPS:
                raise stuck(said("more than {limit} steps without anybody's doing", limit=STEPS))
            self._bound()

        with _Failures():
            self._flow.do_engine_steps(did_complete_task=count)
        self._bound()

    def _bound(self) -> None:
        number = len(self._flow.tasks) + sum(len(part.tasks) for part in self._flow.subprocesses.values())
        if number > TASKS:
            raise stuck(said("more than {limit} steps in one affair", limit=TASKS))


def _ended(task: Any) -> tuple[bool, float]:
    """An end that ends everything wins over others."""
    is_final = isinstance(task.task_spec.event_definition, TerminateEventDefinition)
    return is_final, float(task.last_state_change)


class _Failures:
    """What the engine cannot do becomes SRV-307; what an expression or a door says stays as it is."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, ProblemError) or error is None:
            return
        cause = getattr(error, "__cause__", None) or getattr(error, "__context__", None)
        if isinstance(cause, ProblemError):
            raise cause from None
        if isinstance(
            error, SpiffWorkflowException | WorkflowException | WorkflowDataException | RecursionError
        ):
            message = said("the engine says: {reason}", reason=str(error)[:200])
            raise ProblemError(Problem(STUCK, shorten(message))) from None

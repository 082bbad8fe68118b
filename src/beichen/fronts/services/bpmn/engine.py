"""SpiffWorkflow as this room uses it: its own expressions and clock, its state without its specification.

Three parts of the library are replaced, each through its own extension point. The script engine evaluates
CEL (:mod:`.expressions`) and calls doors. A timer has fired when the room says so, never because the engine
looked at a clock: due times stand in the database, by the working calendar. The converter of workflows leaves
the specification out of the state, which is kept once for all affairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.parser.event_parsers import BoundaryEventParser, IntermediateCatchEventParser
from SpiffWorkflow.bpmn.parser.task_parsers import CallActivityParser, SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.serializer.default.event_definition import TimerConditionalEventDefinitionConverter
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter, MultiInstanceTaskConverter
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter, WorkflowConverter
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    IntermediateCatchEvent,
    ManualTask,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    ServiceTask,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser
from SpiffWorkflow.dmn.serializer.task_spec import BaseBusinessRuleTaskConverter
from SpiffWorkflow.dmn.specs.business_rule_task_mixin import BusinessRuleTaskMixin

from beichen.fronts.services.bpmn.expressions import compiled, evaluate, sound
from beichen.fronts.services.problems import stuck
from beichen.problem import said

Call = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
INSTANCES = 100
"""How many instances of a step one multi-instance may have at once."""


class Expressions(PythonScriptEngine):
    """CEL where SpiffWorkflow would have Python. ``blank`` are names that there are before they are told."""

    def __init__(self, blank: Mapping[str, Any], call: Call) -> None:
        super().__init__()
        self._blank = blank
        self._call = call

    def validate(self, expression: str) -> None:
        """Whether it is one. Raises SyntaxError: DMN asks so whether an entry stands for itself."""
        try:
            compiled(expression)
        except ValueError as error:
            raise SyntaxError(str(error)) from None

    def evaluate(self, task: Any, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """What the expression is of the step's data. Raises ProblemError SRV-307."""
        found = evaluate(expression, {**self._blank, **task.data, **(external_context or {})})
        is_number = expression == getattr(task.task_spec, "cardinality", None)
        if is_number and (not isinstance(found, int) or not 0 <= found <= INSTANCES):
            message = said("{found} instances of one step", found=str(found)[:20])
            raise stuck(message, said("at most {limit}", limit=INSTANCES))
        return found

    def execute(self, task: Any, script: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """A script task: a map whose entries become data. Raises ProblemError SRV-307."""
        found = self.evaluate(task, script, external_context)
        if not isinstance(found, dict):
            raise stuck(said("a script gives a map, such as {example}", example="{'due': '3d'}"))
        task.data.update(found)
        return True

    def call_service(self, task: Any, **_more: Any) -> bool:
        """A service task: its door is called within the transaction, what it gives becomes data."""
        task.data.update(sound(dict(self._call(task.task_spec.bpmn_id, task.data))))
        return True


class DoorTask(ServiceTask):
    """A service task that calls its step's door."""

    def _execute(self, task: Any) -> bool:
        return bool(task.workflow.script_engine.call_service(task))


class WorkingTimer(TimerEventDefinition):
    """A timer that fires when its row in the database is due; ``expression`` is `3d`, or `=` and CEL."""

    def has_fired(self, my_task: Any) -> bool:
        """Whether the room let it fire."""
        return bool(my_task._get_internal_data("event_fired", False))


class DecisionTask(BusinessRuleTaskMixin, BpmnSpecMixin):
    """A business rule task with its table."""


class _Anew:
    """A step that is repeated over several begins its list anew each time that the process comes to it."""

    data_output: Any

    def init_data_output_with_input_data(self, my_task: Any, _input_data: Any) -> None:
        self.data_output.set(my_task, [])

    def init_data_output_with_cardinality(self, my_task: Any) -> None:
        self.data_output.set(my_task, [])


class ParallelSteps(_Anew, ParallelMultiInstanceTask):
    """A step at several bodies at once (并联)."""


class SequentialSteps(_Anew, SequentialMultiInstanceTask):
    """A step at several bodies, one after another."""


class _Repeated:
    """Reads multi-instances as this room runs them."""

    PARALLEL_MI_CLASS = ParallelSteps
    SEQUENTIAL_MI_CLASS = SequentialSteps


class StepParser(_Repeated, TaskParser):
    """A step."""


class PartParser(_Repeated, SubWorkflowParser):
    """A subprocess."""


class CallParser(_Repeated, CallActivityParser):
    """A call of another process of the same files."""


class _Timed:
    """Reads a timer's duration as this room keeps it."""

    def parse_timer_event(self, event: Any) -> WorkingTimer:
        node: Any = getattr(self, "node")  # noqa: B009 - the parser that this is mixed into
        text = "".join(event.xpath("./*[local-name()='timeDuration']/text()")).strip()
        return WorkingTimer(node.get("name") or node.get("id"), text)


class TimedCatchParser(_Timed, IntermediateCatchEventParser):
    """An intermediate event, whose timer is ours."""


class TimedBoundaryParser(_Timed, BoundaryEventParser):
    """A boundary event, whose timer is ours."""


class DecisionParser(TaskParser):
    """A business rule task: which table it asks stands in the declaration of the step."""

    def create_task(self) -> Any:
        """The task with its table."""
        parser = self.process_parser.parser
        engine = parser.get_engine(parser.decisions.get(self.bpmn_id), self.node)
        return self.spec_class(self.spec, self.bpmn_id, dmnEngine=engine, **self.bpmn_attributes)

    @staticmethod
    def get_decision_ref(_node: Any) -> None:
        """Dependencies between files are no matter here: a declaration lists its files."""


class Parser(BpmnDmnParser):
    """Reads the files of one process. ``decisions`` maps business rule tasks to the ids of their tables."""

    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library's own way
        full_tag("intermediateCatchEvent"): (TimedCatchParser, IntermediateCatchEvent),
        full_tag("boundaryEvent"): (TimedBoundaryParser, BoundaryEvent),
        full_tag("businessRuleTask"): (DecisionParser, DecisionTask),
        full_tag("serviceTask"): (TaskParser, DoorTask),
        full_tag("userTask"): (StepParser, UserTask),
        full_tag("manualTask"): (StepParser, ManualTask),
        full_tag("subProcess"): (PartParser, SubWorkflowTask),
        full_tag("callActivity"): (CallParser, CallActivity),
    }

    def __init__(self, decisions: Mapping[str, str], validator: Any = None) -> None:
        super().__init__(validator=validator)
        self.decisions = decisions

    def _add_diagram_indexes(self, bpmn: Any) -> None:
        """Lanes by their ids: their names are for people."""
        super()._add_diagram_indexes(bpmn)
        references = bpmn.xpath(".//*[local-name()='flowNodeRef']")
        lanes = {one.text.strip(): one.getparent().get("id") for one in references if one.text}
        self.document_lanes[self._document_key(bpmn)] = lanes


class _DecisionConverter(BaseBusinessRuleTaskConverter, BpmnTaskSpecConverter):
    """A business rule task as a part of a kept specification."""


class _RunConverter(BpmnWorkflowConverter):
    """A running workflow, without its specification."""

    def to_dict(self, workflow: Any) -> dict[str, Any]:
        kept: dict[str, Any] = WorkflowConverter.to_dict(self, workflow)
        kept["subprocesses"] = self.mapping_to_dict(workflow.subprocesses)
        kept["bpmn_events"] = []  # what nobody in the process caught is nobody's
        return kept

    def from_dict(self, dct: dict[str, Any], spec: Any, subprocess_specs: Any) -> Any:
        run = self.target_class(spec, subprocess_specs, deserializing=True)
        run.tasks = self.mapping_from_dict(dct["tasks"], UUID, workflow=run)
        run.task_tree = run.tasks.get(UUID(dct["root"]))
        self.set_default_attributes(run, dct)
        self.subprocesses_from_dict(dct["subprocesses"], run)
        return run


REGISTRY = BpmnWorkflowSerializer.configure(
    {
        **DEFAULT_CONFIG,
        BpmnWorkflow: _RunConverter,
        WorkingTimer: TimerConditionalEventDefinitionConverter,
        DecisionTask: _DecisionConverter,
        DoorTask: BpmnTaskSpecConverter,
        ParallelSteps: MultiInstanceTaskConverter,
        SequentialSteps: MultiInstanceTaskConverter,
    }
)
"""What turns specifications and running workflows into JSON and back."""

"""From the files of a process to the specification that its affairs run on, kept once as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from beichen.fronts.services.bpmn.engine import REGISTRY, Parser
from beichen.fronts.services.bpmn.text import BPMN, name_of, read_xml
from beichen.fronts.services.problems import NOT_BPMN
from beichen.problem import Problem, ProblemError, Where, shorten


@dataclass(frozen=True, slots=True)
class Specification:
    """What is run: the process, the parts that it calls, the names that its expressions know."""

    main: Any
    parts: Mapping[str, Any]
    blank: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _validator() -> Any:
    return BpmnValidator()


def compile_files(
    key: str,
    files: Mapping[str, bytes],
    decisions: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
) -> str:
    """The specification of the process ``key`` as JSON.

    ``files`` maps names that end in `.bpmn` or `.dmn` to contents, ``decisions`` business rule tasks to
    ids of decisions, ``labels`` names to how people are shown the file.
    Raises ProblemError SRV-101, SRV-102, SRV-106.
    """
    shown = labels or {}
    parser = Parser(decisions, _validator())
    for name, content in sorted(files.items(), key=lambda pair: pair[0].endswith(".bpmn")):
        label = shown.get(name, name)
        root = read_xml(content, label)
        if name_of(root) != "definitions":
            raise ProblemError(Problem(NOT_BPMN, f"its root is <{name_of(root)}>", Where(label, 1)))
        with _Wording(label):
            (parser.add_bpmn_xml if name.endswith(".bpmn") else parser.add_dmn_xml)(root, label)
    lists = [
        (node.text or "").strip()
        for name, content in files.items()
        if name.endswith(".bpmn")
        for node in read_xml(content, name).iter(f"{{{BPMN}}}loopDataOutputRef")
    ]
    main = next((name for name in files if name.endswith(".bpmn")), "")
    with _Wording(shown.get(main, main)):
        if key not in parser.process_parsers:
            raise ValidationException(f"there is no process with the id {key}")
        kept = REGISTRY.convert(parser.get_spec(key))
        parts = {name: REGISTRY.convert(part) for name, part in parser.get_subprocess_specs(key).items()}
    return orjson.dumps({"main": kept, "parts": parts, "lists": sorted(lists)}).decode()


_SPACE = re.compile(r"\{http[^}]*\}")


class _Wording:
    """What the library's parser refuses, as a problem with its place."""

    def __init__(self, label: str) -> None:
        self._label = label

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _trace: Any) -> None:
        if error is None or isinstance(error, ProblemError):
            return
        if isinstance(error, ValidationException):
            where = Where(error.file_name or self._label, error.line_number or None)
            text = _SPACE.sub("", str(error.args[0] if error.args else error))
            raise ProblemError(Problem(NOT_BPMN, shorten(text), where)) from None
        if isinstance(
            error, AttributeError | KeyError | IndexError | TypeError | ValueError | RecursionError
        ):
            # The library assumes much of a file that its schema does not say.
            raise ProblemError(
                Problem(NOT_BPMN, "it is not what the engine reads", Where(self._label))
            ) from None


@lru_cache(maxsize=256)
def specification(kept: str, names: tuple[str, ...] = (), steps: tuple[str, ...] = ()) -> Specification:
    """What :func:`compile_files` gave; ``names`` and ``steps`` are known before they are told.

    Shared by all affairs of the process: it is not changed by running.
    """
    read = orjson.loads(kept)
    parts = {name: REGISTRY.restore(part) for name, part in read["parts"].items()}
    blank: dict[str, Any] = {
        **dict.fromkeys(names),
        **{step: {} for step in steps},
        **{name: [] for name in read["lists"]},
    }
    return Specification(REGISTRY.restore(read["main"]), parts, blank)

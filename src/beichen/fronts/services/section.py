"""`processes.yaml` and `processes/` of a scene: affairs with steps across bodies, as BPMN 2.0 and DMN."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from beichen.fronts.services import demo
from beichen.fronts.services.bpmn.checks import check_process
from beichen.fronts.services.bpmn.text import BYTES
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.declaring import Declared, declare_processes
from beichen.fronts.services.doors import doors
from beichen.fronts.services.forms.section import FormsSection
from beichen.fronts.services.items.section import SECTIONS as ITEMS
from beichen.fronts.services.problems import BAD_EXPRESSION, NOT_DECLARED, TOO_MUCH
from beichen.fronts.services.schema import PROCESSES
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.codes import NO_FILE
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.durations import duration
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import DemoSection, Package, PackageKind, Section
from beichen.problem import Problem

DECLARED, FOLDER, DEMO = "processes.yaml", "processes", "demo-affairs.yaml"
LONGEST = timedelta(days=2000)


class ProcessesSection(Section):
    """Processes with their diagrams and decision tables."""

    key = "processes"
    kind = PackageKind.SCENE
    files = (DECLARED, f"{FOLDER}/*.bpmn", f"{FOLDER}/*.dmn")
    order = 70

    def schema(self) -> dict[str, Any]:
        """A mapping from processes to what is declared of each."""
        return PROCESSES

    def check(self, package: Package) -> list[Problem]:
        """Each process with its files: elements, names, expressions, times, bounds, and that it compiles."""
        document = package.document(DECLARED)
        named = {name for key, entry in package.value(DECLARED).items() for name in _names(key, entry)}
        problems = [
            Problem(NOT_DECLARED, "no process names this file", package.where(name))
            for name in package.glob(*self.files[1:])
            if name not in named
        ]
        if document is not None:
            for key, entry in document.value.items():
                problems += _check(package, document, key, entry)
        return problems

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the processes: what differs from the newest version becomes a new one."""
        declared = {
            key: Declared(entry, {name: package.path(name).read_bytes() for name in _names(key, entry)})
            for key, entry in package.value(DECLARED).items()
        }
        return declare_processes(declared, scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Affairs stay and go on; nothing new is started."""
        return declare_processes({}, scene=package.key, by=by)

    def kept(self, package: Package) -> list[str]:
        """Where the affairs are."""
        return ["affairs stay and go on, at /services/affairs"] if package.value(DECLARED) else []

    def describe(self, package: Package) -> str:
        """A table of the processes, and one of the steps of each."""
        rows, parts = [], []
        for key, entry in package.value(DECLARED).items():
            rows.append((key, entry["name"]["zh"], entry["name"]["en"], entry["promised"]))
            steps = (
                (step, facts["name"]["zh"], facts["name"]["en"], facts.get("within", ""))
                for step, facts in entry["steps"].items()
            )
            parts.append(table((f"step of {key}", "名称", "name", "within"), steps))
        return "\n\n".join([table(("process", "名称", "name", "promised"), rows), *parts])


class DemoAffairsSection(DemoSection):
    """Affairs that show a city's processes at work; only where the setting `demo` is on."""

    key = "demo-affairs"
    files = (DEMO,)
    order = 91

    def schema(self) -> dict[str, Any]:
        """What `demo-affairs.yaml` says."""
        return demo.SCHEMA

    def show(self, document: Document, *, by: Actor) -> Changes:
        """Take in the applications that are not there yet."""
        added = demo.install_demo(document.value, by=by)
        return Changes(added=added, unchanged=len(document.value) - len(added))


SECTIONS: tuple[Section, ...] = (ProcessesSection(), FormsSection(), *ITEMS, DemoAffairsSection())


def _names(key: str, entry: Mapping[str, Any]) -> list[str]:
    """The files of a process: its own diagram first."""
    return list(dict.fromkeys([f"{FOLDER}/{key}.bpmn", *entry.get("files", ())]))


def _check(package: Package, document: Document, key: str, entry: dict[str, Any]) -> Iterator[Problem]:
    names = _names(key, entry)
    missing = [name for name in names if name not in package.files]
    for name in missing:
        yield Problem(NO_FILE, f"there is no file {name}", document.key_position((key,)))
    large = [name for name in names if name not in missing and package.path(name).stat().st_size > BYTES]
    for name in large:
        yield Problem(TOO_MUCH, f"larger than {BYTES // 1024} KiB", package.where(name))
    yield from _times(document, key, entry)
    if missing or large:
        return
    yield from check_process(
        key,
        read_process(entry),
        {name: package.path(name).read_bytes() for name in names},
        label=lambda name: package.where(name).file or name,
        at=lambda *path: document.position((key, *path)),
        doors={name: door.gives for name, door in doors().items()},
    )


def _times(document: Document, key: str, entry: Mapping[str, Any]) -> Iterator[Problem]:
    told: dict[tuple[str, ...], str] = {("promised",): entry["promised"]}
    told |= {("steps", step, "within"): facts.get("within", "") for step, facts in entry["steps"].items()}
    for path, text in told.items():
        if text and duration(text) > LONGEST:
            where = document.position((key, *path))
            yield Problem(BAD_EXPRESSION, f"{text} is too long", where, f"at most {LONGEST.days}d")

"""`timetables.yaml` of a scene: when groups of its things are told what, by the sun and by the clock."""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.platforms.iot import codes, service
from beichen.platforms.iot.rules.checking import OBJECTS, types_of
from beichen.platforms.iot.timetables.declaration import TIMETABLES
from beichen.platforms.iot.timetables.following import entry_faults
from beichen.problem import Problem, nearest, shorten

FILE = "timetables.yaml"


class TimetablesSection(Section):
    """Timetables of commands."""

    key = "timetables"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 57
    reads = (OBJECTS,)

    def schema(self) -> dict[str, Any]:
        """A mapping from timetables to what they say."""
        return TIMETABLES

    def check(self, package: Package) -> list[Problem]:
        """That the type, its commands and their parameters are declared, and the times are times."""
        document = package.document(FILE)
        if document is None:
            return []
        types, problems = types_of(package), list[Problem]()
        for key, told in document.value.items():
            if told["of"] not in types:
                message = shorten(f"no scene declares the type {told['of']!r}")
                where = document.position((key, "of"))
                problems.append(Problem(NO_REFERENCE, message, where, nearest(told["of"], types)))
                continue
            commands = types[told["of"]].get("commands", {})
            for number, entry in enumerate(told["entries"]):
                for name, message, hint in entry_faults(entry, commands):
                    part = name.split(".")
                    path = (key, "entries", number, *part[: 1 if part[0] != "parameters" else 2])
                    known = part[0] in entry and (len(path) == 4 or path[-1] in entry[part[0]])
                    where = document.position(path if known else path[:3])
                    problems.append(Problem(codes.BAD_TIMETABLE, shorten(message), where, hint))
        return problems

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the timetables, comparing with what stands."""
        return service.declare_timetables(package.value(FILE), scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """They can no longer be chosen; groups that follow one follow it on."""
        return service.declare_timetables({}, scene=package.key, by=by)

    def kept(self, package: Package) -> list[str]:
        """Where groups that follow them are found."""
        return ["groups follow its timetables on, at /devices/groups"] if package.value(FILE) else []

    def describe(self, package: Package) -> str:
        """A table of the timetables."""
        rows = []
        for key, told in package.value(FILE).items():
            for entry in told["entries"]:
                days = f" ({entry['days']})" if "days" in entry else ""
                parameters = " ".join(f"{k}={v}" for k, v in entry.get("parameters", {}).items())
                order = f"`{entry['order']} {parameters}`"
                rows.append((key, told["name"]["zh"], f"{entry['at']}{days}", order))
        return table(("timetable", "名称", "at", "order"), rows)

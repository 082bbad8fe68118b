"""`rules.yaml` of a scene: conditions over readings that raise events; and what the simulation declares."""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.platforms.iot import service
from beichen.platforms.iot.rules.checking import EVENTS, OBJECTS, check_rules, types_of
from beichen.platforms.iot.rules.declaration import RULES
from beichen.platforms.iot.simulation.sections import ClimateSection, SimulationSection
from beichen.platforms.iot.timetables.section import TimetablesSection
from beichen.problem import Problem

FILE = "rules.yaml"


class RulesSection(Section):
    """Rules over readings."""

    key = "rules"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 56
    reads = (OBJECTS, EVENTS)

    def schema(self) -> dict[str, Any]:
        """A mapping from rules to what they say."""
        return RULES

    def check(self, package: Package) -> list[Problem]:
        """Names, kinds, windows, and whether somebody listens."""
        document = package.document(FILE)
        return [] if document is None else check_rules(package, document)

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the rules, comparing with what stands."""
        return service.declare_rules(package.value(FILE), types_of(package), scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """The rules raise nothing more."""
        return service.declare_rules({}, {}, scene=package.key, by=by)

    def kept(self, package: Package) -> list[str]:
        """Where what they raised is found."""
        return ["what the rules raised stays, at /rules"] if package.value(FILE) else []

    def describe(self, package: Package) -> str:
        """A table of the rules."""
        rows = []
        for key, declared in package.value(FILE).items():
            silence = f"no reading for {declared['silent']}" if "silent" in declared else ""
            told = (
                key,
                declared.get("name", {}).get("zh", ""),
                declared["on"],
                f"`{declared['when']}`" if "when" in declared else silence,
                declared.get("for", ""),
                declared["raise"],
            )
            rows.append(told)
        return table(("rule", "名称", "on", "when", "for", "raises"), rows)


SECTIONS: tuple[Section, ...] = (
    RulesSection(),
    TimetablesSection(),
    SimulationSection(),
    ClimateSection(),
)

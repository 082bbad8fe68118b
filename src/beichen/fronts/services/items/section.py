"""`services.yaml` of a scene: items, bundles, windows; `windows.yaml` of a city: its windows."""

from __future__ import annotations

from typing import Any

from beichen.fronts.services.items.checks import check_bundle, check_item, check_places, check_window
from beichen.fronts.services.items.declaring import declare_items, declare_windows
from beichen.fronts.services.items.schema import SERVICES, WINDOWS
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.problem import Problem

DECLARED, PROCESSES, OBJECTS, CITY = "services.yaml", "processes.yaml", "objects.yaml", "windows.yaml"


class ServicesSection(Section):
    """Service items with their guides, bundles of them, windows."""

    key = "services"
    kind = PackageKind.SCENE
    files = (DECLARED,)
    order = 72
    reads = (PROCESSES, OBJECTS)

    def schema(self) -> dict[str, Any]:
        """What `services.yaml` says."""
        return SERVICES

    def check(self, package: Package) -> list[Problem]:
        """Processes, ends, conditions, times, bundles without circles, hours."""
        document = package.document(DECLARED)
        if document is None:
            return []
        packages = (package, *package.required.values())
        processes = {key: entry for one in packages for key, entry in one.value(PROCESSES).items()}
        items = {
            key: entry for one in packages for key, entry in one.value(DECLARED).get("items", {}).items()
        }
        types = {key for one in packages for key in one.value(OBJECTS)}
        problems: list[Problem] = []
        for key, entry in document.value.get("items", {}).items():
            problems += check_item(document, ("items", key), entry, processes)
            problems += check_places(document, ("items", key), entry, processes, types)
        for key, entry in document.value.get("bundles", {}).items():
            problems += check_bundle(document, ("bundles", key), entry, items, processes)
        for key, entry in document.value.get("windows", {}).items():
            problems += check_window(document, ("windows", key), entry)
        return problems

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare them, comparing with what stands."""
        told = package.value(DECLARED)
        parts = (told.get(name, {}) for name in ("items", "bundles", "windows"))
        return declare_items(*parts, scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Nothing of it is offered any more."""
        return declare_items({}, {}, {}, scene=package.key, by=by)

    def kept(self, package: Package) -> list[str]:
        """Where what was applied for is."""
        return ["applications and appointments stay"] if package.value(DECLARED) else []

    def describe(self, package: Package) -> str:
        """A table of the items."""
        rows = (
            (key, entry["name"]["zh"], entry["name"]["en"], entry["process"], entry.get("promised", ""))
            for key, entry in package.value(DECLARED).get("items", {}).items()
        )
        return table(("item", "名称", "name", "process", "promised"), rows)


class WindowsSection(Section):
    """Windows of a city: its halls and counters."""

    key = "windows"
    kind = PackageKind.CITY
    files = (CITY,)
    order = 85

    def schema(self) -> dict[str, Any]:
        """A mapping from windows to what is declared of each."""
        return WINDOWS

    def check(self, package: Package) -> list[Problem]:
        """Hours, slots and places."""
        document = package.document(CITY)
        if document is None:
            return []
        return [
            problem
            for key, entry in document.value.items()
            for problem in check_window(document, (key,), entry)
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare them, comparing with what stands."""
        return declare_windows(package.value(CITY), scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """No window is offered any more; appointments stay."""
        return declare_windows({}, scene=package.key, by=by)


SECTIONS: tuple[Section, ...] = (ServicesSection(), WindowsSection())

"""`events.yaml` and `categories.yaml` of a scene: kinds of event and the classes that they belong to.

A city's `demo-reports.yaml` shows them at work: a report needs a city, which a scene is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from beichen.hubs.events import declaring, demo
from beichen.hubs.events.kinds.categories import parent_of
from beichen.hubs.events.kinds.grading import KNOWN
from beichen.hubs.events.kinds.likeness import check_likeness, whole
from beichen.hubs.events.kinds.schema import CATEGORY, KIND, KIND_KEY
from beichen.kernel.actor import Actor
from beichen.kernel.bus.event import check_pattern
from beichen.kernel.changes import Changes
from beichen.kernel.scene import vocabulary
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.expressions import check_condition
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import DemoSection, Package, PackageKind, Section
from beichen.problem import Problem, ProblemError, code, nearest, shorten

EVENTS, CATEGORIES, DEMO = "events.yaml", "categories.yaml", "demo-reports.yaml"
FOREIGN_KEY = code("EVT-101", "A kind of event is named after its scene.", status=422)
NO_CATEGORY = code("EVT-102", "The category is not declared.", status=422)
NO_PARENT = code("EVT-103", "A category's parent is not declared.", status=422)
UNREACHABLE = code("EVT-104", "A row of a routing table can never be reached.", status=422)


class CategoriesSection(Section):
    """Classes of components and events."""

    key = "categories"
    kind = PackageKind.SCENE
    files = (CATEGORIES,)
    order = 54

    def schema(self) -> dict[str, Any]:
        """A mapping from codes to names and keywords."""
        return CATEGORY

    def check(self, package: Package) -> list[Problem]:
        """That each parent is declared, here or in a scene that is required."""
        document, known = package.document(CATEGORIES), _categories(package)
        if document is None:
            return []
        return [
            Problem(NO_PARENT, f"{code} has no {parent_of(code)} above it", document.key_position([code]))
            for code in document.value
            if parent_of(code) and parent_of(code) not in known
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the categories, comparing with what stands."""
        return declaring.declare_categories(package.value(CATEGORIES), scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Categories of cases stay; they are offered no more."""
        return declaring.declare_categories({}, scene=package.key, by=by)


class EventsSection(Section):
    """Kinds of event."""

    key = "events"
    kind = PackageKind.SCENE
    files = (EVENTS,)
    order = 55
    reads = (CATEGORIES,)

    def schema(self) -> dict[str, Any]:
        """A mapping from kinds to what is declared of each."""
        return vocabulary.mapping_of(KIND, KIND_KEY)

    def check(self, package: Package) -> list[Problem]:
        """Keys, categories, conditions, patterns of events, and routing rows that nothing can reach."""
        document = package.document(EVENTS)
        if document is None:
            return []
        known = _categories(package)
        return [
            problem
            for key, declared in document.value.items()
            for problem in _check_kind(package.key, known, document, key, declared)
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the kinds, comparing with what stands."""
        return declaring.declare_kinds(whole(package.value(EVENTS)), scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Kinds of cases stay; nothing new is opened of them."""
        return declaring.declare_kinds({}, scene=package.key, by=by)

    def kept(self, package: Package) -> list[str]:
        """Where the cases are."""
        return ["cases and reports stay, at /console"] if package.value(EVENTS) else []

    def describe(self, package: Package) -> str:
        """A table of the kinds."""
        rows = []
        for key, declared in whole(package.value(EVENTS)).items():
            name, limits = declared["name"], declared.get("deadlines", {})
            category = declared.get("category", "")
            times = (limits.get("accept", ""), limits.get("handle", ""))
            rows.append((key, name["zh"], name["en"], category, *times))
        return table(("kind", "名称", "name", "category", "accept", "handle"), rows)


class DemoReportsSection(DemoSection):
    """Reports that show a city's kinds of event at work; only where the setting `demo` is on."""

    key = "demo-reports"
    files = (DEMO,)
    order = 90

    def schema(self) -> dict[str, Any]:
        """What `demo-reports.yaml` says."""
        return demo.schema()

    def show(self, document: Document, *, by: Actor) -> Changes:
        """Send the reports that are not there yet."""
        added = demo.install_demo(document, by=by)
        return Changes(added=added, unchanged=len(document.value["reports"]) - len(added))


SECTIONS: tuple[Section, ...] = (CategoriesSection(), EventsSection(), DemoReportsSection())


def _categories(package: Package) -> set[str]:
    packages = (package, *package.required.values())
    return {code for each in packages for code in each.value(CATEGORIES)}


def _check_kind(
    scene: str, categories: set[str], document: Document, key: str, declared: dict[str, Any]
) -> Iterator[Problem]:
    if key.partition(".")[0] != scene:
        hint = f"{scene}.{key.rpartition('.')[2]}"
        yield Problem(FOREIGN_KEY, shorten(f"{key} is not of {scene}"), document.key_position([key]), hint)
    category = declared.get("category")
    if category is not None and category not in categories:
        where = document.position([key, "category"])
        yield Problem(
            NO_CATEGORY, f"no category has the code {category}", where, nearest(category, categories)
        )
    yield from check_likeness(document, document.value, key)
    yield from _check_conditions(document, key, declared)
    yield from _check_patterns(document, key, declared)
    yield from _check_rows(document, key, declared)


def _placed(error: ProblemError, document: Document, path: Path) -> Iterator[Problem]:
    for problem in error.problems:
        yield Problem(problem.code, problem.message, document.position(path), problem.hint)


def _check_conditions(document: Document, key: str, declared: dict[str, Any]) -> Iterator[Problem]:
    known = (*KNOWN, *declared.get("ask", {}))
    for number, harder in enumerate(declared.get("grade", {}).get("escalate", ())):
        try:
            check_condition(harder["when"], known)
        except ProblemError as error:
            yield from _placed(error, document, (key, "grade", "escalate", number, "when"))


def _check_patterns(document: Document, key: str, declared: dict[str, Any]) -> Iterator[Problem]:
    for number, pattern in enumerate(declared.get("on", ())):
        try:
            check_pattern(pattern)
        except ProblemError as error:
            yield from _placed(error, document, (key, "on", number))


def _check_rows(document: Document, key: str, declared: dict[str, Any]) -> Iterator[Problem]:
    """Rows below one that every case fits: the first match wins, so they are dead."""
    catch_all = 0
    for number, row in enumerate(declared.get("route", ())):
        if catch_all:
            where = document.position((key, "route", number))
            yield Problem(UNREACHABLE, f"row {catch_all} takes every case before this one", where)
        elif isinstance(row["to"], str) and not row.keys() & {"region", "category", "grade"}:
            catch_all = number + 1

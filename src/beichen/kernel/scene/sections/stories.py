"""`stories/*.yaml` and `demo.yaml` of a scene: its proof, and a population to show it with."""

from __future__ import annotations

import hashlib
from typing import Any

from beichen.kernel.access.service import create_client, load_roles
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.models import InstalledPackage
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.stories.runner import perform
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause
from beichen.kernel.scene.stories.text import check_steps, clause_schema, story_schema
from beichen.kernel.scene.vocabulary import record
from beichen.problem import Problem, ProblemError, shorten
from beichen.settings import settings

DEMO = "demo.yaml"


class StoriesSection(Section):
    """Stories: what is given, what happens, what holds then. `beichen scene test` runs them."""

    key = "stories"
    kind = PackageKind.SCENE
    files = ("stories/*.yaml",)
    order = 95
    reads = ("*.yaml",)

    def schema(self) -> dict[str, Any]:
        """One story a file."""
        return story_schema()

    def check(self, package: Package) -> list[Problem]:
        """Every step's word is one that a room understands, and the step fits it."""
        return [
            problem
            for name in package.glob(*self.files)
            for clause in Clause
            for problem in check_steps(package, package.documents[name], (clause,), clause)
        ]


class DemoSection(Section):
    """A demo: steps of *given* that stay. Installed only where the setting `demo` is on."""

    key = "demo"
    kind = PackageKind.SCENE
    files = (DEMO,)
    order = 96
    reads = ("*.yaml",)

    def schema(self) -> dict[str, Any]:
        """The steps."""
        return record({"demo": clause_schema(Clause.GIVEN, least=1)})

    def check(self, package: Package) -> list[Problem]:
        """As for the steps of a story."""
        document = package.document(DEMO)
        return [] if document is None else check_steps(package, document, ("demo",), Clause.GIVEN)

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Do the steps, unless this very demo was done before."""
        document = package.document(DEMO)
        if document is None or not settings().demo:
            return Changes()
        steps = document.value["demo"]
        if _is_done(package):
            return Changes(unchanged=len(steps))
        _play(package, document, by)
        return Changes(added=[f"step {number}" for number in range(1, len(steps) + 1)])


def _is_done(package: Package) -> bool:
    content = hashlib.sha256(package.path(DEMO).read_bytes()).hexdigest()
    row = InstalledPackage.objects.filter(kind=package.kind, key=package.key, with_demo=True).first()
    return row is not None and row.is_current and row.files.get(DEMO) == content


def _play(package: Package, document: Document, by: Actor) -> None:
    """Do every step of the demo. Raises ProblemError with each one that was refused."""
    problems: list[Problem] = []
    load_roles(by=by)
    stage = Stage(package, by, create_client("demo", "Demo", "administrator", by=by))
    for number, step in enumerate(document.value["demo"]):
        stage.where = document.position(("demo", number))
        perform(stage, Clause.GIVEN, step)
        problems += [
            Problem(codes.STORY_FAILED, shorten(f"refused with {code}"), stage.where)
            for code in stage.refusals
        ]
        stage.refusals.clear()
    problems += stage.failures
    if problems:
        raise ProblemError(*problems)

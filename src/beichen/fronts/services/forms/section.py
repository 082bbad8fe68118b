"""`forms/` of a scene: a form a file, as JSON Schema; items name it by its file's name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from beichen.fronts.services.forms.checks import check_form
from beichen.fronts.services.forms.declaring import declare_forms
from beichen.fronts.services.forms.schema import FORM
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.problem import Problem


def key_of(name: str) -> str:
    """The key of the form in the file ``name``."""
    return PurePosixPath(name).stem


class FormsSection(Section):
    """Forms that are filled in."""

    key = "forms"
    kind = PackageKind.SCENE
    files = ("forms/*.yaml",)
    order = 71

    def schema(self) -> dict[str, Any]:
        """One form."""
        return FORM

    def check(self, package: Package) -> list[Problem]:
        """Names, rules, choices and patterns of each form."""
        problems: list[Problem] = []
        for name in package.glob(*self.files):
            document = package.document(name)
            if document is not None:
                problems += check_form(document.value, document.position)
        return problems

    def _declared(self, package: Package) -> dict[str, Any]:
        return {key_of(name): package.value(name) for name in package.glob(*self.files)}

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the forms: what differs from the newest version becomes a new one."""
        return declare_forms(self._declared(package), scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Applications stay; nothing new is begun."""
        return declare_forms({}, scene=package.key, by=by)

    def describe(self, package: Package) -> str:
        """A table of the forms."""
        rows = (
            (key, form["title"], form["x-title-en"], len(form["properties"]))
            for key, form in self._declared(package).items()
        )
        return table(("form", "名称", "name", "fields"), rows)

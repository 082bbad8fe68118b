"""`reports/` of a city: its own Word templates, `reports/report.docx` and `reports/brief.docx`."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.plan.reports.rendering.template import template_problems
from beichen.plan.reports.wordtemplates import USES, save_template, templates_in_use
from beichen.problem import Problem


class TemplatesSection(Section):
    """The look of the city's reports."""

    key = "plan-reports"
    kind = PackageKind.CITY
    files = tuple(f"reports/{use}.docx" for use in USES)
    order = 90

    def schema(self) -> dict[str, Any]:
        """No file of the section is YAML."""
        return {}

    def check(self, package: Package) -> list[Problem]:
        """Every template holds what reports need."""
        return [
            problem
            for name in package.glob(*self.files)
            for problem in template_problems(
                package.path(name).read_bytes(), package.where(name).file or name
            )
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Take the templates into use; one that a person uploaded since then is not replaced by the same."""
        changes = Changes()
        for name in package.glob(*self.files):
            use = PurePosixPath(name).stem
            before = templates_in_use()[use]
            row = save_template(
                package.path(name).read_bytes(), use, f"{use}.docx", by=by, owner=f"city:{package.key}"
            )
            if before is not None and before.pk == row.pk:
                changes.unchanged += 1
            else:
                (changes.added if before is None else changes.changed).append(name)
        return changes

    def kept(self, package: Package) -> list[str]:
        """Templates stay in use until another is taken."""
        return ["the templates of reports stay in plan_reports.wordtemplate"]


SECTIONS: tuple[Section, ...] = (TemplatesSection(),)

"""What installing, upgrading or removing a package did, section by section."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from beichen.kernel.changes import Changes
from beichen.kernel.scene.section import Package, PackageKind
from beichen.problem import Problem


class Outcome(StrEnum):
    """What became of the package."""

    INSTALLED = "installed"
    UPGRADED = "upgraded"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(slots=True)
class PackageReport:
    """One package: its versions before and after, and each section's changes."""

    kind: PackageKind
    key: str
    version: str
    before: str | None
    outcome: Outcome
    sections: dict[str, Changes] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, package: Package, before: str | None, outcome: Outcome) -> PackageReport:
        """A report on ``package`` to which nothing was done yet."""
        return cls(package.kind, package.key, package.version, before, outcome)

    def __bool__(self) -> bool:
        """Whether anything was written."""
        return any(self.sections.values())

    def counts(self) -> dict[str, dict[str, int]]:
        """The numbers by section."""
        return {key: changes.counts() for key, changes in self.sections.items()}

    def as_dict(self) -> dict[str, Any]:
        """The report for JSON; at most 1,000 keys a list."""
        lists = {
            key: {
                "added": changes.added[:1000],
                "changed": changes.changed[:1000],
                "removed": changes.removed[:1000],
                "counts": changes.counts(),
            }
            for key, changes in self.sections.items()
        }
        return {
            "kind": str(self.kind),
            "key": self.key,
            "version": self.version,
            "before": self.before,
            "outcome": str(self.outcome),
            "sections": lists,
            "kept": self.kept,
            "warnings": [problem.as_dict() for problem in self.warnings],
        }

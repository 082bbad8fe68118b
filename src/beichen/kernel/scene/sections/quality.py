"""`quality.yaml` of a scene: the answer to each rule of the checklist."""

from __future__ import annotations

from typing import Any

from beichen.kernel.scene import codes
from beichen.kernel.scene.checklist import RULES
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import record
from beichen.problem import Problem, shorten

FILE = "quality.yaml"
_EXEMPT = record({"exempt": {"type": "string", "minLength": 15, "maxLength": 500}})
_ANSWER = {"anyOf": [{"enum": ["done"]}, _EXEMPT]}


class QualitySection(Section):
    """The scene checklist: every rule done, or exempt with a written reason."""

    key = "quality"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 99
    reads = ("*.yaml", "stories/*.yaml", "README.md")

    def schema(self) -> dict[str, Any]:
        """Each rule answered."""
        return record({rule.key: {**_ANSWER, "description": rule.en} for rule in RULES})

    def check(self, package: Package) -> list[Problem]:
        """What is called done is done; every scene answers."""
        document = package.document(FILE)
        if document is None:
            where = package.manifest.position("")
            return [
                Problem(codes.CHECKLIST, "the scene has no quality.yaml", where, "answer every rule in it")
            ]
        return [
            Problem(
                codes.CHECKLIST,
                shorten(f"not done: {rule.en}"),
                document.position((rule.key,)),
                "do it, or exempt it",
            )
            for rule in RULES
            if document.value[rule.key] == "done" and not rule.holds(package)
        ]

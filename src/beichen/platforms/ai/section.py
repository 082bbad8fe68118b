"""`models.yaml` of a scene: what its `model.py` is run for, over which things, when, and what comes of it."""

from __future__ import annotations

from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.platforms.ai import service
from beichen.platforms.ai.checking import EVENTS, OBJECTS, PYTHON, check_models, types_of
from beichen.platforms.ai.declaration import MODELS
from beichen.problem import Problem

FILE = "models.yaml"


class ModelsSection(Section):
    """Models."""

    key = "models"
    kind = PackageKind.SCENE
    files = (FILE,)
    order = 92  # after the Python, which is looked at first
    reads = (OBJECTS, EVENTS, PYTHON)

    def schema(self) -> dict[str, Any]:
        """A mapping from models to what they say."""
        return MODELS

    def check(self, package: Package) -> list[Problem]:
        """Functions, types, measures, times, and whether somebody listens."""
        document = package.document(FILE)
        return [] if document is None else check_models(package, document)

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Declare the models with the Python that stands beside them, comparing with what stands."""
        declared = package.value(FILE)
        source = package.path(PYTHON).read_text(encoding="utf-8") if declared else ""
        return service.declare_models(declared, source, types_of(package), scene=package.key, by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """The models run no more."""
        return service.declare_models({}, "", {}, scene=package.key, by=by)

    def kept(self, package: Package) -> list[str]:
        """Where what they said is found."""
        return ["what the models foretold stays in the table forecasts"] if package.value(FILE) else []

    def describe(self, package: Package) -> str:
        """A table of the models."""
        rows = (
            (
                key,
                declared["name"]["zh"],
                ", ".join(declared["over"]),
                f"`{declared['run']}`",
                ", ".join(declared.get("foretells", ())),
                ", ".join(declared.get("finds", ())),
            )
            for key, declared in package.value(FILE).items()
        )
        return table(("model", "名称", "over", "runs", "foretells", "finds"), rows)


SECTIONS: tuple[Section, ...] = (ModelsSection(),)

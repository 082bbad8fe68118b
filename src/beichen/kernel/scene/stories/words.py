"""The words that this room brings itself: what is true of every protocol."""

from __future__ import annotations

from typing import Any

from django.urls import get_resolver

from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import record
from beichen.problem import Problem, nearest, registered_codes

_CODE = {"type": "string", "pattern": r"^[A-Z]{3,4}-\d{3}$", "x-form": "a problem's code, such as NGS-400"}


def _refused(stage: Stage, step: dict[str, Any]) -> None:
    found = ", ".join(dict.fromkeys(stage.refusals)) or "nothing was refused"
    stage.expect(step["refused"] in stage.refusals, f"expected {step['refused']}, found {found}")


def _all_codes() -> set[str]:
    """The codes that can be answered: those of all rooms that have an address."""
    get_resolver().resolve_error_handler(404)  # imports the rooms' views, which register their codes
    return set(registered_codes())


def _check_refused(_package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    code = step["refused"]
    if code in registered_codes() or code.startswith("HTTP-4") or code in _all_codes():
        return []
    where = document.position((*path, "refused"))
    hint = nearest(code, registered_codes())
    return [Problem(codes.NO_REFERENCE, f"no problem has the code {code}", where, hint)]


register_step(
    Step(
        "refused",
        frozenset({Clause.THEN}),
        record({"refused": _CODE}),
        _refused,
        zh="所做的被拒绝，并给出此问题代码",
        en="what was done was refused with this problem code",
        check=_check_refused,
    )
)

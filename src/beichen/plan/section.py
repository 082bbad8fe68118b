"""`plan/` and `plan-indicators.yaml` of a city: its plan's facts and what measures them.

``plan/plan.yaml`` names the plan, its years and its English names; ``plan/*.json`` are the five lists of
``beichen plan import --out``; ``plan/source.txt`` is the text that their offsets point into.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.service import region_by_code
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import KEY, TEXT, record
from beichen.plan.importer.facts import Body, Indicator, Node, PlanFacts, Project, Target
from beichen.plan.models import Plan
from beichen.plan.service import MeasureFacts, import_facts, load_measures, name_in_english
from beichen.problem import Problem, ProblemError, Where, code, said, shorten

PLAN, SOURCE, MEASURES = "plan/plan.yaml", "plan/source.txt", "plan-indicators.yaml"
LISTS: Mapping[str, Any] = {
    "outline": tuple[Node, ...],
    "indicators": tuple[Indicator, ...],
    "targets": tuple[Target, ...],
    "projects": tuple[Project, ...],
    "bodies": tuple[Body, ...],
}
MISSING = code("PLN-206", "A city's plan lacks one of its files.", status=422)
MALFORMED = code("PLN-207", "A list of a plan's facts does not fit its form.", status=422)

_YEAR = {"type": "integer", "minimum": 1950, "maximum": 2200}
_NAMES = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 300}}


class PlanSection(Section):
    """The city's plan: tree, indicators, targets, projects and bodies, with their places in the text."""

    key = "plan"
    kind = PackageKind.CITY
    files = (PLAN, SOURCE, "plan/*.json", "plan/*.csv")
    order = 80

    def schema(self) -> dict[str, Any]:
        """What ``plan.yaml`` says."""
        return record(
            {"plan": KEY, "title": TEXT, "start_year": _YEAR, "end_year": _YEAR}, {"english": _NAMES}
        )

    def check(self, package: Package) -> list[Problem]:
        """Every list is there and fits its form."""
        if package.document(PLAN) is None:
            return []
        try:
            _facts(package)
        except ProblemError as error:
            return list(error.problems)
        return []

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Import the facts; corrections made in this installation stay in force."""
        if package.document(PLAN) is None:
            return Changes()
        stated = package.value(PLAN)
        region = region_by_code(str(package.manifest.value["region"]))
        changes = import_facts(_facts(package), stated["plan"], by=by, region=region)
        plan = Plan.objects.get(key=stated["plan"])
        if name_in_english(plan, stated["title"]["en"], stated.get("english", {}), by=by):
            changes.changed.append("names")
        return changes

    def kept(self, package: Package) -> list[str]:
        """The plan outlives its package."""
        return ["the plan, its facts and their corrections stay in plan.plan"]


class MeasureSection(Section):
    """Which statistic measures which indicator of the plan."""

    key = "plan-indicators"
    kind = PackageKind.CITY
    files = (MEASURES,)
    order = 81

    def schema(self) -> dict[str, Any]:
        """A list in the order of the plan's table."""
        measure = record({"statistic": KEY}, {"convert": {"type": "number"}, "note": TEXT})
        item = record(
            {
                "number": {"type": "integer", "minimum": 1},
                "name": {"type": "string", "minLength": 1},
                "direction": {"enum": ["higher", "lower"]},
                "how": {"enum": ["level", "annual-average", "cumulative"]},
                "measured_by": {"anyOf": [{"const": "none"}, {"type": "array", "items": measure}]},
            },
            {"reason": TEXT},
        )
        return {"type": "array", "items": item}

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Keep the measures with the city's plan."""
        if package.document(MEASURES) is None or package.document(PLAN) is None:
            return Changes()
        plan = Plan.objects.get(key=package.value(PLAN)["plan"])
        facts = [fact for item in package.value(MEASURES) for fact in _measures(item)]
        return load_measures(plan, facts, by=by)

    def kept(self, package: Package) -> list[str]:
        """The measures stay with the plan."""
        return ["the measures of the plan's indicators stay in plan.measure"]


def _measures(item: dict[str, Any]) -> list[MeasureFacts]:
    number, part, direction = item["number"], item["name"], item["direction"]
    if item["measured_by"] == "none":
        reason = item.get("reason", {})
        note, note_en = reason.get("zh", ""), reason.get("en", "")
        return [MeasureFacts(number, part, direction, note=note, note_en=note_en)]
    return [
        MeasureFacts(
            number,
            part,
            direction,
            statistic=measure["statistic"],
            factor=float(measure.get("convert", 1)),
            note=measure.get("note", {}).get("zh", ""),
            note_en=measure.get("note", {}).get("en", ""),
        )
        for measure in item["measured_by"]
    ]


def _read(package: Package, name: str) -> bytes:
    path = package.path(name)
    if not path.is_file():
        hint = said("write it with: beichen plan import FILE --out DIR")
        raise ProblemError(Problem(MISSING, said("{name} is missing", name=name), package.where(name), hint))
    return path.read_bytes()


def _list(package: Package, name: str) -> Any:
    """One list as facts. Raises ProblemError PLN-206 or PLN-207."""
    file = f"plan/{name}.json"
    content = _read(package, file)
    try:
        return msgspec.convert(orjson.loads(content), LISTS[name])
    except (orjson.JSONDecodeError, msgspec.ValidationError) as error:
        where = Where(file=package.where(file).file)
        raise ProblemError(Problem(MALFORMED, shorten(str(error)), where)) from None


def _facts(package: Package) -> PlanFacts:
    """The package's facts. Raises ProblemError with the mistakes of every list."""
    problems: list[Problem] = []
    lists: dict[str, Any] = {}
    for name in LISTS:
        try:
            lists[name] = _list(package, name)
        except ProblemError as error:
            problems += error.problems
    try:
        text = _read(package, SOURCE).decode()
    except ProblemError as error:
        problems += error.problems
    if problems:
        raise ProblemError(*problems)
    stated = package.value(PLAN)
    return PlanFacts(
        title=stated["title"]["zh"],
        start_year=stated["start_year"],
        end_year=stated["end_year"],
        source=SOURCE,
        text=text,
        problems=(),
        **lists,
    )


SECTIONS: tuple[Section, ...] = (PlanSection(), MeasureSection())

"""`evaluation.yaml` of a city: evaluation schemes, each a draft that the city's people adopt."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from beichen.hubs.data.service import INDICATOR, Direction, SubjectKind, evidence_of_rooms
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.service import region_by_code
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.sections.regions import region_codes
from beichen.kernel.scene.vocabulary import KEY, TEXT, mapping_of, record
from beichen.problem import Problem, Where
from beichen.supports.evaluation.demonstration import DemoEvaluationSection
from beichen.supports.evaluation.facts import CriterionFacts, SchemeFacts
from beichen.supports.evaluation.service import load_schemes
from beichen.supports.evaluation.soundness import (
    Fault,
    Offer,
    criterion_faults,
    grade_faults,
    group_faults,
    tree_faults,
)
from beichen.supports.evaluation.words import ADJUSTING, Missing, RoundKind, RuleName, Source

FILE, BODIES, REGIONS, INDICATORS = "evaluation.yaml", "bodies.yaml", "regions.csv", "indicators.csv"
DEPTH = 3
PARAMETERS = ("floor", "ceiling", "bound", "steps", "direction", "least_n")
_NUMBER = {"type": "number"}
_STEP = {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}
Path = tuple[str | int, ...]


def _criterion_schema(depth: int) -> dict[str, Any]:
    optional: dict[str, Any] = {
        "weight": {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
        "about": TEXT,
        "source": {"enum": [one.value for one in Source if one is not Source.GROUP]},
        "evidence": {"type": "string", "minLength": 1, "maxLength": 100},
        "rule": {"enum": [one.value for one in RuleName]},
        "floor": _NUMBER,
        "ceiling": _NUMBER,
        "bound": _NUMBER,
        "steps": {"type": "array", "items": _STEP, "minItems": 1},
        "direction": {"enum": [Direction.HIGHER.value, Direction.LOWER.value]},
        "least_n": {"type": "integer", "minimum": 1},
        "missing": {"enum": [one.value for one in Missing]},
        "limit": {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
    }
    if depth:
        optional["criteria"] = {"type": "array", "minItems": 1, "items": _criterion_schema(depth - 1)}
    return record({"key": KEY, "name": TEXT}, optional)


class EvaluationSection(Section):
    """Evaluation schemes: whom they score, by which criteria, weights and rules."""

    key = "evaluation"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 90
    reads = (BODIES, REGIONS, INDICATORS)

    def schema(self) -> dict[str, Any]:
        """A mapping of keys to schemes."""
        member = {"type": "string", "minLength": 1, "maxLength": 80}
        members = {"type": "array", "minItems": 1, "items": member}
        group = record({"key": KEY, "name": TEXT, "members": members})
        grade = record({"name": TEXT, "from": {"type": "number", "minimum": 0, "maximum": 100}})
        scheme = record(
            {
                "name": TEXT,
                "kind": {"enum": [one.value for one in RoundKind]},
                "subjects": {"enum": [one.value for one in SubjectKind]},
                "groups": {"type": "array", "minItems": 1, "items": group},
                "grades": {"type": "array", "minItems": 1, "items": grade},
                "criteria": {"type": "array", "minItems": 1, "items": _criterion_schema(DEPTH)},
            },
            {"about": TEXT, "origin": TEXT, "proposal": {"type": "boolean"}},
        )
        return mapping_of(scheme)

    def check(self, package: Package) -> list[Problem]:
        """Weights add up, rules can be used, evidence is offered, subjects exist, grades go down to zero."""
        document = package.document(FILE)
        if document is None:
            return []
        return [problem for key in document.value for problem in _problems(key, document, package)]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """What is new or different becomes a draft version; what was adopted stays as it is."""
        region = region_by_code(str(package.manifest.value["region"]))
        facts = [_read(key, said).facts for key, said in package.value(FILE).items()]
        return load_schemes(facts, owner=f"{package.kind}:{package.key}", region=region, by=by)

    def kept(self, package: Package) -> list[str]:
        """Schemes outlive their package: rounds rest on them."""
        return ["the schemes and everything that was scored by them stay in supports_evaluation"]


@dataclass(frozen=True, slots=True)
class _Read:
    """A scheme's facts, and where each criterion stands in the file."""

    facts: SchemeFacts
    places: Mapping[str, Path]


def _criteria(
    said: Iterable[dict[str, Any]], at: Path, parent: str = ""
) -> Iterator[tuple[CriterionFacts, Path]]:
    for number, item in enumerate(said):
        here = (*at, number)
        source = Source.GROUP.value if "criteria" in item else item.get("source", "")
        about = item.get("about", {})
        default = RuleName.DIRECT.value if source in {Source.SELF_REPORT, Source.THIRD_PARTY} else ""
        yield (
            CriterionFacts(
                key=item["key"],
                name=item["name"]["zh"],
                name_en=item["name"]["en"],
                about=about.get("zh", ""),
                about_en=about.get("en", ""),
                source=source,
                parent=parent,
                weight=_text(item.get("weight")),
                evidence=item.get("evidence", ""),
                rule="" if source in (*ADJUSTING, Source.GROUP) else item.get("rule", default),
                parameters={name: _exact(item[name]) for name in PARAMETERS if name in item},
                missing=item.get("missing", Missing.REDISTRIBUTE.value),
                limit=_text(item.get("limit")),
            ),
            here,
        )
        yield from _criteria(item.get("criteria", ()), (*here, "criteria"), item["key"])


def _exact(value: Any) -> Any:
    """A value of the file as JSON keeps it."""
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return str(value) if isinstance(value, str) else float(value) if value % 1 else int(value)


def _text(value: Any) -> str:
    return "" if value is None else f"{_exact(value)}"


def _read(key: str, said: dict[str, Any]) -> _Read:
    about, origin = said.get("about", {}), said.get("origin", {})
    found = list(_criteria(said["criteria"], (key, "criteria")))
    facts = SchemeFacts(
        key=key,
        kind=said["kind"],
        subject_kind=said["subjects"],
        name=said["name"]["zh"],
        name_en=said["name"]["en"],
        about=about.get("zh", ""),
        about_en=about.get("en", ""),
        origin=origin.get("zh", ""),
        origin_en=origin.get("en", ""),
        is_proposal=said.get("proposal", False),
        groups=tuple(
            {
                "key": str(group["key"]),
                **{language: str(words) for language, words in group["name"].items()},
                "members": [str(member) for member in group["members"]],
            }
            for group in said["groups"]
        ),
        grades=tuple(
            {
                **{language: str(words) for language, words in grade["name"].items()},
                "from": _exact(grade["from"]),
            }
            for grade in said["grades"]
        ),
        criteria=tuple(item for item, _place in found),
    )
    return _Read(facts, {item.key: place for item, place in found})


def _offers(package: Package) -> dict[str, Offer]:
    offers = {item.key: Offer(item.subject, item.direction) for item in evidence_of_rooms()}
    if package.glob(INDICATORS):
        text = package.path(INDICATORS).read_text(encoding="utf-8-sig")
        for row in csv.DictReader(StringIO(text)):
            offers[f"{INDICATOR}{row['key']}"] = Offer(SubjectKind.REGION, Direction(row["direction"]))
    return offers


def _problems(key: str, document: Document, package: Package) -> Iterator[Problem]:
    read = _read(key, document.value[key])
    facts = read.facts
    known = region_codes(package) if facts.subject_kind == SubjectKind.REGION else set(package.value(BODIES))
    offers = _offers(package)
    faults = [*group_faults(facts.subject_kind, facts.groups, set(known)), *grade_faults(facts.grades)]
    faults += tree_faults(facts.criteria)
    for item in facts.criteria:
        if not item.source:
            faults.append(Fault("EVA-104", item.key, "key", f"{item.key} says neither source nor criteria"))
        else:
            faults += criterion_faults(item, facts.subject_kind, offers)
    for fault in faults:
        problem = fault.problem()
        yield Problem(problem.code, problem.message, _where(fault, key, read, document), problem.hint)


def _where(fault: Fault, key: str, read: _Read, document: Document) -> Where:
    """The field's place where it stands, else that of its criterion or scheme."""
    at: Path = read.places.get(fault.key, (key,)) if fault.key else (key,)
    value: Any = document.value
    for part in at:
        value = value[part]
    name = fault.field if isinstance(value, dict) and fault.field in value else ""
    return document.position((*at, name) if name else at)


SECTIONS: tuple[Section, ...] = (EvaluationSection(), DemoEvaluationSection())

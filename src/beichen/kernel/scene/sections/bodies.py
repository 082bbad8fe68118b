"""`bodies.yaml` of a city: its organisations, as a tree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stdnum.cn import uscc

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.org.service import NO_REGION, BodyFacts, load_bodies, tree_problems
from beichen.kernel.scene import codes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.sections.regions import FILE as REGIONS
from beichen.kernel.scene.sections.regions import region_codes
from beichen.kernel.scene.vocabulary import KEY, REGION, TEXT, mapping_of, record
from beichen.problem import Problem, nearest, shorten

FILE = "bodies.yaml"
_BODY_KEY = {**KEY, "maxLength": 80}
_CREDIT_CODE = {
    "type": "string",
    "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$",
    "x-form": "18 characters of a unified social credit code (GB 32100)",
}


class BodiesSection(Section):
    """Bodies (机构): what they are called, above them and where; `named_as` is the plan's word for one."""

    key = "bodies"
    kind = PackageKind.CITY
    files = (FILE,)
    order = 20
    reads = (REGIONS,)

    def schema(self) -> dict[str, Any]:
        """A mapping of keys to bodies."""
        optional = {
            "parent": _BODY_KEY,
            "region": REGION,
            "kind": KEY,
            "credit_code": _CREDIT_CODE,
            "named_as": {"type": "string", "minLength": 1, "maxLength": 200},
        }
        return mapping_of(record({"name": TEXT}, optional), keys=_BODY_KEY)

    def check(self, package: Package) -> list[Problem]:
        """Parents and regions exist, nothing goes in a circle, credit codes have their check character."""
        document = package.document(FILE)
        if document is None:
            return []
        return [*_tree(document), *_regions(document, package), *_credit_codes(document)]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Make the tree of bodies equal the file; bodies that vanished stay, marked."""
        if package.document(FILE) is None:
            return Changes()
        return load_bodies([_facts(key, body) for key, body in package.value(FILE).items()], by=by)


def _tree(document: Document) -> list[Problem]:
    parents = {key: body.get("parent") for key, body in document.value.items()}
    return [
        replace(problem, where=document.position((str(problem.where.field), "parent")))
        for problem in tree_problems(parents, "body")
    ]


def _regions(document: Document, package: Package) -> list[Problem]:
    known = region_codes(package)
    return [
        Problem(NO_REGION, f"no region {region}", document.position((key, "region")), nearest(region, known))
        for key, body in document.value.items()
        if (region := body.get("region")) and region not in known
    ]


def _credit_codes(document: Document) -> list[Problem]:
    problems = []
    first: dict[str, str] = {}
    for key, body in document.value.items():
        code = body.get("credit_code")
        if code is None:
            continue
        where = document.position((key, "credit_code"))
        if not uscc.is_valid(code):
            problems.append(Problem(codes.NOT_ALLOWED, f"{code}: the check character is wrong", where))
        elif code in first:
            message = shorten(f"{code} belongs to {first[code]} already")
            problems.append(Problem(codes.NOT_ALLOWED, message, where))
        first.setdefault(code, key)
    return problems


def _facts(key: str, body: dict[str, Any]) -> BodyFacts:
    return BodyFacts(
        key=key,
        name=body["name"]["zh"],
        name_en=body["name"]["en"],
        kind=body.get("kind", ""),
        parent=body.get("parent"),
        region=body.get("region"),
        credit_code=body.get("credit_code", ""),
    )

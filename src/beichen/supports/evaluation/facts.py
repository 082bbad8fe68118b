"""Schemes and criteria as they are stated: by a package, a form, or the rows that keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from beichen.supports.evaluation.models import Criterion
from beichen.supports.evaluation.words import Missing

PLAIN = (
    "key",
    "name",
    "name_en",
    "about",
    "about_en",
    "source",
    "evidence",
    "rule",
    "parameters",
    "missing",
)


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """A criterion as it is stated; ``parent`` is the key of its group, empty at the top."""

    key: str
    name: str
    source: str
    name_en: str = ""
    about: str = ""
    about_en: str = ""
    parent: str = ""
    weight: str = ""
    evidence: str = ""
    rule: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    missing: str = Missing.REDISTRIBUTE.value
    limit: str = ""


@dataclass(frozen=True, slots=True)
class SchemeFacts:
    """A scheme as it is stated, criteria in order with groups before what stands in them.

    ``groups`` are ``{key, zh, en, members}``, ``grades`` from best to worst ``{zh, en, from}``.
    """

    key: str
    kind: str
    subject_kind: str
    name: str
    groups: tuple[dict[str, Any], ...]
    grades: tuple[dict[str, Any], ...]
    criteria: tuple[CriterionFacts, ...] = ()
    name_en: str = ""
    about: str = ""
    about_en: str = ""
    origin: str = ""
    origin_en: str = ""
    is_proposal: bool = False

    def digest(self) -> str:
        """The hash of everything that is stated."""
        return hashlib.sha256(orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)).hexdigest()


def stated(rows: Iterable[Criterion]) -> list[CriterionFacts]:
    """Rows, selected with their parents, as they were stated."""
    return [
        CriterionFacts(
            **{name: getattr(row, name) for name in PLAIN},
            parent=row.parent.key if row.parent else "",
            weight="" if row.weight is None else f"{row.weight.normalize():f}",
            limit="" if row.limit is None else f"{row.limit.normalize():f}",
        )
        for row in rows
    ]

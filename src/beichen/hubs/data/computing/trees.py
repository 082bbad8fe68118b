"""The trees of regions and bodies as closures: each code beside each of its ancestors, itself included.

Regions above the city have no part: a city counts what is its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from beichen.hubs.data.computing import codes
from beichen.hubs.data.computing.rewriting import ANCESTOR, CODE, TREES
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.problem import Problem, ProblemError, said

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Trees:
    """Both trees as they were when they were read; ids by code are what values link to."""

    root: Region
    pairs: Mapping[str, Pairs]
    regions: Mapping[str, int]
    bodies: Mapping[str, int]

    @cached_property
    def digest(self) -> str:
        """Changes when anything lies elsewhere."""
        return hashlib.sha256(repr((self.root.code, sorted(self.pairs.items()))).encode()).hexdigest()

    def closures(self) -> dict[str, Any]:
        """The pairs as Arrow tables, by the names that rewritten questions use."""
        import pyarrow as pa

        return {
            TREES[name]: pa.table(
                {CODE: pa.array([code for code, _ in pairs], pa.string()),
                 ANCESTOR: pa.array([ancestor for _, ancestor in pairs], pa.string())}
            )
            for name, pairs in self.pairs.items()
        }  # fmt: skip


def read_trees() -> Trees:
    """The trees as they are. Raises ProblemError DAT-206 where no city is loaded."""
    root = city_region()
    if root is None:
        message = said("there is no city yet whose figures could be computed")
        raise ProblemError(Problem(codes.FAILED, message, hint="beichen city load"))
    regions = list(Region.objects.order_by("path").values_list("code", "path", "pk"))
    bodies = list(Body.objects.order_by("path").values_list("key", "path", "pk"))
    within = [(code, path.removeprefix(root.path)) for code, path, _ in regions if path.startswith(root.path)]
    return Trees(
        root=root,
        pairs={
            "region": [pair for code, path in within for pair in [(code, root.code), *_pairs(code, path)]],
            "body": [pair for key, path, _ in bodies for pair in _pairs(key, path)],
        },
        regions={code: pk for code, _, pk in regions},
        bodies={key: pk for key, _, pk in bodies},
    )


def _pairs(code: str, path: str) -> Iterable[tuple[str, str]]:
    return ((code, part) for part in path.split("/") if part)

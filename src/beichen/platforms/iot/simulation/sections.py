"""`simulation.yaml` of a scene: what its things would measure; `climate.csv` of a city: its usual weather.

Nothing is kept: `/api/devices/simulation` reads the files of installed packages, for trials alone. The
measures and their forms are those of `objects.yaml`, the kinds that people report those of
`events.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.durations import DURATION
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import FIELD, KEY, Schema, mapping_of, record
from beichen.kernel.tables import Column, read_table
from beichen.platforms.iot.codes import BAD_CLIMATE
from beichen.platforms.iot.simulation.behaviour import FAULTS, TOLD
from beichen.platforms.iot.simulation.formulas import Tree, formula
from beichen.platforms.iot.simulation.weather import NAMES
from beichen.problem import Problem, ProblemError, Where, nearest, shorten

SIMULATION, CLIMATE, OBJECTS, EVENTS = "simulation.yaml", "climate.csv", "objects.yaml", "events.yaml"
NORMALS = (
    "low_c", "high_c", "spread_c", "wet_days", "rain_mm", "wind_ms", "humidity_pct", "pm25_ugm3",
)  # fmt: skip
KNOWN = (*NAMES, "own", "last", "elapsed_h")

FORMULA: Schema = {"type": ["string", "number", "boolean"], "maxLength": 500}
_MEASURE = record(
    {"value": FORMULA},
    {
        "noise": {"type": "number", "minimum": 0},
        "decimals": {"type": "integer", "minimum": 0, "maximum": 6},
    },
)
_DEVICE = record(
    {"measures": mapping_of(_MEASURE, FIELD, minProperties=1)},
    {"every": DURATION, "faults": mapping_of(DURATION, {"enum": list(FAULTS)}), "group": KEY},
)
_PEOPLE = record(
    {
        "kind": {"type": "string", "maxLength": 120},
        "near": KEY,
        "per_day": FORMULA,
        "texts": {"type": "array", "minItems": 1, "items": {"type": "string", "maxLength": 300}},
    },
    {"answers": mapping_of({"type": ["string", "number"]}, FIELD)},
)


def types_of(package: Package) -> dict[str, Any]:
    """The types of objects that the package or one that it requires declares."""
    packages = (*package.required.values(), package)
    return {key: kind for one in packages for key, kind in one.value(OBJECTS).items()}


def names_of(kind: dict[str, Any]) -> set[str]:
    """What formulas about a type may name beside the weather: its fields, what its commands tell."""
    told = {
        f"{TOLD}{name}" for one in kind.get("commands", {}).values() for name in one.get("parameters", {})
    }
    return {*KNOWN, *kind.get("fields", {}), *told}


def trees(told: dict[str, Any], kind: dict[str, Any]) -> dict[str, Tree]:
    """The formula of each measure, read; a later one may name those before it."""
    known, found = names_of(kind), {}
    for name, measure in told["measures"].items():
        found[name] = formula(_text(measure["value"]), known).tree
        known.add(name)
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class SimulationSection(Section):
    """What a scene's things would measure, and what people would report."""

    key = "simulation"
    kind = PackageKind.SCENE
    files = (SIMULATION,)
    order = 97
    reads = (OBJECTS, EVENTS)

    def schema(self) -> Schema:
        """Devices by the type of their things, and people's reports."""
        people = {"type": "array", "items": _PEOPLE, "maxItems": 50}
        return record({"devices": mapping_of(_DEVICE)}, {"people": people})

    def check(self, package: Package) -> list[Problem]:
        """Every type, measure, kind and name in a formula is declared; all mistakes at once."""
        document = package.document(SIMULATION)
        if document is None:
            return []
        types, problems = types_of(package), list[Problem]()
        for key, told in document.value["devices"].items():
            problems += _device_problems(document, ("devices", key), key, told, types)
        kinds = {kind for one in (*package.required.values(), package) for kind in one.value(EVENTS)}
        for number, told in enumerate(document.value.get("people", [])):
            path = ("people", number)
            problems += _unknown(document, (*path, "kind"), told["kind"], kinds, "kind of event")
            problems += _unknown(document, (*path, "near"), told["near"], types, "type")
            problems += _formula_problems(document, (*path, "per_day"), told["per_day"], NAMES)
        return problems

    def describe(self, package: Package) -> str:
        """Which types it speaks for."""
        return "\n".join(
            f"- `{key}`: {', '.join(f'`{name}`' for name in told['measures'])}"
            for key, told in package.value(SIMULATION)["devices"].items()
        )


def _unknown(
    document: Document, path: Path, found: str, known: Collection[str], noun: str, *, is_key: bool = False
) -> list[Problem]:
    if found in known:
        return []
    where = document.key_position(path) if is_key else document.position(path)
    message = shorten(f"no scene declares the {noun} {found!r}")
    return [Problem(NO_REFERENCE, message, where, nearest(found, known))]


def _device_problems(
    document: Document, path: Path, key: str, told: dict[str, Any], types: dict[str, Any]
) -> list[Problem]:
    if wrong := _unknown(document, path, key, types, "type", is_key=True):
        return wrong
    measures, known, problems = types[key].get("measures", {}), names_of(types[key]), list[Problem]()
    for name, measure in told["measures"].items():
        at = (*path, "measures", name)
        problems += _unknown(document, at, name, measures, "measure", is_key=True)
        problems += _formula_problems(document, (*at, "value"), measure["value"], known)
        known.add(name)
    return problems


def _formula_problems(document: Document, path: Path, text: Any, known: Collection[str]) -> list[Problem]:
    try:
        formula(_text(text), known)
    except ProblemError as error:
        where = document.position(path)
        return [Problem(one.code, one.message, where, one.hint) for one in error.problems]
    return []


def read_climate(content: bytes, file: str) -> tuple[list[dict[str, float]], list[Problem]]:
    """Twelve months, January first, as numbers; the problems of the table, shown as in ``file``."""
    columns = [Column("month"), *(Column(name, number=True) for name in NORMALS)]
    table = read_table(content, file=file, columns=columns, key=["month"])
    problems = list(table.problems)
    if not problems and [row["month"] for row in table.rows] != [str(n) for n in range(1, 13)]:
        message = "the months are not 1 to 12, in their order"
        problems.append(Problem(BAD_CLIMATE, message, Where(file=file)))
    return [{name: float(row[name]) for name in NORMALS} for row in table.rows], problems


class ClimateSection(Section):
    """A city's usual weather by month: what simulated weather keeps to."""

    key = "climate"
    kind = PackageKind.CITY
    files = (CLIMATE,)
    order = 97

    def check(self, package: Package) -> list[Problem]:
        """Twelve months of numbers."""
        if CLIMATE not in package.files:
            return []
        return read_climate(package.path(CLIMATE).read_bytes(), f"{package.label}/{CLIMATE}")[1]

"""The registry's words for stories and demos, spoken through NGSI-LD.

``{object: manhole, code: MH-1, at: [125.33, 43.88], depth_m: 4}`` is an entity with the id
``urn:ngsi-ld:manhole:MH-1``; a relation names the code of the other object.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from beichen.kernel.scene.codes import NO_REFERENCE
from beichen.kernel.scene.document import Document, Path
from beichen.kernel.scene.section import Package
from beichen.kernel.scene.stories.stage import Stage
from beichen.kernel.scene.stories.step import Clause, Step, register_step
from beichen.kernel.scene.vocabulary import KEY, Schema, record
from beichen.problem import Problem, nearest, shorten

FILE = "objects.yaml"
ENTITIES = "/ngsi-ld/v1/entities/"
NEAREST = "/api/objects/nearest"
UPSERT = "/ngsi-ld/v1/entityOperations/upsert"
_CODE: Schema = {
    "type": "string",
    "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$",
    "x-form": "a code such as MH-1",
}
_POINT: Schema = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 2,
    "description": "longitude and latitude, WGS 84",
}


def _schema(word: str, *, place: bool) -> Schema:
    properties: dict[str, Schema] = {word: KEY, "code": _CODE}
    if place:
        properties["at"] = _POINT
    return {
        "type": "object",
        "required": [word, "code"],
        "properties": properties,
        **({} if place else {"additionalProperties": False}),
    }


def declared_types(package: Package) -> dict[str, dict[str, Any]]:
    """The types that the package and those it requires declare."""
    packages = (*package.required.values(), package)
    return {key: kind for one in packages for key, kind in one.value(FILE).items()}


def _urn(kind: str, code: str) -> str:
    return f"urn:ngsi-ld:{kind}:{code}"


def _entity(package: Package, kind: str, step: dict[str, Any]) -> dict[str, Any]:
    """The normalised entity that a step says."""
    relations = declared_types(package).get(kind, {}).get("relations", {})
    entity: dict[str, Any] = {"id": _urn(kind, step["code"]), "type": kind}
    for name, value in step.items():
        if name in ("object", "code"):
            continue
        if name == "at":
            entity["location"] = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": value}}
        elif name in relations:
            others = value if isinstance(value, list) else [value]
            targets = [_urn(relations[name]["to"], other) for other in others]
            entity[name] = {
                "type": "Relationship",
                "object": targets if isinstance(value, list) else targets[0],
            }
        else:
            entity[name] = {"type": "Property", "value": value}
    return entity


def _put(stage: Stage, step: dict[str, Any]) -> None:
    reply = stage.send("POST", UPSERT, [_entity(stage.package, step["object"], step)])
    if reply.status == 207:
        for entry in reply.content["errors"]:
            stage.note(entry["error"], "HTTP-207")


def _remove(stage: Stage, step: dict[str, Any]) -> None:
    stage.send("DELETE", ENTITIES + quote(_urn(step["remove"], step["code"])))


def _found(stage: Stage, step: dict[str, Any]) -> None:
    urn = _urn(step["found"], step["code"])
    reply = stage.look(f"{ENTITIES}{quote(urn)}?options=keyValues")
    if reply.status != 200:
        stage.expect(False, f"there is no {urn}")
        return
    wanted = _entity(stage.package, step["found"], {**step, "object": step["found"]})
    for name, attribute in wanted.items():
        if name not in ("id", "type", "found"):
            value = attribute["object"] if attribute["type"] == "Relationship" else attribute["value"]
            held = reply.content.get(name)
            stage.expect(held == value, f"{name} is {held!r}, expected {value!r}")


def _nearest(stage: Stage, step: dict[str, Any]) -> None:
    asked = step["nearest"]
    query = {
        "type": asked["type"],
        "at": ",".join(map(str, asked["at"])),
        "within": asked.get("within", 1000),
    }
    query |= {name: asked[name] for name in ("where", "time") if name in asked}
    reply = stage.look(f"{NEAREST}?{urlencode(query)}")
    if reply.status != 200:
        stage.note(reply.content, f"HTTP-{reply.status}")
        return
    found = [one["id"].rpartition(":")[2] for one in reply.content["objects"]]
    stage.expect(found == asked["finds"], f"{found} is nearest, expected {asked['finds']}")


def _check_nearest(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
    types, key = declared_types(package), step["nearest"]["type"]
    if key in types:
        return []
    where = document.position((*path, "nearest", "type"))
    return [Problem(NO_REFERENCE, shorten(f"no scene declares the type {key!r}"), where, nearest(key, types))]


def _missing(stage: Stage, step: dict[str, Any]) -> None:
    urn = _urn(step["missing"], step["code"])
    stage.expect(stage.look(ENTITIES + quote(urn)).status == 404, f"there is a {urn}")


def _check(
    word: str, package: Package, document: Document, path: Path, step: dict[str, Any]
) -> list[Problem]:
    """The type is declared here or in a required scene, and so is each field and relation."""
    types = declared_types(package)
    kind = types.get(step[word])
    if kind is None:
        message = shorten(f"no scene declares the type {step[word]!r}")
        return [Problem(NO_REFERENCE, message, document.position((*path, word)), nearest(step[word], types))]
    known = {word, "code", "at", *kind.get("fields", {}), *kind.get("relations", {})}
    return [
        Problem(
            NO_REFERENCE,
            shorten(f"{step[word]} has no field {name!r}"),
            document.key_position((*path, name)),
            nearest(name, known - {word}),
        )
        for name in step
        if name not in known
    ]


def _register(word: str, clauses: set[Clause], run: Any, zh: str, en: str, *, place: bool) -> None:
    def check(package: Package, document: Document, path: Path, step: dict[str, Any]) -> list[Problem]:
        return _check(word, package, document, path, step)

    register_step(Step(word, frozenset(clauses), _schema(word, place=place), run, zh, en, check))


_register(
    "object",
    {Clause.GIVEN, Clause.WHEN},
    _put,
    "登记一个对象（已有则更新），字段与关系见其类型",
    "an object is registered, or changed when it is there, with fields and relations of its type",
    place=True,
)
_register("remove", {Clause.WHEN}, _remove, "移除一个对象", "an object is removed", place=False)
_register(
    "found",
    {Clause.THEN},
    _found,
    "有此对象，且字段如所述",
    "there is such an object, with these fields",
    place=True,
)
register_step(
    Step(
        "nearest",
        frozenset({Clause.THEN}),
        record(
            {
                "nearest": record(
                    {"type": KEY, "at": _POINT, "finds": {"type": "array", "items": _CODE}},
                    {
                        "within": {"type": "number", "exclusiveMinimum": 0},
                        "where": {"type": "string"},
                        "time": {"type": "string", "description": "the clock that the condition asks"},
                    },
                )
            }
        ),
        _nearest,
        "附近满足条件的对象依次是这些",
        "these objects are nearest of which a condition holds, in this order",
        _check_nearest,
    )
)
_register("missing", {Clause.THEN}, _missing, "没有此对象", "there is no such object", place=False)

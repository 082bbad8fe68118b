"""`entitlements.yaml` of a scene or a city: who reads codes of people, and what the residents' card holds; a
demo."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from beichen.fronts.codes.declaring import load_card
from beichen.fronts.codes.demonstration import schema, show
from beichen.fronts.codes.problems import LIKE_NO_BODY, NO_PLACE, NOT_DECLARED
from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import DemoSection, Document, Package, PackageKind, Section
from beichen.kernel.scene.service import known_bodies
from beichen.kernel.scene.vocabulary import FIELD, KEY, LOOK, LOOKS, TEXT, Schema, mapping_of, record
from beichen.problem import Level, Problem, nearest, said, shorten

FILE, DEMO, OBJECTS = "entitlements.yaml", "demo-entitlements.yaml", "objects.yaml"
LIKE = 0.8  # as much alike as a slip of the finger or two
TEXT_VALUE: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_CLOCK: Schema = {
    "type": "string",
    "pattern": r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$",
    "x-form": "such as 09:00",
}


def _schema() -> Schema:
    days = {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": 7},
        "minItems": 1,
        "maxItems": 7,
    }
    time = record({"from": _CLOCK, "until": _CLOCK}, {"days": days})
    counter = record({"name": TEXT, "start": {"type": "integer", "minimum": 1, "maximum": 1_000_000}})
    board = record({"at": KEY, "reader": KEY}, {"where": mapping_of(TEXT_VALUE, FIELD, maxProperties=10)})
    keys = {"type": "array", "items": KEY, "minItems": 1, "maxItems": 20}
    entitlement = record(
        {"name": TEXT, "grantor": KEY, "readers": keys},
        {
            "about": TEXT,
            "days": {"type": "integer", "minimum": 0, "maximum": 36_500},
            "everyone": {"type": "boolean"},
            "times": {"type": "array", "items": time, "maxItems": 20},
            "counter": counter,
            "look": LOOK,
            "board": {"type": "array", "items": board, "minItems": 1, "maxItems": 20},
        },
    )
    reader = record({"name": TEXT, "body": KEY})
    return record({}, {"readers": mapping_of(reader), "entitlements": mapping_of(entitlement)})


class EntitlementsSection(Section):
    """What the residents' card holds, and who may read it."""

    files = (FILE,)
    order = 59

    def __init__(self, kind: PackageKind) -> None:
        self.key, self.kind = "entitlements", kind

    def schema(self) -> Schema:
        """Readers by key (name, body) and entitlements by key (name, grantor, readers, days, times,
        counter, board)."""
        return _schema()

    def check(self, package: Package) -> list[Problem]:
        """An entitlement names readers of its own file or of a required package, and types of objects.

        A scene may name bodies that are not there yet; one that looks mistyped is warned of.
        """
        document = package.document(FILE)
        if document is None:
            return []
        wrong = [*_reader_problems(document, package), *_board_problems(document, package)]
        return [*wrong, *_body_warnings(document)] if self.kind is PackageKind.SCENE else wrong

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Load what is declared; what was granted stays as it is."""
        value = package.value(FILE)
        return load_card(_readers(value), _entitlements(value), owner=f"{package.kind}:{package.key}", by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Offer these no more."""
        return load_card({}, {}, owner=f"{package.kind}:{package.key}", by=by)

    def kept(self, package: Package) -> list[str]:
        """What was granted stays, and counts no more."""
        return ["what was granted stays on record, at /codes/grants"] if package.value(FILE) else []

    def describe(self, package: Package) -> str:
        """A row for each entitlement."""
        rows = (
            (key, one["name"]["zh"], one["name"]["en"], one["grantor"], ", ".join(one["readers"]))
            for key, one in package.value(FILE).get("entitlements", {}).items()
        )
        return table(("entitlement", "权益", "entitlement", "granted by", "read by"), rows)


class DemoEntitlementsSection(DemoSection):
    """Invented grants and a gate, which show the room at work."""

    key = "demo-entitlements"
    files = (DEMO,)
    order = 92
    stays = "what was granted stays, at /codes/grants"

    def schema(self) -> Schema:
        """What `demo-entitlements.yaml` says."""
        return schema()

    def show(self, document: Document, *, by: Actor) -> Changes:
        """Grant them once."""
        return Changes(added=show(document.value, by=by))


SECTIONS: tuple[Section, ...] = (
    EntitlementsSection(PackageKind.SCENE),
    EntitlementsSection(PackageKind.CITY),
    DemoEntitlementsSection(),
)


def _declared_readers(package: Package) -> set[str]:
    packages = (package, *package.required.values())
    return {str(key) for one in packages for key in one.value(FILE).get("readers", {})}


def _reader_problems(document: Document, package: Package) -> Iterator[Problem]:
    known = _declared_readers(package)
    for key, one in document.value.get("entitlements", {}).items():
        for number, reader in enumerate(one["readers"]):
            if str(reader) not in known:
                where = document.position(("entitlements", key, "readers", number))
                message = shorten(said("no reader is called {key}", key=str(reader)))
                yield Problem(NOT_DECLARED, message, where, nearest(str(reader), known))


def _body_warnings(document: Document) -> Iterator[Problem]:
    """Of keys that no city that comes with Beichen has, those that are nearly the key of a body."""
    known = known_bodies()
    for part, field in (("readers", "body"), ("entitlements", "grantor")):
        for key, one in document.value.get(part, {}).items():
            body = str(one[field])
            if body not in known and difflib.get_close_matches(body, known, n=1, cutoff=LIKE):
                where = document.position((part, key, field))
                message = shorten(said("no known city has the body {key}; it would wait for it", key=body))
                yield Problem(LIKE_NO_BODY, message, where, nearest(body, known), Level.WARNING)


def _board_problems(document: Document, package: Package) -> Iterator[Problem]:
    """People board at objects that are declared, and show the code to who reads the entitlement."""
    types = {str(key) for one in (package, *package.required.values()) for key in one.value(OBJECTS)}
    for key, one in document.value.get("entitlements", {}).items():
        readers = {str(reader) for reader in one["readers"]}
        for number, row in enumerate(one.get("board", ())):
            path = ("entitlements", key, "board", number)
            if str(row["at"]) not in types:
                message = shorten(said("no type of objects is called {key}", key=str(row["at"])))
                yield Problem(NO_PLACE, message, document.position((*path, "at")), nearest(row["at"], types))
            if str(row["reader"]) not in readers:
                message = shorten(said("{key} does not read this entitlement", key=str(row["reader"])))
                where = document.position((*path, "reader"))
                yield Problem(NOT_DECLARED, message, where, nearest(row["reader"], readers))


def _readers(value: Any) -> dict[str, dict[str, Any]]:
    """The file's readers in plain Python: what YAML gives remembers its place."""
    return {
        str(key): {
            "name": str(one["name"]["zh"]),
            "name_en": str(one["name"]["en"]),
            "body": str(one["body"]),
        }
        for key, one in value.get("readers", {}).items()
    }


def _entitlements(value: Any) -> dict[str, dict[str, Any]]:
    return {str(key): _entitlement(one) for key, one in value.get("entitlements", {}).items()}


def _entitlement(one: Any) -> dict[str, Any]:
    about, counter = one.get("about", {}), one.get("counter", {})
    words = counter.get("name", {})
    return {
        "name": str(one["name"]["zh"]),
        "name_en": str(one["name"]["en"]),
        "about": str(about.get("zh", "")),
        "about_en": str(about.get("en", "")),
        "grantor": str(one["grantor"]),
        "readers": [str(key) for key in one["readers"]],
        "days": int(one.get("days", 0)),
        "is_open": bool(one.get("everyone", False)),
        "times": [_time(row) for row in one.get("times", ())],
        "counter": str(words.get("zh", "")),
        "counter_en": str(words.get("en", "")),
        "start": int(counter["start"]) if counter else None,
        "look": str(one.get("look", LOOKS[0])),
        "board": [_boarded(row) for row in one.get("board", ())],
    }


def _boarded(row: Any) -> dict[str, Any]:
    where = {str(name): str(value) for name, value in row.get("where", {}).items()}
    return {"at": str(row["at"]), "reader": str(row["reader"]), "where": where}


def _time(row: Any) -> dict[str, Any]:
    days = [int(day) for day in row.get("days", range(1, 8))]
    return {"days": days, "from": str(row["from"]), "until": str(row["until"])}

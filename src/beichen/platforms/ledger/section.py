"""`certificates.yaml` of a scene or a city: the kinds of certificates that its bodies issue; a demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import DemoSection, Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import FIELD, KEY, LOOK, LOOKS, TEXT, Schema, mapping_of, record
from beichen.platforms.ledger.certificates.claims import RESERVED, TYPES
from beichen.platforms.ledger.certificates.declaring import load_certificate_kinds
from beichen.platforms.ledger.certificates.demonstration import schema, show
from beichen.platforms.ledger.codes import BAD_FIELD
from beichen.problem import Problem, said, shorten

FILE, DEMO = "certificates.yaml", "demo-certificates.yaml"
_YES: Schema = {"type": "boolean"}


def _schema() -> Schema:
    choice = mapping_of(TEXT)
    field = record(
        {"name": TEXT},
        {"type": {"enum": list(TYPES)}, "required": _YES, "optional": _YES, "choices": choice},
    )
    kind = record(
        {"name": TEXT, "issuer": KEY, "fields": mapping_of(field, FIELD, minProperties=1, maxProperties=40)},
        {"days": {"type": "integer", "minimum": 0, "maximum": 36_500}, "look": LOOK},
    )
    return mapping_of(kind)


class CertificatesSection(Section):
    """What a package's bodies certify."""

    files = (FILE,)
    order = 58

    def __init__(self, kind: PackageKind) -> None:
        self.key, self.kind = "certificates", kind

    def schema(self) -> Schema:
        """Kinds by key: name, issuing body, days that it holds, look, fields."""
        return _schema()

    def check(self, package: Package) -> list[Problem]:
        """Fields have names of their own, and choices where they are choices."""
        document = package.document(FILE)
        return [] if document is None else list(_field_problems(document))

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Load what is declared; what was issued stays as it is."""
        return load_certificate_kinds(
            _wanted(package.value(FILE)), owner=f"{package.kind}:{package.key}", by=by
        )

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Issue no more of these kinds."""
        return load_certificate_kinds({}, owner=f"{package.kind}:{package.key}", by=by)

    def kept(self, package: Package) -> list[str]:
        """What was issued stays good."""
        return ["certificates that were issued stay good, at /certificates"] if package.value(FILE) else []

    def describe(self, package: Package) -> str:
        """A row for each kind."""
        rows = (
            (key, one["name"]["zh"], one["name"]["en"], one["issuer"], ", ".join(one["fields"]))
            for key, one in package.value(FILE).items()
        )
        return table(("certificate", "证照", "certificate", "issuer", "fields"), rows)


class DemoCertificatesSection(DemoSection):
    """Invented certificates, which show the room at work."""

    key = "demo-certificates"
    files = (DEMO,)
    order = 91
    stays = "certificates that were issued stay, at /certificates"

    def schema(self) -> Schema:
        """What `demo-certificates.yaml` says."""
        return schema()

    def show(self, document: Document, *, by: Actor) -> Changes:
        """Issue them once."""
        return Changes(added=show(document.value, by=by))


SECTIONS: tuple[Section, ...] = (
    CertificatesSection(PackageKind.SCENE),
    CertificatesSection(PackageKind.CITY),
    DemoCertificatesSection(),
)


def _field_problems(document: Document) -> Iterator[Problem]:
    for key, kind in document.value.items():
        for name, field in kind["fields"].items():
            where = document.key_position((key, "fields", name))
            if name in RESERVED:
                message = shorten(said("{name} is a word of the format itself", name=name))
                yield Problem(BAD_FIELD, message, where, said("give the field another name"))
            is_choice = field.get("type") == "choice"
            if is_choice != bool(field.get("choices")):
                message = said("a choice has choices, and nothing else has")
                yield Problem(BAD_FIELD, message, where)


def _wanted(value: Any) -> dict[str, dict[str, Any]]:
    """The file's content in plain Python: what YAML gives remembers its place."""
    return {
        str(key): {
            "name": str(one["name"]["zh"]),
            "name_en": str(one["name"]["en"]),
            "issuer": str(one["issuer"]),
            "days": int(one.get("days", 0)),
            "look": str(one.get("look", LOOKS[0])),
            "fields": [_field(str(name), field) for name, field in one["fields"].items()],
        }
        for key, one in value.items()
    }


def _field(name: str, field: Any) -> dict[str, Any]:
    choices = [
        {"key": str(key), "zh": str(words["zh"]), "en": str(words["en"])}
        for key, words in field.get("choices", {}).items()
    ]
    return {
        "key": name,
        "zh": str(field["name"]["zh"]),
        "en": str(field["name"]["en"]),
        "type": str(field.get("type", TYPES[0])),
        "required": bool(field.get("required", True)),
        "optional": bool(field.get("optional", True)),
        "choices": choices,
    }

"""`messages.yaml` of a scene or a city: message templates, groups that are told, rosters of duty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from beichen.kernel.actor import Actor
from beichen.kernel.changes import Changes
from beichen.kernel.scene.document import Document
from beichen.kernel.scene.markdown import table
from beichen.kernel.scene.section import Package, PackageKind, Section
from beichen.kernel.scene.vocabulary import KEY, REGION, TEXT, TIME_OF_DAY, Schema, mapping_of, record
from beichen.platforms.comms import codes
from beichen.platforms.comms.rota import read_hours
from beichen.platforms.comms.service import Stock, load_stock
from beichen.platforms.comms.texts import LANGUAGES, placeholders
from beichen.platforms.comms.words import DAYS, ChannelName, Urgency
from beichen.problem import Problem, ProblemError, nearest, said, shorten

FILE, BODIES = "messages.yaml", "bodies.yaml"
PARTS = ("subject", "text")
CHANNELS = tuple(name.value for name in ChannelName if name is not ChannelName.INBOX)
_VALUE: Schema = {
    "type": "string",
    "pattern": r"^[a-z][a-z0-9_]*$",
    "maxLength": 60,
    "x-form": "lower-case words with underscores, such as case_code",
}
_SUBJECT: Schema = {
    **TEXT,
    "properties": {name: {"type": "string", "minLength": 1, "maxLength": 200} for name in LANGUAGES},
}


def _schema() -> Schema:
    template = record(
        {"subject": _SUBJECT, "text": TEXT},
        {
            "channels": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "urgency": {"enum": [one.value for one in Urgency]},
            "values": {"type": "array", "items": _VALUE, "uniqueItems": True},
        },
    )
    member = record({"body": KEY}, {"role": KEY, "region": REGION})
    group = record({"name": TEXT, "members": {"type": "array", "items": member}})
    hours = record(
        {"from": TIME_OF_DAY, "until": TIME_OF_DAY},
        {"days": {"type": "array", "items": {"enum": list(DAYS)}, "minItems": 1, "uniqueItems": True}},
    )
    roster = record(
        {"name": TEXT, "body": KEY},
        {"cover": {"type": "array", "items": hours, "minItems": 1}, "fallback": KEY},
    )
    parts = {"templates": mapping_of(template), "groups": mapping_of(group), "rosters": mapping_of(roster)}
    return record({}, parts)


class MessagesSection(Section):
    """What a package says to people, to whom, and who is on duty."""

    files = (FILE,)
    order = 30

    def __init__(self, kind: PackageKind) -> None:
        self.key, self.kind = "messages", kind
        self.reads = (BODIES,) if kind is PackageKind.CITY else ()

    def schema(self) -> Schema:
        """Templates, groups and rosters by key."""
        return _schema()

    def check(self, package: Package) -> list[Problem]:
        """Placeholders are sound and agree, channels exist, groups and bodies that are named are declared."""
        document = package.document(FILE)
        if document is None:
            return []
        return [
            *_text_problems(document),
            *_channel_problems(document),
            *_cover_problems(document),
            *_name_problems(document, package),
        ]

    def install(self, package: Package, *, by: Actor) -> Changes:
        """Load what is declared; members, chats and shifts that people entered stay."""
        return load_stock(_stock(package.value(FILE)), owner=f"{package.kind}:{package.key}", by=by)

    def remove(self, package: Package, *, by: Actor) -> Changes:
        """Withdraw what was declared."""
        return load_stock(Stock(), owner=f"{package.kind}:{package.key}", by=by)

    def kept(self, package: Package) -> list[str]:
        """What was said stays said."""
        return (
            ["the messages that were sent stay in the record at /messages/log"] if package.value(FILE) else []
        )

    def describe(self, package: Package) -> str:
        """A row for each template."""
        rows = (
            (
                key,
                one["subject"]["zh"],
                one["subject"]["en"],
                ", ".join(one.get("channels", ())),
                one.get("urgency", Urgency.NORMAL),
            )
            for key, one in package.value(FILE).get("templates", {}).items()
        )
        return table(("template", "主题", "subject", "channels", "urgency"), rows)


SECTIONS: tuple[Section, ...] = (MessagesSection(PackageKind.SCENE), MessagesSection(PackageKind.CITY))


def _text_problems(document: Document) -> Iterator[Problem]:
    for key, template in document.value.get("templates", {}).items():
        declared = template.get("values")
        for part in PARTS:
            names: dict[str, frozenset[str]] = {}
            for language in LANGUAGES:
                where = document.position(("templates", key, part, language))
                try:
                    names[language] = placeholders(template[part][language])
                except ProblemError as error:
                    yield from (Problem(one.code, one.message, where, one.hint) for one in error.problems)
                    continue
                for name in sorted(names[language] - set(declared)) if declared is not None else ():
                    message = shorten(said("{name} is not among the values", name=name))
                    yield Problem(codes.UNDECLARED, message, where, nearest(name, declared))
            if len(set(names.values())) > 1:
                only = ", ".join(sorted(names["zh"] ^ names["en"]))
                message = shorten(said("zh and en differ in {names}", names=only))
                yield Problem(codes.LANGUAGES_DIFFER, message, document.position(("templates", key, part)))


def _channel_problems(document: Document) -> Iterator[Problem]:
    for key, template in document.value.get("templates", {}).items():
        for number, name in enumerate(template.get("channels", ())):
            if name not in CHANNELS:
                where = document.position(("templates", key, "channels", number))
                message = shorten(said("no channel is called {name!r}", name=name))
                yield Problem(codes.NO_CHANNEL, message, where, nearest(name, CHANNELS))


def _cover_problems(document: Document) -> Iterator[Problem]:
    for key, roster in document.value.get("rosters", {}).items():
        seen: list[tuple[Any, Any]] = []
        for number, said_hours in enumerate(roster.get("cover", ())):
            hours = read_hours(said_hours)
            if any(hours.days & days and hours.starts == starts for days, starts in seen):
                where = document.position(("rosters", key, "cover", number))
                yield Problem(codes.BAD_COVER, said("the same hours are named twice"), where)
            seen.append((hours.days, hours.starts))


def _name_problems(document: Document, package: Package) -> Iterator[Problem]:
    packages = [package, *package.required.values()]
    groups = {key for each in packages for key in each.value(FILE).get("groups", {})}
    for key, roster in document.value.get("rosters", {}).items():
        if (fallback := roster.get("fallback")) and fallback not in groups:
            message = shorten(said("no group is called {key}", key=fallback))
            where = document.position(("rosters", key, "fallback"))
            yield Problem(codes.NO_MEMBER, message, where, nearest(fallback, groups))
    if package.kind is not PackageKind.CITY:
        return  # a scene's bodies are the city's, which `check` does not know
    bodies = set(package.value(BODIES))
    named: list[tuple[tuple[str | int, ...], str]] = [
        (("groups", key, "members", number, "body"), member["body"])
        for key, group in document.value.get("groups", {}).items()
        for number, member in enumerate(group["members"])
    ]
    named += [
        (("rosters", key, "body"), roster["body"])
        for key, roster in document.value.get("rosters", {}).items()
    ]
    for at, body in named:
        if body not in bodies:
            message = shorten(said("no body is called {key}", key=body))
            yield Problem(codes.NO_MEMBER, message, document.position(at), nearest(body, bodies))


def _stock(value: Any) -> Stock:
    """The file's content in plain Python: what YAML gives remembers its place."""
    templates = {
        str(key): {
            "subject_zh": str(one["subject"]["zh"]),
            "subject_en": str(one["subject"]["en"]),
            "text_zh": str(one["text"]["zh"]),
            "text_en": str(one["text"]["en"]),
            "channels": [str(name) for name in one.get("channels", ())],
            "urgency": str(one.get("urgency", Urgency.NORMAL)),
            "values": [str(name) for name in one.get("values", ())],
        }
        for key, one in value.get("templates", {}).items()
    }
    groups = {
        str(key): {
            "name": str(one["name"]["zh"]),
            "name_en": str(one["name"]["en"]),
            "posts": [{str(name): str(word) for name, word in member.items()} for member in one["members"]],
        }
        for key, one in value.get("groups", {}).items()
    }
    rosters = {
        str(key): {
            "name": str(one["name"]["zh"]),
            "name_en": str(one["name"]["en"]),
            "body": str(one["body"]),
            "fallback": str(one.get("fallback", "")),
            "cover": [_hours(hours) for hours in one.get("cover", ())],
        }
        for key, one in value.get("rosters", {}).items()
    }
    return Stock(templates, groups, rosters)


def _hours(said_hours: Any) -> dict[str, Any]:
    days = [str(day) for day in said_hours.get("days", DAYS)]
    return {"days": days, "from": str(said_hours["from"]), "until": str(said_hours["until"])}

"""What is wrong with an answer, in words: the server's problems, and the same sentences for the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beichen.fronts.services.forms.judging import Fault, Path
from beichen.fronts.services.problems import BAD_VALUE
from beichen.problem import Problem, ProblemError, Where, said, shorten
from beichen.web.wording import worded

SENTENCES: Mapping[str, str] = {
    "required": said("this must be said"),
    "minItems": said("at least {limit} are needed", limit="{limit}"),
    "maxItems": said("at most {limit} are possible", limit="{limit}"),
    "uniqueItems": said("the same stands here twice"),
    "minLength": said("at least {limit} characters", limit="{limit}"),
    "maxLength": said("at most {limit} characters", limit="{limit}"),
    "minimum": said("at least {limit}", limit="{limit}"),
    "maximum": said("at most {limit}", limit="{limit}"),
    "exclusiveMinimum": said("more than {limit}", limit="{limit}"),
    "exclusiveMaximum": said("less than {limit}", limit="{limit}"),
    "pattern": said("this does not have the right form"),
    "enum": said("this is not one of the choices"),
    "const": said("this must be agreed to"),
    "unknown": said("this is not asked here"),
    "false": said("this is not asked here"),
    "type": said("this cannot be read"),
    "type:number": said("this is no number"),
    "type:integer": said("this is no whole number"),
    "format:date": said("this is no date"),
    "format:email": said("this is no e-mail address"),
    "format:telephone": said("this is no telephone number"),
    "format:identity-number": said("this is no resident identity number; look at each digit"),
    "format:credit-code": said("this is no unified social credit code; look at each character"),
}


def sentences() -> dict[str, str]:
    """Every sentence in the reader's language; ``{limit}`` stays to be filled in."""
    return {key: worded(text) for key, text in SENTENCES.items()}


def field_at(schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """The declaration of the field at ``path``; empty where there is none."""
    found: Mapping[str, Any] = schema
    for step in path:
        found = found.get("items", {}) if isinstance(step, int) else found.get("properties", {}).get(step, {})
    return found


def sentence_of(schema: Mapping[str, Any], fault: Fault) -> str:
    """What is wrong, for :func:`.worded`."""
    field = field_at(schema, fault.path)
    key = fault.keyword
    if key == "type":
        key = f"type:{field.get('type')}"
    elif key == "format":
        key = f"format:{field.get('format')}"
    elif key == "const" and field.get("type") != "boolean":
        key = "enum"
    text = SENTENCES.get(key, SENTENCES["type"])
    if fault.limit is None:
        return text
    return said(text.template, limit=fault.limit) if hasattr(text, "template") else text


def name_of(path: Path) -> str:
    """The name under which the page sends what stands at ``path``."""
    return ".".join(str(step) for step in path)


def problems(schema: Mapping[str, Any], found: list[Fault]) -> list[Problem]:
    """Each fault at its field (SRV-305)."""
    return [
        Problem(
            BAD_VALUE,
            shorten(sentence_of(schema, fault)),
            Where(field=name_of(fault.path)),
            _hint(schema, fault),
        )
        for fault in found
    ]


def _hint(schema: Mapping[str, Any], fault: Fault) -> str:
    words = field_at(schema, fault.path).get("x-pattern")
    return str(words["zh"]) if fault.keyword == "pattern" and words else ""


def refuse(schema: Mapping[str, Any], found: list[Fault]) -> None:
    """Raise ProblemError SRV-305 with every fault, when there is one."""
    if found:
        raise ProblemError(*problems(schema, found))

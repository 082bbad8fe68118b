"""What only the server knows of answers: whether regions, objects and files that they name are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from beichen.fronts.services.forms.judging import Path
from beichen.fronts.services.forms.service import Form
from beichen.fronts.services.forms.telling import name_of
from beichen.fronts.services.problems import BAD_VALUE
from beichen.kernel.actor import system
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.problem import Problem, ProblemError, Where, said
from beichen.registry.service import object_by_code

MOST_LOOKED_UP = 100
_LOOKING = system("services.forms")


def check_facts(form: Form, answers: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """``files`` are the codes of the files that were brought, by the names of their fields.

    Raises ProblemError SRV-305 for each answer that names what is not there.
    """
    found = list(_object(form.schema, answers, (), files))
    if found:
        raise ProblemError(*found)


def _object(
    schema: Mapping[str, Any], answers: Mapping[str, Any], path: Path, files: Mapping[str, str]
) -> Iterator[Problem]:
    for name, field in schema["properties"].items():
        value, here = answers.get(name), (*path, name)
        if value is None:
            continue
        if field["type"] == "object":
            yield from _object(field, value, here, files)
        elif field["type"] == "array" and field["items"]["type"] == "object":
            for number, row in enumerate(value):
                yield from _object(field["items"], row, (*here, number), files)
        elif field["type"] == "string":
            message = _fault(field, value, name_of(here), files)
            if message:
                yield Problem(BAD_VALUE, message, Where(field=name_of(here)))


def _fault(field: Mapping[str, Any], value: str, name: str, files: Mapping[str, str]) -> str:
    kind = field.get("x-kind")
    if kind == "file" and files.get(name) != value:
        return said("this file is not here; send it again")
    if kind == "region" and not _is_region(value):
        return said("this is no region of the city")
    if kind == "object" and not _is_object(field["x-type"], value):
        return said("nothing of this kind has this code")
    if field.get("format") == "identity-number" and not _is_identity_number(value):
        return said("this is no resident identity number; look at each digit")
    return ""


def _is_region(code: str) -> bool:
    city = city_region()
    rows = Region.objects.filter(code=code[:20], is_current=True)
    return city is not None and rows.filter(path__under=city.path).exists()


def _is_object(kind: str, code: str) -> bool:
    try:
        return bool(object_by_code(code[:40].upper(), by=_LOOKING).type.key == kind)
    except ProblemError:
        return False


def _is_identity_number(text: str) -> bool:
    """What the check character cannot say: whether the place is one of the country's."""
    try:
        ric.validate(text)
    except ValidationError:
        return False
    return True

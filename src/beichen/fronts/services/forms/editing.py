"""A form as text, for its authors: written as YAML, read and checked as a scene's file is."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

from beichen.fronts.services.forms.checks import check_form
from beichen.fronts.services.forms.schema import FORM
from beichen.kernel.scene import service as scenes
from beichen.problem import Level, ProblemError

LONGEST = 200_000


def as_text(declared: Mapping[str, Any]) -> str:
    """The declaration as YAML, its fields in their order."""
    yaml = YAML(typ="rt")
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 120
    found = io.StringIO()
    yaml.dump(dict(declared), found)
    return found.getvalue()


def read_form(text: str, name: str) -> dict[str, Any]:
    """The declaration that a text says. Raises ProblemError with every mistake, each at its line."""
    document, problems = scenes.read_text(text.encode(), FORM, name=name)
    wrong = [one for one in problems if one.level is Level.ERROR]
    if document is not None and not wrong:
        wrong = list(check_form(document.value, document.position))
    if wrong or document is None:
        raise ProblemError(*wrong)
    found: dict[str, Any] = document.value
    return found

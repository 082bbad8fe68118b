"""A form on a page: Django's fields and widgets made from its declaration, in groups and rows.

The page is complete without JavaScript: what a rule hides is rendered hidden as the answers are now, rows are
added by a button that sends the page. `static/services/form/fill.js` does both at once where it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from beichen.fronts.services.forms.judging import demanded, hidden
from beichen.fronts.services.forms.reading import COUNT, Given, bounds_of, shown_rows
from beichen.fronts.services.forms.service import Form
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_region
from beichen.web.forms import ProblemForm

Declared = Mapping[str, Any]
AUTOCOMPLETE = {"person.name": "name", "person.phone": "tel", "person.email": "email"}
INPUT_MODES = {"telephone": "tel", "email": "email"}


@dataclass(slots=True)
class Node:
    """A part of the page: one field, a group of parts, or a list of rows."""

    name: str
    title: str
    hint: str = ""
    bounds: str = ""
    bound: BoundField | None = None
    nodes: list[Node] = field(default_factory=list)
    rows: list[Node] = field(default_factory=list)
    is_list: bool = False
    is_hidden: bool = False
    is_choice: bool = False
    can_add: bool = False
    can_remove: bool = False
    file: Any = None
    is_readable: bool = False
    source: str = ""

    @property
    def anchor(self) -> str:
        """The id of the part, to which a list of mistakes leads."""
        return f"part-{self.name.replace('.', '-')}"

    @property
    def errors(self) -> Sequence[str]:
        """What is wrong with the field."""
        return [str(error) for error in self.bound.errors] if self.bound is not None else []


def in_words(declared: Declared, name: str = "title") -> str:
    """The title or description in the reader's language."""
    is_english = (get_language() or "").startswith("en")
    return str(declared.get(f"x-{name}-en" if is_english else name, declared.get(name, "")))


def _choices(declared: Declared) -> list[tuple[str, str]]:
    words = declared.get("x-choices", {})
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return [(value, words.get(value, {}).get(language, value)) for value in declared["enum"]]


def regions() -> list[tuple[str, str]]:
    """The regions of the city that an address may name: the city, its districts, their streets."""
    city = city_region()
    if city is None:
        return []
    rows = Region.objects.filter(
        path__under=city.path, level__in=("city", "county", "street"), is_current=True
    )
    is_english = (get_language() or "").startswith("en")
    found = rows.order_by("code").values_list("code", "name", "name_en")
    return [(code, f"{(english if is_english else '') or name} {code}") for code, name, english in found]


def _widget(declared: Declared, name: str) -> forms.Widget:
    kind = declared.get("x-kind", "")
    blank = ("", "–")
    if declared["type"] == "array":
        if "enum" in declared["items"]:
            return forms.CheckboxSelectMultiple(choices=_choices(declared["items"]))
        return forms.Textarea(attrs={"rows": 3})
    if declared["type"] == "boolean":
        if declared.get("const"):
            return forms.CheckboxInput()
        return forms.Select(choices=[blank, ("true", _("Yes")), ("false", _("No"))])
    if "enum" in declared:
        return forms.Select(choices=[blank, *_choices(declared)])
    if kind == "region":
        return forms.Select(choices=[blank, *regions()])
    if kind == "long":
        return forms.Textarea(attrs={"rows": 4, "maxlength": declared.get("maxLength", 20_000)})
    return forms.TextInput(attrs=_attributes(declared, name))


def _attributes(declared: Declared, name: str) -> dict[str, Any]:
    form = declared.get("format", "")
    found: dict[str, Any] = {"type": "text"}
    if form == "date":
        found["type"] = "date"
    elif form in INPUT_MODES:
        found["inputmode"] = INPUT_MODES[form]
    elif declared["type"] in ("number", "integer"):
        found["inputmode"] = "decimal" if declared["type"] == "number" else "numeric"
    if "maxLength" in declared:
        found["maxlength"] = declared["maxLength"]
    if declared.get("x-from") in AUTOCOMPLETE and "." not in name:
        found["autocomplete"] = AUTOCOMPLETE[declared["x-from"]]
    if declared.get("x-kind") == "address":
        found |= {"autocomplete": "off", "data-address": ""}
    return found


def _named(declared: Declared) -> str:
    unit = declared.get("x-unit", "元" if declared.get("x-kind") == "money" else "")
    return in_words(declared) + (f" ({unit})" if unit else "")


def _bounds(least: int, most: int) -> str:
    """How many rows are asked for, in words; ``most`` is 0 where nothing is said of it."""
    told = {"least": least, "most": most}
    if least and most == least:
        return gettext("Exactly %(least)s.") % told
    if least and most:
        return gettext("At least %(least)s, at most %(most)s.") % told
    if least:
        return gettext("At least %(least)s.") % told
    return gettext("At most %(most)s.") % told if most else ""


class AnswersForm(ProblemForm):
    """The fields of a form under their flat names, holding what was sent; it judges nothing itself."""

    template_name = "services/form/nodes.html"

    def __init__(
        self, form: Form, given: Given, files: Mapping[str, Any], answers: Mapping[str, Any]
    ) -> None:
        self._sent = _Sent(given)
        super().__init__(self._sent, auto_id="f-%s")
        self._given, self._files = given, files
        self.nodes = list(self._build(form.schema, "", answers))

    def _build(self, schema: Declared, before: str, answers: Mapping[str, Any]) -> Iterator[Node]:
        gone, needed = hidden(schema, answers), demanded(schema, answers)
        for name, declared in schema["properties"].items():
            node = self._node(declared, before + name, answers.get(name), name in needed)
            node.is_hidden = name in gone
            yield node

    def _node(self, declared: Declared, name: str, value: Any, is_needed: bool) -> Node:
        node = Node(name, in_words(declared), in_words(declared, "description"))
        if declared["type"] == "object":
            node.nodes = list(self._build(declared, f"{name}.", value if isinstance(value, dict) else {}))
        elif declared["type"] == "array" and declared["items"]["type"] == "object":
            self._rows(node, declared, value if isinstance(value, list) else [])
        else:
            self._field(node, declared, is_needed)
        return node

    def _rows(self, node: Node, declared: Declared, rows: list[Any]) -> None:
        node.is_list = True
        count, (least, most) = shown_rows(declared, self._given, node.name), bounds_of(declared)
        for number in range(count):
            name = f"{node.name}.{number}"
            row = rows[number] if number < len(rows) and isinstance(rows[number], dict) else {}
            title = f"{node.title} {number + 1}"
            node.rows.append(Node(name, title, nodes=list(self._build(declared["items"], f"{name}.", row))))
        node.bounds = _bounds(least, most if "maxItems" in declared else 0)
        node.can_add = count < most
        node.can_remove = count > least
        self._sent[f"{node.name}.{COUNT}"] = str(count)
        counter = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields[f"{node.name}.{COUNT}"] = counter
        node.bound = self[f"{node.name}.{COUNT}"]

    def _field(self, node: Node, declared: Declared, is_needed: bool) -> None:
        is_file = declared.get("x-kind") == "file"
        widget = forms.HiddenInput() if is_file else _widget(declared, node.name)
        made = forms.Field(
            required=False, widget=widget, label=_named(declared), help_text="" if is_file else node.hint
        )
        self.fields[node.name] = made
        node.bound = self[node.name]
        made.required = is_needed
        widget.is_required = False  # the browser's own check would stop what a rule no longer asks
        node.is_choice = isinstance(widget, forms.CheckboxSelectMultiple)
        if is_file:
            node.file = self._files.get(node.name, {"is_empty": True})
            node.is_readable = "x-read" in declared

    def asked_for(self) -> list[str]:
        """All of them: the declaration says what is missing."""
        return [name for name, one in self.fields.items() if one.required]

    def part(self, name: str) -> Node | None:
        """The part with this name."""
        return next((node for node in _all(self.nodes) if node.name == name), None)

    @property
    def wrong(self) -> list[Node]:
        """The parts at which something is wrong, in the order of the page."""
        return [node for node in _all(self.nodes) if node.errors and not node.is_hidden]


def _all(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(node.nodes)
        yield from _all(node.rows)


class _Sent(dict[str, Any]):
    """What was sent, as Django's widgets read it."""

    def __init__(self, given: Given) -> None:
        super().__init__({name: values[-1] for name, values in given.items() if values})
        self._given = given

    def getlist(self, name: str) -> list[str]:
        """All values under a name."""
        return list(self._given.get(name, ()))

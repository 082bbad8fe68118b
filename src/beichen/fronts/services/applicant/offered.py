"""What an application is for: an item, or a bundle whose items ask for everything as one.

A bundle's form, questions and papers are those of the items that its answers need so far: a part that is
left out asks for nothing, one of which that is not known yet demands nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from beichen.fronts.services.affair.acting import newest
from beichen.fronts.services.affair.values import read_fields
from beichen.fronts.services.declaration import Field, read_process
from beichen.fronts.services.forms.models import FormVersion
from beichen.fronts.services.forms.service import (
    Form,
    Given,
    form_of,
    form_of_fields,
    form_of_process,
    form_of_version,
)
from beichen.fronts.services.items import service as items
from beichen.fronts.services.items.models import ServiceBundle, ServiceItem
from beichen.fronts.services.items.whole import Whole
from beichen.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Offered:
    """What is applied for: what it asks for now, its form, what it promises.

    ``whole`` is of a bundle, ``needed`` are those of its items that the answers need so far.
    """

    row: ServiceItem | ServiceBundle
    item: items.Item
    form: Form
    promised: str
    whole: Whole | None = None
    needed: tuple[str, ...] = ()

    @property
    def asked_form(self) -> Form:
        """The form of the guided check."""
        return form_of_fields(self.item.ask, self.item.ask)

    @property
    def keys(self) -> list[str]:
        """The items for which somebody must be allowed to act."""
        return list(self.whole.items) if self.whole is not None else [self.row.key]

    @property
    def within(self) -> dict[str, str]:
        """The papers that a part of the bundle gives to those after it, each with the name of that part."""
        if self.whole is None:
            return {}
        found = self.whole.within(self.needed)
        return {key: self.whole.rows[of].label for key, of in found.items()}

    def fee(self, values: Mapping[str, Any]) -> int:
        """What it costs, in fen."""
        if self.whole is not None:
            return self.whole.fee(values)
        return items.price(self.item.fee, values).amount


def find_offered(key: str) -> ServiceItem | ServiceBundle:
    """The item or the bundle of this key: no two have the same. Raises ProblemError SRV-401."""
    row = ServiceBundle.objects.filter(key=key.replace("\x00", "")[:60], is_offered=True).first()
    return row if row is not None else items.item(key)


def declared_form(row: ServiceItem | ServiceBundle) -> Form | None:
    """The newest version of the form that its scene declares for it; None when none is."""
    key = row.form if isinstance(row, ServiceItem) else items.read_bundle(row.declared).form
    return (form_of(row.scene, key) or form_of("", key)) if key else None


def offer(
    row: ServiceItem | ServiceBundle, given: Given, asked: Given, version: FormVersion | None = None
) -> Offered:
    """What is asked for by what was answered so far; ``version`` is of the form that a draft was begun with.

    Raises ProblemError SRV-401 for a bundle one of whose items is not offered any more.
    """
    if isinstance(row, ServiceItem):
        item, process = items.read_item(row), read_process(newest(row.process).declared)
        form = form_of_version(version) if version is not None else form_of_process(process)
        return Offered(row, item, form, item.promised or process.promised)
    whole = Whole(row)
    values = _values(whole, given, asked, version)
    item = whole.as_item(values)
    form = form_of_version(version) if version is not None else _form(whole, values)
    return Offered(row, item, form, item.promised, whole, tuple(whole.needed(values)))


def _values(whole: Whole, given: Given, asked: Given, version: FormVersion | None) -> dict[str, Any]:
    """What of the answers can be read so far, by which it is told which items are needed."""
    form = form_of_version(version) if version is not None else _merged(whole, whole.items, ())
    questions: dict[str, Field] = {}
    for one in whole.items.values():
        questions |= one.ask
    told = {**form_of_fields(questions, questions).read(asked), **form.read(given)}
    fields = whole.fields(whole.items)
    found: dict[str, Any] = {}
    for name in fields.keys() & told.keys():
        try:
            found |= read_fields(fields, [name], {name: told[name]}, partly=True)
        except ProblemError:
            continue  # what is wrong is told where the form is judged
    return found


def _form(whole: Whole, values: Mapping[str, Any]) -> Form:
    return _merged(whole, whole.needed(values), whole.settled(values))


def _merged(whole: Whole, keys: Iterable[str], settled: Iterable[str]) -> Form:
    """One form of those of the items: each field once; what a part demands that is needed for certain."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    rules: list[Any] = []
    certain = set(settled)
    for key in keys:
        schema = _part(whole, key).schema
        properties |= {name: one for name, one in schema["properties"].items() if name not in properties}
        rules += [one for one in schema.get("allOf", ()) if one not in rules]
        if key in certain:
            required += [name for name in schema.get("required", ()) if name not in required]
    name = whole.declared.name
    schema = {
        "type": "object",
        "title": name.zh,
        "x-title-en": name.en,
        "properties": properties,
        "required": required,
    }
    return Form({**schema, "allOf": rules} if rules else schema)


def _part(whole: Whole, key: str) -> Form:
    return declared_form(whole.rows[key]) or form_of_process(whole.processes[key])

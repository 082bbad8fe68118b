"""The form of an analysis, made of its parameters; what the service refuses stands beside its field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.platforms.geo.analysis.kinds import Kind
from beichen.platforms.geo.analysis.parameters import Form, Parameter
from beichen.web.forms import ProblemForm

LAYER_LIST = "layer-names"  # the id of the list that proposes layers


class AnalysisForm(ProblemForm):
    """The fields of one kind of analysis, and a title for the result."""

    fallback = "title"
    title = forms.CharField(
        label=_("Title of the result"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, kind: Kind, **more: Any) -> None:
        super().__init__(data, **more)
        self.kind = kind
        title = self.fields.pop("title")
        for one in kind.parameters:
            self.fields[one.name] = _field(one)
        self.fields["title"] = title

    def asked_for(self) -> Iterable[str]:
        """The service tells what is missing."""
        return [one.name for one in self.kind.parameters if one.is_needed]

    def values(self) -> dict[str, Any]:
        """What was filled in, by parameter."""
        names = [one.name for one in self.kind.parameters]
        return {name: self.cleaned_data.get(name) for name in names}


def _shown(default: Any) -> Any:
    return "; ".join(default) if isinstance(default, list) else default


def _field(one: Parameter) -> forms.Field:
    needed = one.is_needed
    words: dict[str, Any] = {"label": one.title, "help_text": one.hint}
    if one.form == Form.FLAG:
        return forms.BooleanField(required=False, **words)
    if one.form == Form.CHOICE:
        return forms.ChoiceField(choices=list(one.choices), initial=one.default, required=needed, **words)
    if one.form in (Form.NUMBER, Form.INTEGER):
        words["label"] = f"{one.title} ({one.unit})" if one.unit else one.title
        step = "1" if one.form == Form.INTEGER else "any"
        widget = forms.NumberInput(attrs={"min": f"{one.least:g}", "max": f"{one.most:g}", "step": step})
        initial = f"{one.default:g}" if one.default is not None else None
        return forms.CharField(widget=widget, initial=initial, required=needed, **words)
    if one.form == Form.LAYERS and not one.default:
        area = forms.Textarea(attrs={"rows": 4, "autocomplete": "off"})
        return forms.CharField(widget=area, required=needed, max_length=4_000, **words)
    attributes = {"autocomplete": "off"}
    if one.form == Form.LAYER:
        attributes["list"] = LAYER_LIST
    return forms.CharField(
        widget=forms.TextInput(attrs=attributes),
        initial=_shown(one.default),
        required=needed,
        max_length=4_000,
        **words,
    )

"""The forms of the room: read a code, withdraw one, enter a gate, grant, print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.codes.labels import LAYOUTS
from beichen.fronts.codes.models import CODE_LENGTH
from beichen.web.forms import ProblemForm

Choices = Sequence[tuple[str, Any]]


class ScanForm(ProblemForm):
    """A text that was scanned, and for whom and what a person's code is read."""

    fallback = "text"
    text = forms.CharField(
        label=_("Code, or what the scanner read"),
        max_length=2000,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        help_text=_("The code on a thing, the address of one, or the code that a person shows."),
    )
    point = forms.ChoiceField(label=_("I read codes of people for"), required=False)

    def __init__(self, points: Choices, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        choice = self.fields["point"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101
        choice.choices = list(points)
        if not points:
            del self.fields["point"]


class StickerForm(ProblemForm):
    """What happens to a printed code, and why."""

    fallback = "code"
    code = forms.CharField(
        label=_("Code on the sticker"),
        max_length=CODE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    step = forms.ChoiceField(
        label=pgettext("sticker", "What to do with it"),
        choices=[
            ("reissue", _("Reissue it: the next print is good, the sticker outside is not")),
            ("withdraw", _("Withdraw it: no sticker of this code counts")),
        ],
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class GateForm(ProblemForm):
    """A gate that is entered."""

    fallback = "key"
    key = forms.CharField(
        label=_("Key of the gate"),
        max_length=60,
        help_text=_("Lower-case words with hyphens: library-door-1"),
    )
    name = forms.CharField(label=_("Name of the gate"), max_length=100)
    place = forms.CharField(
        label=pgettext("gate", "Where it stands"),
        max_length=100,
        help_text=_("People see it in the list of who read their codes."),
    )
    reader = forms.ChoiceField(label=_("Who reads"))
    entitlements = forms.MultipleChoiceField(
        label=_("What it opens for"), widget=forms.CheckboxSelectMultiple
    )
    takes = forms.BooleanField(label=_("Each pass takes one from the counter"), required=False)

    def __init__(self, readers: Choices, entitlements: Choices, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name, choices in (("reader", readers), ("entitlements", entitlements)):
            choice = self.fields[name]
            assert isinstance(choice, forms.ChoiceField)  # noqa: S101
            choice.choices = list(choices)


class GrantForm(ProblemForm):
    """Who is granted what."""

    fallback = "person"
    person = forms.CharField(
        label=_("Code of the person"), max_length=16, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    entitlement = forms.ChoiceField(label=_("Entitlement"))

    def __init__(self, entitlements: Choices, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        choice = self.fields["entitlement"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101
        choice.choices = list(entitlements)


class GrantStateForm(ProblemForm):
    """Suspend, resume or revoke a grant."""

    fallback = "step"
    number = forms.IntegerField(label=_("Number of the grant"), min_value=1, max_value=2**53)
    step = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            ("suspend", _("Suspend it")),
            ("resume", _("Let it count again")),
            ("revoke", _("Revoke it for ever")),
        ],
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AskForm(ProblemForm):
    """Why somebody wants back what was taken."""

    fallback = "wish"
    wish = forms.CharField(
        label=pgettext("return", "What happened"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who decides reads this, and not who you are: write nothing that says so."),
    )


class ReturnForm(ProblemForm):
    """What becomes of what a gate took."""

    fallback = "reference"
    reference = forms.CharField(
        label=_("Number of the reading"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The person sees it in the list of who read their codes; a gate is answered it."),
    )
    step = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            ("give", pgettext("return", "Give it back")),
            ("refuse", pgettext("return", "Do not give it back")),
            ("undo", pgettext("return", "Take it again: it was given back by mistake")),
        ],
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The person reads it."))


class PrintForm(ProblemForm):
    """Which labels are printed, and on what."""

    fallback = "type"
    type = forms.ChoiceField(label=_("Type of object"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    text = forms.CharField(label=_("Code, or the beginning of the name"), max_length=100, required=False)
    codes = forms.CharField(
        label=_("Or these codes, one a line"),
        required=False,
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    layout = forms.ChoiceField(
        label=pgettext("print", "Sheet"), choices=[(one.key, one.name) for one in LAYOUTS.values()]
    )

    def __init__(self, types: Choices, regions: Choices, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name, choices in (("type", types), ("region", regions)):
            choice = self.fields[name]
            assert isinstance(choice, forms.ChoiceField)  # noqa: S101
            choice.choices = [("", "–"), *choices]

    def asked_for(self) -> Iterable[str]:
        """The service tells what is missing."""
        return ()

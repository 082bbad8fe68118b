"""The forms of the pages of messages; what a service refuses shows beside the field that it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.kernel.org.models import Person
from beichen.platforms.comms.addresses import MUTABLE
from beichen.platforms.comms.duty import MOST_WEEKS
from beichen.platforms.comms.models import Roster
from beichen.web.forms import ProblemForm


class MomentField(forms.DateTimeField):
    """A day and a time, entered with the browser's own calendar, in the city's zone."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)


class HourField(forms.TimeField):
    """A time of the day."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(widget=widget, required=False, **options)


class ShiftForm(ProblemForm):
    """Somebody is on duty from a time until a time, in one week or several."""

    person = forms.ChoiceField(label=_("Person on duty"))
    starts = MomentField(label=pgettext("shift", "From"))
    ends = MomentField(label=pgettext("shift", "Until"))
    weeks = forms.IntegerField(label=_("In how many weeks"), min_value=1, max_value=MOST_WEEKS, initial=1)
    note = forms.CharField(label=_("Note on the shift"), max_length=200, required=False)
    fallback = "starts"

    def __init__(self, *args: Any, roster: Roster, people: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{roster.key}-%s", **options})
        self.roster = roster
        self._people = {person.code: person for person in people}
        choice = self.fields["person"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "–"), *((person.code, person.name) for person in people)]

    def chosen(self) -> Person:
        """Whom the form puts on duty, once it is valid."""
        return self._people[self.cleaned_data["person"]]


class PreferencesForm(ProblemForm):
    """How a person is reached."""

    language = forms.ChoiceField(label=_("Language of messages"), choices=[("zh", "中文"), ("en", "English")])
    mail = forms.CharField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Empty: the address that the city knows."),
    )
    phone = forms.CharField(
        label=_("Telephone for text messages"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Empty: the number that the city knows."),
    )
    muted = forms.MultipleChoiceField(
        label=_("Only urgent messages by"),
        choices=[(name.value, name.label) for name in MUTABLE],
        required=False,
        widget=forms.SelectMultiple(attrs={"size": len(MUTABLE)}),
    )
    quiet_from = HourField(label=_("Quiet from"))
    quiet_until = HourField(label=_("Quiet until"), help_text=_("Urgent messages come all the same."))
    fallback = "mail"


class CityQuietForm(ProblemForm):
    """The hours in which nobody is disturbed by what can wait."""

    quiet_from = HourField(label=_("Quiet from"))
    quiet_until = HourField(label=_("Quiet until"), help_text=_("Leave both empty for none."))
    fallback = "quiet_from"


class PurposeForm(ProblemForm):
    """What an address is looked at for."""

    purpose = forms.CharField(label=_("What for"), max_length=200)
    fallback = "purpose"

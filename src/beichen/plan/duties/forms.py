"""The forms of the duties' pages; what a service refuses shows beside the field that it concerns."""

from __future__ import annotations

from datetime import date
from typing import Any, BinaryIO, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from beichen.kernel.org.models import Body
from beichen.plan.duties.service import Upload
from beichen.plan.duties.words import Length, State
from beichen.problem import ProblemError
from beichen.web.wording import in_words


class DutyForm(forms.Form):
    """A form of this room; ``fallback`` is the field that takes problems that name no field of it."""

    fallback = ""
    asked: tuple[str, ...] = ()
    """Required fields whose absence the service tells, so that all mistakes are told at once."""

    def full_clean(self) -> None:
        for name in self.asked:
            self.fields[name].required = False
        super().full_clean()
        for name in self.asked:
            self.fields[name].required = True

    def take(self, error: ProblemError) -> None:
        """Show every problem beside its field."""
        for problem in error.problems:
            name = problem.where.field or ""
            if name not in self.fields:
                is_file = problem.code.startswith("FIL") and "evidence" in self.fields
                name = "evidence" if is_file else self.fallback
            self.add_error(name or None, in_words(problem))


class DayField(forms.DateField):
    """A day, entered with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)


def body_field(label: Any) -> forms.ModelChoiceField[Body]:
    """One of the city's bodies, by its key."""
    rows = Body.objects.filter(is_current=True).order_by("path")
    return forms.ModelChoiceField(rows, to_field_name="key", label=label, required=False)


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files; on a phone the camera is offered too."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class FilesField(forms.FileField):
    """Several files."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", FilesInput)
        super().__init__(required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Every file by itself; empty files are refused."""
        files = data if isinstance(data, list | tuple) else [data]
        return [file for one in files if (file := super(FilesField, self).clean(one, initial))]


def uploads(files: list[UploadedFile[Any]]) -> list[Upload]:
    """The files of a form as the service takes them."""
    return [Upload(file.name or "file", cast("BinaryIO", file.file)) for file in files]


def _words(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class AssignForm(DutyForm):
    """Who answers for duties; what is left empty stays as it is."""

    lead = body_field(_("Who leads"))
    supporting = forms.ModelMultipleChoiceField(
        Body.objects.filter(is_current=True).order_by("path"),
        to_field_name="key",
        label=_("Supporting bodies"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    deadline = DayField(label=_("Deadline"), required=False)
    reason = forms.CharField(label=_("Reason or decision"), max_length=300)
    fallback = "reason"
    asked = ("reason",)


class MilestoneForm(DutyForm):
    """A step on the way, with its day."""

    title = forms.CharField(label=_("What is reached"), max_length=200)
    due = DayField(label=_("By"))
    fallback = "title"


class FinishForm(DutyForm):
    """That a milestone is done, and how it is known."""

    done_on = DayField(label=_("Done on"))
    note = forms.CharField(label=_("How it is known"), widget=_words(2), required=False, max_length=2000)
    evidence = FilesField(label=_("Evidence"))
    fallback = "note"


class ReportForm(DutyForm):
    """What a body reports on a duty for a period."""

    state = forms.ChoiceField(label=_("How far it is"), choices=State.choices)
    percent = forms.IntegerField(
        label=_("Percent done"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    done_on = DayField(label=_("Done on"), required=False, help_text=_("Only when it is done."))
    text = forms.CharField(label=_("What was done in the period"), widget=_words(5), max_length=8000)
    problems = forms.CharField(
        label=_("Problems, and what is needed"), widget=_words(3), required=False, max_length=8000
    )
    evidence = FilesField(label=_("Evidence"), help_text=_("Pictures, PDF, Word, Excel; at most 30 MB each."))
    fallback = "state"
    asked = ("text",)


class ReasonForm(DutyForm):
    """Why a report is given back."""

    reason = forms.CharField(label=_("What is missing"), widget=_words(2), max_length=500)
    fallback = "reason"
    asked = ("reason",)


class NoteForm(DutyForm):
    """A supervision note."""

    title = forms.CharField(label=_("About"), max_length=200)
    text = forms.CharField(label=_("What is asked"), widget=_words(4), max_length=8000)
    due = DayField(label=_("Answer by"))
    fallback = "title"


class AnswerForm(DutyForm):
    """The answer to a note."""

    text = forms.CharField(label=_("Answer"), widget=_words(5), max_length=8000)
    evidence = FilesField(label=_("Evidence"))
    fallback = "text"


class VerdictForm(DutyForm):
    """What the supervisor found: the note is closed, or asked again by a day."""

    text = forms.CharField(label=_("What was found"), widget=_words(3), max_length=8000)
    due = DayField(label=_("If asked again: answer by"), required=False)
    fallback = "text"
    asked = ("text",)


class RoundForm(DutyForm):
    """The period of a new round."""

    period = forms.ChoiceField(label=_("Period"))
    fallback = "period"

    def __init__(self, *args: Any, periods: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["period"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = periods


class RuleForm(DutyForm):
    """How bodies report."""

    length = forms.ChoiceField(label=_("Bodies report"), choices=Length.choices)
    working_days = forms.IntegerField(
        label=_("Within working days after the period"), min_value=1, max_value=60
    )
    remind_days = forms.IntegerField(label=_("Reminded working days before"), min_value=0, max_value=60)
    fallback = "working_days"


class SheetForm(DutyForm):
    """An assignment list that comes back."""

    file = forms.FileField(
        label=_("Assignment list (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    reason = forms.CharField(label=_("Reason or decision"), max_length=300)
    fallback = "file"


def end_of(year: int) -> date:
    """The last day of a plan, which forms offer as a deadline."""
    return date(year, 12, 31)

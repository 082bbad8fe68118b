"""The form of news."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.kernel.org.models import Body
from beichen.web.forms import ProblemForm

DAY, ISO = {"type": "date"}, "%Y-%m-%d"  # what browsers write and read


class NewsForm(ProblemForm):
    """News in Chinese, in English where somebody writes it, of one of the writer's bodies."""

    fallback = "title"
    title = forms.CharField(label=_("Title in Chinese"), max_length=120)
    text = forms.CharField(
        label=_("Words in Chinese"),
        help_text=_("Plain words; an empty line parts paragraphs."),
        widget=forms.Textarea({"rows": 10}),
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    text_en = forms.CharField(label=_("Words in English"), required=False, widget=forms.Textarea({"rows": 6}))
    body = forms.ChoiceField(label=_("Body"))
    since = forms.DateField(label=_("Shown from"), widget=forms.DateInput(DAY, ISO))
    until = forms.DateField(label=_("Shown until"), required=False, widget=forms.DateInput(DAY, ISO))

    def __init__(self, bodies: list[Body], *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        choices = [(one.key, one.name) for one in bodies]
        self.fields["body"] = forms.ChoiceField(label=_("Body"), choices=choices)

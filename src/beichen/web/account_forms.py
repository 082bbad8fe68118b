"""Forms of opening an account: an address, a code, a name, a password."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from beichen.web.forms import ProblemForm


class ContactForm(ProblemForm):
    """Where a code is sent."""

    fallback = "contact"
    contact = forms.CharField(
        label=_("Mobile number or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class CodeForm(ProblemForm):
    """The six digits."""

    fallback = "code"
    code = forms.CharField(
        label=_("Code that was sent"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PasswordForm(ProblemForm):
    """A password; one field that can be shown is typed more surely than two that cannot."""

    fallback = "password"
    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        help_text=_("At least ten characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NameForm(PasswordForm):
    """What somebody is called, and a password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=50,
        help_text=_("As it stands on your identity paper, so that a window can confirm it later."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "password")

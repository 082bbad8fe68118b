"""The form of signing in: the library's, without its own way to a new password; it says what may be typed."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """The page itself leads to `/account/recover`."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["password"].help_text = ""
        self.fields["login"].label = _("Mobile number, e-mail address or user name")
        self.fields["login"].widget.attrs["placeholder"] = ""

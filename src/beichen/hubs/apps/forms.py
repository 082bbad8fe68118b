"""The form of a system that connects; what the service refuses shows beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beichen.hubs.apps.words import LEVEL_WORDS, SCOPE_WORDS
from beichen.kernel.access.models import RelyingParty
from beichen.kernel.access.openid.service import DEMANDED, OPENID, PartyFacts
from beichen.web.forms import ProblemForm

_LINES = {"rows": 3}


class PartyForm(ProblemForm):
    """What a system states of itself."""

    fallback = "key"

    key = forms.CharField(
        label=_("Its key (client_id)"),
        max_length=60,
        help_text=_("Small letters, digits, hyphens; it never changes."),
    )
    name = forms.CharField(label=_("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    purpose = forms.CharField(
        label=_("What it needs people's data for, in Chinese"),
        max_length=300,
        help_text=_("People read this before they allow it."),
    )
    purpose_en = forms.CharField(label=_("The same in English"), max_length=300, required=False)
    body = forms.CharField(label=_("Whose system it is: the body's key"), max_length=80)
    redirect_uris = forms.CharField(
        label=_("Where people come back to"),
        widget=forms.Textarea(attrs=_LINES),
        required=False,
        help_text=_("One address a line, compared letter by letter; https, or http on the machine itself."),
    )
    logout_uris = forms.CharField(
        label=_("Where people may go after signing out"),
        widget=forms.Textarea(attrs=_LINES),
        required=False,
        help_text=_("One address a line."),
    )
    backchannel_uri = forms.CharField(
        label=_("Where its server is told that somebody signed out"), max_length=500, required=False
    )
    is_public = forms.BooleanField(
        label=_("It can keep no secret: an app on a telephone, a page in a browser"), required=False
    )
    needs_two_steps = forms.BooleanField(label=_("People sign in to it in two steps"), required=False)
    needs_identity = forms.ChoiceField(
        label=_("How well who signs in to it must be known"),
        required=False,
        choices=[("", _("Whatever they state themselves")), *((key, LEVEL_WORDS[key]) for key in DEMANDED)],
    )
    is_trusted = forms.BooleanField(
        label=_("The city's own: people are not asked for their name and posts"), required=False
    )

    def __init__(self, *args: object, is_new: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for scope, (label, _about) in SCOPE_WORDS.items():
            if scope != OPENID:
                self.fields[f"scope_{scope}"] = forms.BooleanField(
                    label=gettext("May ask for: %(what)s") % {"what": label}, required=False
                )
        if not is_new:
            for name in ("key", "is_public"):
                self.fields[name].disabled = True

    def field_of(self, name: str) -> str:
        """Scopes are many fields; the first shows what is wrong with them."""
        return "scope_profile" if name == "scopes" else super().field_of(name)

    def facts(self) -> PartyFacts:
        """What was filled in."""
        given = dict(self.cleaned_data)
        scopes = [
            key.removeprefix("scope_") for key in list(given) if key.startswith("scope_") and given.pop(key)
        ]
        lines: dict[str, Any] = {
            name: tuple(dict.fromkeys(line.strip() for line in given.pop(name).splitlines() if line.strip()))
            for name in ("redirect_uris", "logout_uris")
        }
        values = {key: value for key, value in given.items() if not key.startswith("scope_")}
        return PartyFacts(scopes=(OPENID, *scopes), **lines, **values)


def initial_of(row: RelyingParty) -> dict[str, object]:
    """A system as its form shows it."""
    plain = ("key", "name", "name_en", "purpose", "purpose_en", "backchannel_uri", "needs_identity")
    switches = ("is_public", "needs_two_steps", "is_trusted")
    return {
        **{name: getattr(row, name) for name in (*plain, *switches)},
        "body": row.body.key,
        "redirect_uris": "\n".join(row.redirect_uris),
        "logout_uris": "\n".join(row.logout_uris),
        **{f"scope_{scope}": True for scope in row.scopes},
    }

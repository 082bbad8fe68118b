"""What scopes and levels are called on pages, and the names of systems in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from beichen.kernel.access.models import RelyingParty
from beichen.kernel.access.openid import service as openid
from beichen.kernel.org.models import Person
from beichen.web.wording import listed

SCOPE_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "openid": (
        gettext_lazy("That it is you"),
        gettext_lazy("A number that this system alone knows you by; no other system can compare it."),
    ),
    "profile": (gettext_lazy("Your name"), gettext_lazy("As it is kept here.")),
    "identity": (
        gettext_lazy("How well your identity is known"),
        gettext_lazy("Whether, when and how it was checked who you are, and the name that this confirmed."),
    ),
    "posts": (gettext_lazy("Your posts"), gettext_lazy("The bodies, regions and roles in which you serve.")),
    "acting_for": (
        gettext_lazy("For whom you act"),
        gettext_lazy("Yourself, or the firm or person that you choose now."),
    ),
    "email": (gettext_lazy("Your e-mail address"), gettext_lazy("Personal: told only if you tick it.")),
    "phone": (gettext_lazy("Your telephone number"), gettext_lazy("Personal: told only if you tick it.")),
    "offline_access": (
        gettext_lazy("To stay signed in"),
        gettext_lazy("The system may ask again while you are away, for thirty days at most."),
    ),
}


LEVEL_WORDS: dict[str, Promise] = {
    "low": gettext_lazy("As you state it yourself"),
    "substantial": gettext_lazy("Checked at a window"),
    "high": gettext_lazy("Vouched for by the city's identity provider"),
}


def is_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "") == "en"


def party_name(party: RelyingParty) -> str:
    """What a system is called."""
    return (party.name_en or party.name) if is_english() else party.name


def party_purpose(party: RelyingParty) -> str:
    """What it needs people's data for."""
    return (party.purpose_en or party.purpose) if is_english() else party.purpose


def body_name(party: RelyingParty) -> str:
    """Whose system it is."""
    return (party.body.name_en or party.body.name) if is_english() else party.body.name


def scope_names(scopes: list[str]) -> str:
    """Scopes as a list in words."""
    return listed(str(SCOPE_WORDS[scope][0]) for scope in scopes if scope in SCOPE_WORDS)


def claim_names(claims: list[str]) -> str:
    """What was told, by the scopes to which the claims belong."""
    return scope_names([key for key, scope in openid.SCOPES.items() if set(scope.claims) & set(claims)])


def value_of(scope: str, person: Person | None) -> str:
    """What exactly would be told, so that people see it before they allow it."""
    told = openid.told_of(person, [scope])
    if scope == "posts":
        return "; ".join(
            f"{post['body_name']} {post['title'] or post['role']}" for post in told.get("posts", [])
        )
    if scope == "identity":
        verified = told.get("verified_claims")
        level = LEVEL_WORDS[verified["verification"]["assurance_level"] if verified else "low"]
        return listed([str(level), *(verified["claims"].values() if verified else ())])
    found = next((str(value) for key, value in told.items() if not key.endswith("_verified")), "")
    return found or (
        "" if scope in {"openid", "acting_for", "offline_access"} else _("(nothing is kept here)")
    )

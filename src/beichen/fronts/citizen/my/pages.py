"""What the pages of `/my` share: who is signed in, the rows of the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from beichen.kernel.access.models import Account
from beichen.kernel.org.models import Person
from beichen.platforms.ledger.models import CertificateKind
from beichen.web.links import Link

View = Callable[..., HttpResponseBase]


def own(view: View) -> View:
    """A page for who is signed in, kept by no cache between."""
    shown: View = never_cache(login_required(view))
    return shown


def person_of(request: HttpRequest) -> Person:
    """Who is signed in. Raises Http404 for an account that stands for nobody."""
    account = request.user
    person = account.person if isinstance(account, Account) else None
    if person is None:
        raise Http404
    return person


def certificate_name(kind: CertificateKind) -> str:
    """What a kind of certificates is called in the reader's language."""
    return str(kind.name_en if get_language() == "en" else kind.name)


def crumbs(title: str) -> list[Link]:
    """From `/my` to a page of it."""
    return [Link(_("My things"), reverse("citizen:my")), Link(title)]


def frame(title: str, **more: Any) -> dict[str, Any]:
    """Variables of a page of `/my`."""
    return {"title": title, "crumbs": crumbs(title), **more}

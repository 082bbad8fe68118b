"""`/my/representation`: who acts for me and for firms that I head, for whom I act; grant and end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from beichen.fronts.citizen.my.pages import frame, own, person_of
from beichen.kernel.access import service as access
from beichen.kernel.access.models import Representation
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, Where, code, said
from beichen.web.forms import ProblemForm
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import listed

NO_PERSON = code("CIT-104", "Nobody has this code.", status=422)
GRANT_RATE = "30/hour"
MOST = 500
_KINDS = {
    "legal": gettext_lazy("Legal representative"),
    "staff": gettext_lazy("Staff"),
    "agent": gettext_lazy("Agent"),
    "parent": gettext_lazy("Parent or guardian"),
}
_DIRECTIONS = [("for-me", gettext_lazy("Acts for me")), ("i-act", gettext_lazy("I act"))]
_STATES = [("holds", gettext_lazy("Holds")), ("over", gettext_lazy("No longer holds"))]


class GrantForm(ProblemForm):
    """Whom one lets act, for whom, in what, until when."""

    fallback = "code"
    subject = forms.ChoiceField(label=gettext_lazy("Act for"))
    code = forms.CharField(
        label=gettext_lazy("Code of the person who is to act"),
        max_length=20,
        help_text=gettext_lazy("It stands at the head of their own page “My things”; ask them for it."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("As"), choices=[(key, _KINDS[key]) for key in ("staff", "agent")]
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def field_of(self, name: str) -> str:
        return "code" if name == "representative" else super().field_of(name)

    @classmethod
    def of(cls, subjects: list[access.Subject], given: Mapping[str, Any] | None = None) -> GrantForm:
        """The form for whom somebody may let others act."""
        form, affairs = cls(given), list(access.affair_names().items())
        chosen = [(one.code, one.name) for one in subjects]
        form.fields["subject"] = forms.ChoiceField(label=_("Act for"), choices=chosen)
        if affairs:
            form.fields["affairs"] = forms.MultipleChoiceField(
                label=_("Only in these affairs"),
                required=False,
                help_text=_("None chosen: in all."),
                widget=forms.CheckboxSelectMultiple,
                choices=affairs,
            )
        return form


@dataclass(frozen=True, slots=True)
class Row:
    """A representation as one side sees it."""

    number: int
    who: str
    subject: str
    kind: str
    affairs: str
    since: datetime
    until: datetime | None
    direction: str
    state: str
    may_end: bool


def _rows(person: Person, heads: list[access.Subject]) -> list[Row]:
    """Both directions, the newest first: two queries."""
    codes = [person.code, *(one.code for one in heads)]
    rows = Representation.objects.select_related("representative")
    others = list(rows.filter(subject_code__in=codes).order_by("-id")[:MOST])
    mine = list(rows.filter(representative=person).order_by("-id")[:MOST])
    names = access.affair_names()
    seen = {row.pk: row for row in (*others, *mine)}
    ordered = sorted(seen.values(), key=lambda row: -row.pk)
    return [_row(row, person, names) for row in ordered]


def _row(row: Representation, person: Person, names: dict[str, str]) -> Row:
    ends = row.revoked_at or row.until
    holds = ends is None or ends > timezone.now()
    is_mine = row.representative_id == person.pk
    return Row(
        number=row.pk,
        who=_("Myself") if is_mine else row.representative.name,
        subject=_("Myself") if row.subject_code == person.code else row.subject_name,
        kind=str(_KINDS[row.kind]),
        affairs=listed(names.get(key, key) for key in row.affairs) or _("all"),
        since=row.since,
        until=ends,
        direction="i-act" if is_mine else "for-me",
        state="holds" if holds else "over",
        may_end=holds and (is_mine or row.kind in ("staff", "agent")),
    )


def _end(row: Row) -> SafeString | str:
    if not row.may_end:
        return ""
    href = reverse("citizen:revoke", args=[row.number])
    return format_html('<a class="button is-small" href="{}">{}</a>', href, _("End it"))


COLUMNS: list[Column[Row]] = [
    Column("who", gettext_lazy("Who acts"), lambda row: row.who, sort=("who",), is_header=True),
    Column("subject", gettext_lazy("For"), lambda row: row.subject, sort=("subject",)),
    Column("kind", gettext_lazy("As"), lambda row: row.kind, sort=("kind",)),
    Column("affairs", gettext_lazy("In"), lambda row: row.affairs),
    Column(
        "since",
        gettext_lazy("Begins"),
        lambda row: row.since,
        lambda row: f"{timezone.localtime(row.since):%Y-%m-%d}",
        ("since",),
    ),
    Column(
        "until",
        gettext_lazy("Until"),
        lambda row: row.until,
        lambda row: f"{timezone.localtime(row.until):%Y-%m-%d}" if row.until else _("without end"),
        ("until",),
    ),
    Column(
        "state",
        gettext_lazy("State"),
        lambda row: str(_("Holds") if row.state == "holds" else _("No longer holds")),
        sort=("state",),
    ),
    Column("end", gettext_lazy("End"), lambda row: "", _end),
]


def _heads(by: Actor) -> list[access.Subject]:
    """The firms for which ``by`` may let others act."""
    return [one for one in access.subjects_of(by) if one.kind == "firm" and access.may_grant(by, one.code)]


@own
@require_http_methods(["GET", "POST"])
def representation(request: HttpRequest) -> HttpResponseBase:
    """Both lists, and the form."""
    person, by = person_of(request), access.acting(request)
    heads = _heads(by)
    own_ = access.Subject(person.code, person.name, "person")
    form = GrantForm.of([own_, *heads], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            access.check_rate("grant", person.code, GRANT_RATE)
            _grant(form, by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("It holds from now on; you can end it at any time."))
            return HttpResponseRedirect(reverse("citizen:representation"))
    table: Table[Row] = Table(
        "representation",
        _("Who acts for whom"),
        _rows(person, heads),
        COLUMNS,
        [
            Filter("direction", gettext_lazy("Direction"), "direction", _DIRECTIONS),
            Filter("state", gettext_lazy("State"), "state", _STATES),
        ],
        ("who", "subject", "kind", "affairs"),
    )
    context = frame(_("Acting for others"), form=form, person=person)
    shown = answer(request, table, "citizen/my/representation.html", context)
    shown.status_code = 422 if form.errors else shown.status_code
    return shown


def _grant(form: GrantForm, *, by: Actor) -> None:
    given = form.cleaned_data
    typed = given["code"].strip().upper()
    someone = Person.objects.filter(code=typed, account__is_active=True).first()
    if someone is None:
        raise ProblemError(Problem(NO_PERSON, said("nobody has this code"), Where(field="code")))
    until = (
        datetime.combine(given["until"], time.max, timezone.get_current_timezone())
        if given["until"]
        else None
    )
    access.grant_representation(
        someone, given["subject"], given["kind"], by=by, until=until, affairs=given.get("affairs", ())
    )


@own
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Ask once, then end it; it works at once."""
    person, by = person_of(request), access.acting(request)
    if request.method == "POST":
        access.revoke_representation(number, by=by)
        messages.success(request, _("It is over."))
        return HttpResponseRedirect(reverse("citizen:representation"))
    found = [row for row in _rows(person, _heads(by)) if row.number == number and row.may_end]
    if not found:
        return HttpResponseRedirect(reverse("citizen:representation"))
    context = frame(_("End it"), row=found[0], **_headed(found[0].number, person))
    return render(request, "citizen/my/revoke.html", context)


def _headed(number: int, person: Person) -> dict[str, Any]:
    """What a head of a firm gives up: whether others head it, and who goes on to act for it."""
    row = Representation.objects.filter(pk=number, kind="legal", representative=person).first()
    if row is None:
        return {}
    staying = access.held_now().filter(subject_code=row.subject_code, kind__in=("staff", "agent"))
    return {"is_head": True, "others": access.other_heads(row), "staying": staying.count()}

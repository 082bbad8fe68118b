"""`/my/codes`: the residents' card, the code that changes, and who read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.codes import service
from beichen.fronts.codes.bodies import with_body
from beichen.fronts.codes.models import Entitlement, Reader, Scan
from beichen.fronts.codes.owning import subject_person
from beichen.fronts.codes.problems import NO_CARD, NO_READER
from beichen.fronts.codes.wording import (
    STANDINGS,
    about,
    answer_words,
    back_cell,
    back_words,
    badge,
    body_name,
    called,
    counted,
    ending,
    hours,
    moment,
)
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import acting, check_rate, chosen_subject
from beichen.kernel.org.models import Person
from beichen.problem import Problem, ProblemError, said
from beichen.settings import settings
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen_proof import code as proof

FRESH_RATE, WITHDRAW_RATE = "40/minute", "10/hour"
View = Callable[..., HttpResponseBase]


def for_person(view: Callable[..., HttpResponseBase]) -> View:
    """A page of the person for whom the reader acts: themselves or a child; without a session the door."""

    @never_cache
    def seen(request: HttpRequest, **named: Any) -> HttpResponseBase:
        account = request.user
        if not isinstance(account, Account) or not account.is_active or account.person is None:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        person = subject_person(chosen_subject(request))
        if person is None:
            raise ProblemError(Problem(NO_CARD, said("a firm has no card"), hint=said("act for a person")))
        return view(request, person, **named)

    return seen


@require_safe
@for_person
def card(request: HttpRequest, person: Person) -> HttpResponse:
    """The card: what one holds, how it stands, to whom it can be shown."""
    held = service.card_of(person, timezone.now())
    readers = {row.key: row for row in with_body(Reader.objects.filter(is_current=True))}
    subject = chosen_subject(request)
    context = {
        "cards": [_card(one, readers) for one in held],
        "others": [(called(row), about(row), body_name(row.grantor)) for row in service.not_held(person)],
        "for_whom": subject.name if subject.representation is not None else "",
    }
    return render(request, "codes/card.html", context)


def _card(held: service.Held, readers: dict[str, Reader]) -> dict[str, Any]:
    row = held.entitlement
    tone, label = STANDINGS[held.standing]
    may_show = held.standing in {service.Standing.GRANTED, service.Standing.NOT_NOW}
    shown = [
        Link(called(readers[key]), reverse("codes:show", args=[row.key, key]))
        for key in row.readers
        if key in readers and may_show
    ]
    return {
        "row": row,
        "name": called(row),
        "about": about(row),
        "badge": badge(tone, label),
        "reason": held.grant.reason if held.grant and not may_show else "",
        "is_demo": held.grant is not None and held.grant.is_demo,
        "until": ending(held.until),
        "counted": counted(held),
        "hours": hours(row),
        "readers": shown,
        "is_unread": may_show and not shown,
    }


def _chosen(entitlement: str, reader: str) -> tuple[Entitlement, Reader]:
    row = service.find_entitlement(entitlement)
    found = Reader.objects.filter(key=reader, is_current=True).first()
    if found is None:
        raise ProblemError(Problem(NO_READER, said("no reader has this key")))
    return row, found


def qr(text: str) -> str:
    """A person's code as SVG; alphanumeric, level M."""
    return str(
        segno.make(text, error="m", micro=False).svg_inline(
            omitsize=True, dark="#000", light="#fff", border=4
        )
    )


def _made(request: HttpRequest, person: Person, entitlement: Entitlement, reader: Reader) -> dict[str, Any]:
    check_rate("codes.fresh", acting(request).key, FRESH_RATE)
    now = timezone.now()
    codes = service.make_codes(person, entitlement, reader, now=now)
    return {
        "now": int(now.timestamp() * 1000),
        "codes": [
            {"text": one.text, "svg": qr(one.text), "from": one.shown_from, "until": one.shown_until}
            for one in codes
        ],
    }


@require_safe
@for_person
def show(request: HttpRequest, person: Person, entitlement: str, reader: str) -> HttpResponse:
    """The code itself, for one reader; without a script a button shows the next one."""
    row, party = _chosen(entitlement, reader)
    first = _made(request, person, row, party)["codes"][0]
    context = {
        "row": row,
        "name": called(row),
        "reader": called(party),
        "picture": mark_safe(first["svg"]),  # noqa: S308 - of segno, from letters and digits
        "text": first["text"],
        "fresh": reverse("codes:fresh", args=[row.key, party.key]),
        "lifetime": proof.LIFETIME,
        "crumbs": [Link(_("My codes"), reverse("codes:mine")), Link(called(row))],
    }
    return render(request, "codes/show.html", context)


@require_safe
@for_person
def fresh(request: HttpRequest, person: Person, entitlement: str, reader: str) -> JsonResponse:
    """The codes of the next minutes, for the page to show one after another."""
    return JsonResponse(_made(request, person, *_chosen(entitlement, reader)))


@require_POST
@for_person
def withdraw(request: HttpRequest, person: Person) -> HttpResponse:
    """Every code that was fetched until now counts no more."""
    by = acting(request)
    check_rate("codes.withdraw", by.key, WITHDRAW_RATE)
    service.withdraw_codes(person, by=by)
    messages.success(
        request,
        _("All codes that were fetched until now count no more. New ones count within half a minute."),
    )
    return HttpResponseRedirect(reverse("codes:mine"))


COLUMNS: list[Column[Scan]] = [
    Column(
        "at",
        pgettext("scan", "When"),
        lambda row: row.at,
        lambda row: moment(row.at),
        ("at",),
        is_header=True,
    ),
    Column("reader", pgettext("scan", "Who"), lambda row: called(row.reader), sort=("reader__name",)),
    Column("place", pgettext("scan", "Where"), lambda row: row.place, sort=("place",)),
    Column(
        "for",
        pgettext("scan", "What for"),
        lambda row: called(row.entitlement) if row.entitlement else "",
        sort=("entitlement__key",),
    ),
    Column("answer", pgettext("scan", "Answer"), lambda row: answer_words(row.answer), sort=("answer",)),
    Column(
        "number", pgettext("scan", "Number"), lambda row: row.nonce if row.took else "", is_exported_only=True
    ),
    Column(
        "repeats",
        gettext_lazy("Shown again"),
        lambda row: row.repeats,
        lambda row: row.repeats or "",
        ("repeats",),
        is_number=True,
    ),
]


@require_safe
@for_person
def scans(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Who read one's codes, where, when and for what; as a file too."""
    rows = service.own_scans(acting(request))
    readers = Reader.objects.filter(pk__in=rows.order_by().values("reader"))
    filters = [
        Filter("reader", pgettext("scan", "Who"), "reader__key", [(row.key, called(row)) for row in readers]),
        Filter(
            "answer",
            pgettext("scan", "Answer"),
            "answer",
            [
                (word, answer_words(word))
                for word in sorted(set(rows.order_by().values_list("answer", flat=True)))
            ],
        ),
    ]
    asked = service.returns_of(acting(request))
    back: Column[Scan] = Column(
        "back",
        pgettext("scan", "Taken from the counter"),
        lambda row: back_words(row, asked.get(row.nonce)),
        lambda row: back_cell(row, asked.get(row.nonce)),
    )
    table: Table[Scan] = Table(
        "scans",
        _("Who read my codes"),
        rows,
        [*COLUMNS, back],
        [one for one in filters if one.choices],
        ("place", "reader__name"),
    )
    return answer(request, table, "codes/scans.html", {"days": settings().scan_days})

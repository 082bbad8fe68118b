"""`/my/data`: who saw what is kept of me and why, what that is, a copy of it, and its erasure."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from beichen.fronts.citizen.door.views import is_open
from beichen.fronts.citizen.my.acts import MOST, Act, acts_of
from beichen.fronts.citizen.my.pages import frame, own, person_of
from beichen.kernel.access import service as access
from beichen.problem import Problem, ProblemError, code, said
from beichen.web.tables import Column, Filter, Table, answer

NOT_CONFIRMED = code("CIT-103", "The erasure was not confirmed.", status=422)
CONSENTS = "/account/consents"
EXPORT_RATE = "6/hour"
_SIDES = [("others", gettext_lazy("Others")), ("own", gettext_lazy("Myself"))]


@dataclass(frozen=True, slots=True)
class Kept:
    """What one room keeps, as the page says it."""

    key: str
    title: str
    why: str
    how_long: str
    count: int
    stays: str
    may_erase: bool


ACTS: list[Column[Act]] = [
    Column(
        "at",
        gettext_lazy("When"),
        lambda row: localtime(row.at),
        lambda row: f"{localtime(row.at):%Y-%m-%d %H:%M}",
        ("at",),
        is_header=True,
    ),
    Column("who", gettext_lazy("By whom"), lambda row: row.who, sort=("who",)),
    Column("what", gettext_lazy("Act recorded"), lambda row: row.what, sort=("what",)),
    Column("why", gettext_lazy("For what purpose"), lambda row: row.why, sort=("why",)),
]


def _kept(person: str) -> list[Kept]:
    return [
        Kept(
            one.key,
            str(one.title),
            str(one.why),
            str(one.how_long),
            one.count(person),
            str(one.stays),
            one.erase is not None,
        )
        for one in access.holdings()
    ]


@own
@require_safe
def data(request: HttpRequest) -> HttpResponseBase:
    """The page; the list of looks filters, searches, sorts and exports."""
    person = person_of(request)
    table: Table[Act] = Table(
        "my-acts",
        _("Who saw or changed my data"),
        acts_of(person.code),
        ACTS,
        [Filter("side", gettext_lazy("By whom"), "side", _SIDES)],
        ("who", "what", "why"),
        page_size=20,
    )
    context = frame(
        _("My data"),
        kept=_kept(person.code),
        consents=CONSENTS if is_open(CONSENTS) else "",
        most=MOST,
    )
    return answer(request, table, "citizen/my/data.html", context)


@own
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything that is kept of the person, one JSON file a room, in one archive."""
    person = person_of(request)
    access.check_rate("my-export", person.code, EXPORT_RATE)
    content: dict[str, Any] = access.export_holdings(by=access.acting(request))
    content["acts"] = [
        {"at": act.at.isoformat(), "who": act.who, "what": act.what, "why": act.why}
        for act in acts_of(person.code)
    ]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in content.items():
            archive.writestr(f"{key}.json", orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str))
    answer_ = HttpResponse(file.getvalue(), content_type="application/zip")
    name = f"beichen-{timezone.localdate():%Y%m%d}.zip"
    answer_["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer_


@own
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    """Erase what was chosen; nothing unless the box of confirmation is ticked."""
    person_of(request)
    if request.POST.get("sure") != "yes":
        hint = said("tick the box: what is erased does not come back")
        raise ProblemError(Problem(NOT_CONFIRMED, said("nothing was erased"), hint=hint))
    erased = access.erase_holdings(request.POST.getlist("room")[:50], by=access.acting(request))
    words = _("Erased: %(count)d records.") % {"count": sum(erased.values())}
    messages.success(request, words)
    return HttpResponseRedirect(reverse("citizen:my-data"))

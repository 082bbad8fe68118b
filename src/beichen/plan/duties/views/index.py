"""`/plan/duties`: every duty with who answers for it, the unassigned first; assigning many at once."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from beichen.kernel.access.service import acting
from beichen.kernel.org.models import Body
from beichen.plan.duties.forms import AssignForm, end_of
from beichen.plan.duties.models import Duty
from beichen.plan.duties.pages import badge, body_link, body_name, demo_mark, frame, plan_of_duties
from beichen.plan.duties.service import (
    Assignment,
    assign_duties,
    duties_by_number,
    open_duties,
    parts_of,
    progress_of,
    take_back,
    totals_of,
    with_standing,
)
from beichen.plan.duties.words import Nature, Standing
from beichen.plan.models import Node, Plan
from beichen.plan.pages import without_plan
from beichen.problem import ProblemError
from beichen.web.tables import Column, Filter, State, Table, answer
from beichen.web.templatetags.beichen import foreign
from beichen.web.wording import listed


def _title(duty: Duty) -> SafeString:
    href = reverse("plan_duties:duty", args=[duty.pk])
    return format_html('<a href="{}">{}</a> {}', href, foreign(duty.title), demo_mark(duty.is_demo))


def _lead(duty: Duty) -> SafeString | str:
    if duty.lead is not None:
        return body_link(duty.lead)
    if duty.suggestion is not None:
        words = gettext("The plan names: %(body)s") % {"body": body_name(duty.suggestion)}
        return format_html('<span class="quiet">{}</span>', words)
    return ""


def _standing(duty: Any) -> str:
    return str(Standing(duty.standing).label)


def _badge(duty: Any) -> SafeString:
    return badge(duty.standing, Standing(duty.standing).label)


COLUMNS: list[Column[Duty]] = [
    Column("title", _("Duty"), lambda row: row.title, _title, ("title",), is_header=True),
    Column("nature", _("Kind of duty"), lambda row: str(Nature(row.nature).label), sort=("nature",)),
    Column("place", _("Place"), lambda row: row.location, lambda row: foreign(row.location), ("start",)),
    Column("lead", _("Who leads"), lambda row: body_name(row.lead), _lead, ("lead__path",)),
    Column(
        "supporting",
        _("Supporting bodies"),
        lambda row: listed(body_name(body) for body in row.supporting.all()),
        is_exported_only=True,
    ),
    Column(
        "deadline",
        _("Deadline"),
        lambda row: row.deadline,
        lambda row: row.deadline.isoformat() if row.deadline else "",
        ("deadline",),
        is_number=True,
    ),
    Column(
        "percent",
        _("Percent"),
        lambda row: row.percent,
        lambda row: "" if row.percent is None else f"{row.percent}%",
        ("percent",),
        is_number=True,
    ),
    Column(
        "standing",
        _("Status"),
        _standing,
        _badge,
        ("standing",),
    ),
    Column(
        "suggestion", _("Named by the plan"), lambda row: body_name(row.suggestion), is_exported_only=True
    ),
]


def rows_of(plan: Plan) -> QuerySet[Any]:
    """Every duty as the list shows it: unassigned first, vanished last."""
    rows = Duty.objects.filter(plan=plan).select_related("lead", "suggestion").prefetch_related("supporting")
    return with_standing(rows, timezone.localdate()).order_by(
        F("vanished_at").asc(nulls_first=True), "is_assigned", "start", "pk"
    )


def table_of(plan: Plan, *, picked: QueryDict | None = None) -> Table[Duty]:
    """The list; with ``picked``, the address of the selection, each row can be chosen."""
    parts = Node.objects.filter(plan=plan, level="part").order_by("position")
    leads = Body.objects.filter(led_duties__plan=plan).distinct().order_by("path")
    columns = list(COLUMNS)
    if picked is not None:
        columns.insert(0, Column("pick", _("Choose"), lambda row: "", _picker(picked.urlencode())))
    return Table(
        "duties",
        _("Duties of the plan"),
        rows_of(plan),
        columns,
        [
            Filter("standing", _("Status"), "standing", Standing.choices),
            Filter("body", _("Who leads"), "lead__key", [(body.key, body_name(body)) for body in leads]),
            Filter(
                "part", _("Part"), "part", [(one.location, f"{one.location} {one.title}") for one in parts]
            ),
            Filter("nature", _("Kind of duty"), "nature", Nature.choices),
        ],
        ("title", "lead__name", "location"),
    )


def _picker(query: str) -> Callable[[Duty], SafeString]:
    """A box to tick for each row; the first brings the selection's address, so that it is always current."""
    pending = [query]

    def pick(duty: Duty) -> SafeString:
        words = gettext("Choose %(title)s") % {"title": duty.title}
        carried = (
            format_html('<input type="hidden" form="assign-form" name="query" value="{}">', pending.pop())
            if pending
            else ""
        )
        return format_html(
            '<input type="checkbox" form="assign-form" name="duty" value="{}" aria-label="{}">{}',
            duty.pk,
            words,
            carried,
        )

    return pick


def _summary(plan: Plan) -> dict[str, Any]:
    progress = progress_of(plan)
    parts = parts_of(plan)
    titles = dict(Node.objects.filter(plan=plan, level="part").values_list("location", "title"))
    for part in parts:
        part["title"] = titles.get(part["part"], "")
        part["unassigned"] = part["duties"] - part["assigned"]
    return {
        "totals": totals_of(progress),
        "parts": parts,
        "bodies": sum(one.body is not None for one in progress),
    }


def _page(request: HttpRequest, plan: Plan, form: AssignForm | None = None) -> HttpResponseBase:
    context = frame(request, plan, "index")
    is_planner = context["may_assign"]
    table = table_of(plan, picked=request.GET if is_planner and request.GET.get("format") is None else None)
    initial = {"deadline": end_of(plan.end_year)}
    context |= _summary(plan) | {
        "form": form or AssignForm(initial=initial),
        "chosen_part": request.GET.get("part", ""),
        "is_refused": form is not None,
    }
    return answer(request, table, "plan_duties/index.html", context)


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The list, with counts by status, part and body."""
    plan = plan_of_duties(request)
    return without_plan(request) if plan is None else _page(request, plan)


def _chosen(request: HttpRequest, plan: Plan) -> list[Duty]:
    """The rows that were ticked, or the whole selection that the list showed."""
    if "everything" not in request.POST:
        numbers = [
            int(value) for value in request.POST.getlist("duty") if value.isdecimal() and len(value) < 18
        ]
        return duties_by_number(plan, numbers)
    asked = copy.copy(request)
    asked.GET = QueryDict(request.POST.get("query", ""))
    table = table_of(plan)
    rows = list(table.select(State.of(asked, table)))
    for duty in rows:
        duty.plan = plan
    return rows


def _done(count: int) -> str:
    return ngettext("%(count)d duty changed.", "%(count)d duties changed.", count) % {"count": count}


@require_POST
def assign(request: HttpRequest) -> HttpResponseBase:
    """Assign the chosen duties, or take them back; then back to the list as it was."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    by, form = acting(request), AssignForm(request.POST)
    asked = QueryDict(request.POST.get("query", ""))
    if form.is_valid():
        said = form.cleaned_data
        try:
            chosen = _chosen(request, plan)
            if "take-back" in request.POST:
                changed = take_back(plan, chosen, reason=said["reason"], by=by)
            else:
                supporting = list(said["supporting"]) or None
                wanted = [Assignment(duty, said["lead"], supporting, said["deadline"]) for duty in chosen]
                changed = assign_duties(plan, wanted, reason=said["reason"], by=by)
        except ProblemError as error:
            if error.status in (403, 404):
                raise
            form.take(error)
        else:
            messages.success(request, _done(len(changed)))
            words = asked.urlencode()
            return HttpResponseRedirect(reverse("plan_duties:index") + (f"?{words}" if words else ""))
    request.GET = asked
    response = _page(request, plan, form)
    response.status_code = 422
    return response


@require_POST
def open_(request: HttpRequest) -> HttpResponse:
    """Open the duties that the plan's facts ask for."""
    plan = plan_of_duties(request)
    if plan is None:
        return without_plan(request)
    changes = open_duties(plan, by=acting(request))
    counts = changes.counts()
    messages.success(
        request,
        gettext("Duties: %(added)d added, %(changed)d changed, %(removed)d no longer in the plan.") % counts,
    )
    return HttpResponseRedirect(reverse("plan_duties:index"))

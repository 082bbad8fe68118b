"""`/plans`: the catalogue list; `/plans/KEY`: an entry with its filings, steps and findings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.actor import Actor
from beichen.plan.catalogue.forms import EntryForm, FileForm, StepForm
from beichen.plan.catalogue.models import Entry, Filing, FilingState, FindingState
from beichen.plan.catalogue.service import (
    CHECK,
    EDIT,
    FILE,
    WAYS,
    EntryFacts,
    decide_own,
    entry_of,
    save_entry,
)
from beichen.plan.catalogue.wording import CATEGORIES, KINDS, SEVERITIES, STEPS, TONES
from beichen.plan.models import NamedBody, Plan, PlanIndicator, Project, Target
from beichen.plan.service import READ, READ_DRAFTS
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign

PLANNED = "planned"
STATES: list[tuple[str, Any]] = [(PLANNED, _("Not filed yet")), *FilingState.choices]
_STANDING = Q(findings__state__in=[FindingState.OPEN, FindingState.ACCEPTED])


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the catalogue: an entry with its latest filing."""

    entry: Entry
    state: str
    number: int
    findings: int
    is_late: bool

    @property
    def title(self) -> str:
        """What the plan is called."""
        return self.entry.title

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.entry.kind

    @property
    def region(self) -> str:
        """The code of its region."""
        return self.entry.region.code

    @property
    def body(self) -> str:
        """Who makes it."""
        return self.entry.body.name


def _listed(today: date) -> list[Listed]:
    """The whole list: two queries, however many filings there are."""
    latest: dict[int, tuple[str, int]] = {}
    for entry_id, number, state in Filing.objects.order_by("entry_id", "number").values_list(
        "entry_id", "number", "state"
    ):
        latest[entry_id] = (state, number)
    entries = Entry.objects.select_related("region", "body").annotate(
        standing=Count("findings", filter=_STANDING)
    )
    rows = []
    for entry in entries:
        state, number = latest.get(entry.pk, (PLANNED, 0))
        is_late = entry.due is not None and entry.due < today and state != FilingState.FILED
        rows.append(Listed(entry, state, number, entry.standing, is_late))
    return rows


def _in_english() -> bool:
    return get_language() == "en"


def _place(row: Listed) -> str:
    region = row.entry.region
    return region.name_en if _in_english() and region.name_en else region.name


def _maker(row: Listed) -> str:
    body = row.entry.body
    return body.name_en if _in_english() and body.name_en else body.name


def _link(row: Listed) -> str:
    demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.entry.is_demo else ""
    href = reverse("plan_catalogue:entry", args=[row.entry.key])
    return format_html('<a href="{}">{}</a>{}', href, foreign(row.title), demo)


def _due(row: Listed) -> str:
    if row.entry.due is None:
        return ""
    late = format_html(' <span class="badge is-behind">{}</span>', _("Overdue")) if row.is_late else ""
    return format_html("{}{}", row.entry.due.isoformat(), late)


def _open(row: Listed) -> str:
    if not row.findings:
        return "0" if row.number else ""
    href = reverse("plan_catalogue:findings", args=[row.entry.key])
    return format_html('<a href="{}">{}</a>', href, row.findings)


def _columns() -> list[Column[Listed]]:
    states = dict(STATES)
    return [
        Column("title", _("Plan"), lambda row: row.title, _link, ("title",), is_header=True),
        Column("kind", _("Kind of plan"), lambda row: str(KINDS[row.kind]), sort=("kind",)),
        Column("region", _("Region"), _place, sort=("region",)),
        Column("body", _("Made by"), _maker, sort=("body",)),
        Column("due", _("Until"), lambda row: row.entry.due, _due, ("due",)),
        Column("state", _("State"), lambda row: str(states[row.state]), sort=("state",)),
        Column("filing", _("Filing no."), lambda row: row.number or None, sort=("number",), is_number=True),
        Column("findings", _("Findings to settle"), lambda row: row.findings, _open, ("f",), is_number=True),
        Column("approver", _("Approved by"), lambda row: row.entry.approver, is_exported_only=True),
        Column("covers", _("Covers of the outline"), lambda row: row.entry.covers, is_exported_only=True),
    ]


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The catalogue list, by kind, state and region."""
    actor = acting(request)
    require(actor, READ)
    rows = _listed(timezone.localdate())
    regions = sorted({(row.region, row.entry.region.name) for row in rows})
    table: Table[Listed] = Table(
        "plans",
        _("Catalogue of plans"),
        rows,
        _columns(),
        [
            Filter("kind", _("Kind of plan"), "kind", list(KINDS.items())),
            Filter("state", _("State"), "state", STATES),
            Filter("region", _("Region"), "region", regions),
        ],
        ("title", "body"),
    )
    kinds = Counter(row.kind for row in rows)
    filed = Counter(row.kind for row in rows if row.state == FilingState.FILED)
    context = {
        "summary": [(label, kinds[kind], filed[kind]) for kind, label in KINDS.items()],
        "may_edit": decide(actor, EDIT),
    }
    return answer(request, table, "plan_catalogue/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Put a plan on the list."""
    actor = acting(request)
    require(actor, EDIT)
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entry = save_entry(EntryFacts(**form.cleaned_data), by=actor)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_catalogue:entry", args=[entry.key]))
    crumbs = [Link(_("Catalogue of plans"), reverse("plan_catalogue:index")), Link(_("Add a plan"))]
    status = 422 if form.errors else 200
    return render(request, "plan_catalogue/new.html", {"form": form, "crumbs": crumbs}, status=status)


def _counts(plan: Plan | None) -> list[tuple[Any, int, str]]:
    """What the plan states, with links to its pages."""
    if plan is None:
        return []
    query = f"?plan={plan.key}"
    return [
        (
            _("Indicators"),
            PlanIndicator.objects.filter(plan=plan).count(),
            reverse("plan:indicators") + query,
        ),
        (_("Targets"), Target.objects.filter(plan=plan).count(), reverse("plan:targets") + query),
        (_("Projects"), Project.objects.filter(plan=plan).count(), reverse("plan:projects") + query),
        (_("Bodies named"), NamedBody.objects.filter(plan=plan).count(), reverse("plan:outline") + query),
    ]


def _severities(entry: Entry) -> list[tuple[str, Any, int]]:
    counted = entry.findings.filter(state__in=[FindingState.OPEN, FindingState.ACCEPTED])
    numbers = Counter(counted.values_list("severity", flat=True))
    return [(TONES[key], label, numbers[key]) for key, label in SEVERITIES.items()]


def _may(actor: Actor, right: str, entry: Entry) -> bool:
    return bool(decide_own(actor, FILE, entry) if right == FILE else decide(actor, right, entry))


def entry_page(request: HttpRequest, entry: Entry, forms: dict[str, Any] | None = None) -> HttpResponse:
    """The page of an entry; ``forms`` replaces those that came back with errors."""
    actor = acting(request)
    may_file = decide_own(actor, FILE, entry)
    filings = list(entry.filings.select_related("plan", "file").prefetch_related("steps"))
    latest = filings[0] if filings else None
    may_see = bool(decide(actor, READ_DRAFTS, entry))
    shown = latest if latest and (may_see or latest.state == FilingState.FILED) else None
    ways = WAYS.get(FilingState(latest.state), {}) if latest else {}
    steps = [(name, STEPS[name]) for name, way in ways.items() if _may(actor, way.right, entry)]
    today = {"on": timezone.localdate()}
    context = {
        "entry": entry,
        "kind": KINDS[entry.kind],
        "filings": filings,
        "latest": latest,
        "plan": shown.plan if shown else None,
        "counts": _counts(shown.plan if shown else None),
        "severities": _severities(entry),
        "categories": CATEGORIES,
        "steps": steps,
        "may_file": may_file,
        "may_check": latest is not None and latest.plan_id is not None and decide(actor, CHECK, entry),
        "may_see": may_see,
        "file_form": FileForm(initial=today),
        "step_form": StepForm(initial=today),
        "is_late": entry.due is not None
        and entry.due < timezone.localdate()
        and (latest is None or latest.state != FilingState.FILED),
        "crumbs": [Link(_("Catalogue of plans"), reverse("plan_catalogue:index")), Link(entry.title)],
        **(forms or {}),
    }
    return render(request, "plan_catalogue/entry.html", context, status=422 if forms else 200)


@require_safe
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """An entry: what is to be made, what was filed, what the check found."""
    require(acting(request), READ)
    found = entry_of(key)
    return entry_page(request, found)

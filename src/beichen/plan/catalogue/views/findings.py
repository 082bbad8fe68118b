"""`/plans/KEY/findings`: the worked list of a plan's findings, and a page for each with both quotes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, require
from beichen.plan.catalogue.forms import DecisionForm
from beichen.plan.catalogue.models import Entry, FindingRecord, FindingState
from beichen.plan.catalogue.service import SETTLE, decide_own, entry_of, finding_of, settle_finding
from beichen.plan.catalogue.wording import CATEGORIES, SEVERITIES, TONES, explained, matched
from beichen.plan.models import Plan, PlanState
from beichen.plan.pages import place_of
from beichen.plan.service import READ, READ_DRAFTS, current_plan
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign


def _require(request: HttpRequest, entry: Entry) -> None:
    """Findings of a plan that is not in force are read by those who may read drafts."""
    in_force = entry.filings.filter(plan__state=PlanState.IN_FORCE).exists()
    require(acting(request), READ if in_force else READ_DRAFTS, entry)


def _severity(row: FindingRecord) -> str:
    return format_html('<span class="badge is-{}">{}</span>', TONES[row.severity], SEVERITIES[row.severity])


def _subject(row: FindingRecord) -> str:
    href = reverse("plan_catalogue:finding", args=[row.entry.key, row.key])
    return format_html('<a href="{}">{}</a>', href, foreign(row.subject))


def _side(side: dict[str, Any] | None) -> str:
    if side is None:
        return ""
    year = f" ({side['year']})" if side["year"] else ""
    return f"{side['amount'] or side['label']}{year}"


def _words(side: dict[str, Any] | None) -> str:
    return str(side["words"]) if side else ""


COLUMNS: list[Column[FindingRecord]] = [
    Column("subject", _("Matter"), lambda row: row.subject, _subject, ("subject",), is_header=True),
    Column("severity", _("Severity"), lambda row: str(SEVERITIES[row.severity]), _severity, ("rank",)),
    Column("category", _("Finding"), lambda row: str(CATEGORIES[row.category]), sort=("category",)),
    Column("ours", _("Outline"), lambda row: _side(row.ours), lambda row: foreign(_side(row.ours))),
    Column("theirs", _("This plan"), lambda row: _side(row.theirs), lambda row: foreign(_side(row.theirs))),
    Column("why", _("Why"), explained),
    Column("match", _("How they were matched"), matched, is_exported_only=True),
    Column("ours_words", _("Words of the outline"), lambda row: _words(row.ours), is_exported_only=True),
    Column("theirs_words", _("Words of the plan"), lambda row: _words(row.theirs), is_exported_only=True),
    Column("state", _("State"), lambda row: row.get_state_display(), sort=("state",)),
    Column("decision", _("Reason"), lambda row: row.decision, is_exported_only=True),
]  # fmt: skip


@require_safe
def index(request: HttpRequest, key: str) -> HttpResponseBase:
    """All findings of an entry, the gravest first."""
    entry = entry_of(key)
    _require(request, entry)
    rows: QuerySet[FindingRecord] = FindingRecord.objects.filter(entry=entry).select_related("entry")
    table: Table[FindingRecord] = Table(
        "findings",
        _("Findings of the consistency check"),
        rows.order_by("rank", "category", "id"),
        COLUMNS,
        [
            Filter("severity", _("Severity"), "severity", list(SEVERITIES.items())),
            Filter("category", _("Finding"), "category", list(CATEGORIES.items())),
            Filter("state", _("State"), "state", FindingState.choices),
        ],
        ("subject", "decision"),
    )
    crumbs = [
        Link(_("Catalogue of plans"), reverse("plan_catalogue:index")),
        Link(entry.title, reverse("plan_catalogue:entry", args=[entry.key])),
        Link(_("Findings")),
    ]
    return answer(request, table, "plan_catalogue/findings.html", {"entry": entry, "crumbs": crumbs})


def _quoted(side: dict[str, Any] | None, plan: Plan | None) -> dict[str, Any] | None:
    if side is None or plan is None:
        return None
    return {**side, "plan": plan, "href": place_of(side["location"], f"{side['kind']}-{side['key']}", plan)}


@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest, key: str, finding: str) -> HttpResponse:
    """Both sides with their places, why they disagree, and what was decided."""
    row, by = finding_of(key, finding), acting(request)
    _require(request, row.entry)
    form = DecisionForm(request.POST or None, initial={"state": row.state, "reason": row.decision})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            settle_finding(row, said["state"], reason=said["reason"], by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("plan_catalogue:findings", args=[key]))
    theirs = row.filing.plan
    if theirs is not None:
        theirs.is_chosen = True
    context = {
        "finding": row,
        "tone": TONES[row.severity],
        "severity": SEVERITIES[row.severity],
        "category": CATEGORIES[row.category],
        "why": explained(row),
        "match": matched(row),
        "sides": [
            (_("Outline"), _quoted(row.ours, current_plan())),
            (_("This plan"), _quoted(row.theirs, theirs)),
        ],
        "form": form,
        "may_settle": row.state != FindingState.RESOLVED and decide_own(by, SETTLE, row.entry),
        "crumbs": [
            Link(_("Catalogue of plans"), reverse("plan_catalogue:index")),
            Link(row.entry.title, reverse("plan_catalogue:entry", args=[key])),
            Link(_("Findings"), reverse("plan_catalogue:findings", args=[key])),
            Link(row.subject),
        ],
    }
    return render(request, "plan_catalogue/finding.html", context, status=422 if form.errors else 200)

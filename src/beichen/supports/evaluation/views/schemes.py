"""`/evaluation/schemes`: schemes and their versions, one with its tree, and beginning, adopting, going on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.hubs.data.service import evidence_of
from beichen.kernel.access.service import acting, decide, require
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import city_region
from beichen.problem import ProblemError
from beichen.supports.evaluation.models import Criterion, Scheme
from beichen.supports.evaluation.pages import badge, in_english, named, scheme_crumbs, tabs, told
from beichen.supports.evaluation.rights import ADOPT, DESIGN, READ, RUN, scheme_for, schemes_for
from beichen.supports.evaluation.scheme_forms import SchemeForm
from beichen.supports.evaluation.schemes import adopt_scheme, draft_scheme, facts_of, faults_of, next_version
from beichen.supports.evaluation.words import ADJUSTING, RoundKind, SchemeStatus, Source
from beichen.web.links import Link
from beichen.web.numbers import figure
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import placed

TONES = {SchemeStatus.DRAFT: "unknown", SchemeStatus.ADOPTED: "ahead"}
GRADES = "优秀 / Excellent = 90\n良好 / Good = 80\n一般 / Fair = 60\n较差 / Poor = 0"


def _link(row: Scheme) -> str:
    href = reverse("supports_evaluation:scheme", args=[row.key, row.version])
    return format_html('<a href="{}">{}</a>', href, told(row))


def _status(row: Scheme) -> str:
    return badge(row.get_status_display(), TONES[SchemeStatus(row.status)])


COLUMNS: list[Column[Scheme]] = [
    Column("name", gettext_lazy("Scheme"), told, _link, ("name",), is_header=True),
    Column("version", gettext_lazy("Version"), lambda row: row.version, sort=("version",), is_number=True),
    Column("kind", gettext_lazy("Kind of evaluation"), lambda row: row.get_kind_display(), sort=("kind",)),
    Column("status", gettext_lazy("Status"), lambda row: row.get_status_display(), _status, ("status",)),
    Column(
        "adopted",
        gettext_lazy("Adopted on"),
        lambda row: row.adopted_at,
        lambda row: f"{timezone.localtime(row.adopted_at):%Y-%m-%d}" if row.adopted_at else "",
        ("adopted_at",),
    ),
]


@require_safe
def scheme_list(request: HttpRequest) -> HttpResponseBase:
    """All versions that the reader may see."""
    by = acting(request)
    require(by, READ)
    table: Table[Scheme] = Table(
        "schemes",
        gettext_lazy("Evaluation schemes"),
        schemes_for(by),
        COLUMNS,
        [
            Filter("status", gettext_lazy("Status"), "status", SchemeStatus.choices),
            Filter("kind", gettext_lazy("Kind of evaluation"), "kind", RoundKind.choices),
        ],
        ("name", "name_en", "key"),
    )
    context = {"tabs": tabs(request, "schemes"), "may_write": decide(by, DESIGN)}
    return answer(request, table, "supports_evaluation/schemes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The form of a new scheme."""
    by = acting(request)
    region = city_region()
    require(by, DESIGN, Scheme(region=region))
    form = SchemeForm(request.POST or None, initial={"grades": GRADES})
    if form.is_valid():
        try:
            made = draft_scheme(form.facts(), region=region, by=by)
        except ProblemError as error:
            form.take(error)
        else:
            return HttpResponseRedirect(reverse("supports_evaluation:scheme", args=[made.key, made.version]))
    crumbs = [
        Link(_("Evaluation"), reverse("supports_evaluation:index")),
        Link(_("Schemes"), reverse("supports_evaluation:schemes")),
        Link(_("New scheme")),
    ]
    context = {"form": form, "title": _("New scheme"), "crumbs": crumbs, "action": _("Begin the draft")}
    return render(request, "supports_evaluation/form.html", context, status=422 if form.errors else 200)


def _tree(
    rows: list[Criterion], names: dict[str, str], parent: int | None = None, depth: int = 0
) -> list[Any]:
    """The criteria in the order of the tree, each with how deep it stands."""
    found: list[Any] = []
    for row in rows:
        if row.parent_id == parent:
            found.append(
                {
                    "row": row,
                    "name": told(row),
                    "about": told(row, "about"),
                    "depth": depth,
                    "weight": figure(row.weight),
                    "limit": figure(row.limit),
                    "evidence": names.get(row.evidence, row.evidence),
                    "terms": _terms(row),
                    "is_group": row.source == Source.GROUP,
                    "is_beside": row.source in ADJUSTING,
                }
            )
            found += _tree(rows, names, row.pk, depth + 1)
    return found


def _terms(row: Criterion) -> str:
    """The parameters of a rule in words."""
    given = row.parameters
    parts = []
    if "floor" in given:
        parts.append(f"{figure(given['floor'])} → 0, {figure(given['ceiling'])} → 100")
    parts += [f"{figure(bound)} → {figure(score)}" for bound, score in given.get("steps", ())]
    if "bound" in given:
        parts.append(_("bound %(bound)s") % {"bound": figure(given["bound"])})
    if "least_n" in given:
        parts.append(_("at least %(count)s people") % {"count": given["least_n"]})
    return "; ".join(parts)


def _members(scheme: Scheme) -> list[dict[str, Any]]:
    keys = [member for group in scheme.groups for member in group["members"]]
    regions = Region.objects.filter(code__in=keys) if scheme.subject_kind == "region" else []
    bodies = Body.objects.filter(key__in=keys) if scheme.subject_kind == "body" else []
    names = {row.code: told(row) for row in regions} | {row.key: told(row) for row in bodies}
    return [
        {"name": named(group), "members": [names.get(member, member) for member in group["members"]]}
        for group in scheme.groups
    ]


@require_safe
def scheme(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """A version: whom it scores, its tree, and what is still wrong with a draft."""
    by = acting(request)
    row = scheme_for(key, version, by)
    rows = list(row.criteria.order_by("position"))
    is_draft = row.status == SchemeStatus.DRAFT
    offered = {}
    faults = faults_of(facts_of(row)) if is_draft else []
    if not faults:
        offered = evidence_of(one.evidence for one in rows if one.evidence)
    names = {item.key: item.name_en if in_english() else item.name for item in offered.values()}
    others = schemes_for(by).filter(key=key).order_by("version")
    context = {
        "scheme": row,
        "name": told(row),
        "about": told(row, "about"),
        "origin": told(row, "origin"),
        "status": badge(row.get_status_display(), TONES[SchemeStatus(row.status)]),
        "tree": _tree(rows, names),
        "groups": _members(row),
        "grades": [(named(grade), grade["from"]) for grade in row.grades],
        "versions": [
            Link(
                _("Version %(number)s") % {"number": one.version},
                reverse("supports_evaluation:scheme", args=[key, one.version]),
                one.pk == row.pk,
            )
            for one in others
        ],
        "faults": [placed(fault) for fault in faults],
        "may_write": is_draft and decide(by, DESIGN, row),
        "may_adopt": is_draft and decide(by, ADOPT, row),
        "may_go_on": not is_draft and decide(by, DESIGN, row),
        "may_run": not is_draft and decide(by, RUN, row),
        "crumbs": scheme_crumbs(row),
    }
    return render(request, "supports_evaluation/scheme.html", context)


@require_POST
def act(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """Adopt the draft, or begin the next version."""
    by = acting(request)
    row = scheme_for(key, version, by)
    if "adopt" not in request.POST:
        row = next_version(row, by=by)
    else:
        try:
            adopt_scheme(row, by=by)
        except ProblemError as error:
            if error.status == 403:
                raise
            messages.error(request, placed(error.problems[0]))
        else:
            messages.success(request, _("The scheme is adopted; from now on it does not change."))
    return HttpResponseRedirect(reverse("supports_evaluation:scheme", args=[row.key, row.version]))

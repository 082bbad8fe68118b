"""`/plan/versions`: every version of the plan, its facts for ever, and any two compared fact by fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.plan.adjustments.service import compare, facts_of, versions
from beichen.plan.adjustments.wording import difference_words, field_name, value_word
from beichen.plan.pages import KIND_NAMES, shown_plan, without_plan
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.templatetags.beichen import foreign


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of a version, as a table shows it."""

    kind: str
    key: str
    label: str
    target: str
    year: str
    attribute: str
    location: str


@dataclass(frozen=True, slots=True)
class Differing:
    """A difference, as a table shows it."""

    kind: str
    label: str
    field: str
    before: str
    after: str
    location: str


def _line(kind: str, key: str, values: dict[str, Any]) -> Line:
    value = values.get("target_value", values.get("value"))
    unit = values.get("unit") or ""
    sign = value_word("comparator", values.get("comparator") or "=")
    target = "" if value is None else f"{'' if sign == '=' else sign}{value_word('value', value)}{unit}"
    return Line(
        kind,
        key,
        str(values.get("name") or values.get("metric") or ""),
        target or str(values.get("target_raw") or ""),
        str(values.get("target_year") or ""),
        value_word("attribute", values["attribute"]) if values.get("attribute") else "",
        str(values.get("location", "")).partition("#")[0],
    )


def _crumbs(*more: Link) -> list[Link]:
    return [Link(_("Adjustments"), reverse("plan_adjustments:index")), *more]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All versions, with the choice of two to compare."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    found = versions(plan)
    context = {
        "plan": plan,
        "versions": found[::-1],
        "first": found[0].number,
        "last": found[-1].number,
        "crumbs": _crumbs(Link(_("Versions of the plan"))),
    }
    return render(request, "plan_adjustments/versions.html", context)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponseBase:
    """The facts of a version as they were in force."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    facts = facts_of(plan, number)
    rows = [_line(kind, key, values) for kind, held in facts.items() for key, values in held.items()]
    table: Table[Line] = Table(
        "version",
        _("Facts of the version"),
        rows,
        [
            Column("label", _("Fact"), lambda row: row.label, lambda row: foreign(row.label), ("label",)),
            Column("kind", _("Kind of fact"), lambda row: str(KIND_NAMES[row.kind]), sort=("kind",)),
            Column("target", _("Target"), lambda row: row.target, is_number=True),
            Column("year", _("Year"), lambda row: row.year, sort=("year",), is_number=True),
            Column("attribute", _("Kind"), lambda row: row.attribute, sort=("attribute",)),
            Column("place", _("Place"), lambda row: row.location, sort=("location",)),
        ],
        [Filter("kind", _("Kind of fact"), "kind", [(kind, KIND_NAMES[kind]) for kind in facts])],
        ("label",),
    )
    found = next((row for row in versions(plan) if row.number == number), None)
    versions_link = Link(_("Versions of the plan"), reverse("plan_adjustments:versions"))
    crumbs = _crumbs(versions_link, Link(f"{number}"))
    context = {"plan": plan, "version": found, "number": number, "crumbs": crumbs}
    return answer(request, table, "plan_adjustments/version.html", context)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else otherwise


@require_safe
def compare_two(request: HttpRequest) -> HttpResponseBase:
    """What differs between the versions ``a`` and ``b``: by default the first and the last."""
    plan = shown_plan(request)
    if plan is None:
        return without_plan(request)
    found = versions(plan)
    first = _number(request.GET.get("a", ""), found[0].number)
    second = _number(request.GET.get("b", ""), found[-1].number)
    rows = [
        Differing(item.kind, item.label, field_name(item.field), *difference_words(item), item.location)
        for item in compare(facts_of(plan, first), facts_of(plan, second))
    ]
    table: Table[Differing] = Table(
        "differences",
        _("What differs"),
        rows,
        [
            Column("label", _("Fact"), lambda row: row.label, lambda row: foreign(row.label), ("label",)),
            Column("kind", _("Kind of fact"), lambda row: str(KIND_NAMES[row.kind]), sort=("kind",)),
            Column("field", _("Field"), lambda row: row.field, sort=("field",)),
            Column("before", _("Before"), lambda row: row.before, lambda row: foreign(row.before)),
            Column("after", _("After"), lambda row: row.after, lambda row: foreign(row.after)),
            Column("place", _("Place"), lambda row: row.location),
        ],
        [Filter("kind", _("Kind of fact"), "kind", list(KIND_NAMES.items()))],
        ("label",),
        kept={"a": str(first), "b": str(second)},
    )
    versions_link = Link(_("Versions of the plan"), reverse("plan_adjustments:versions"))
    context = {
        "plan": plan,
        "versions": found,
        "first": first,
        "second": second,
        "crumbs": _crumbs(versions_link, Link(_("Comparison"))),
    }
    return answer(request, table, "plan_adjustments/compare.html", context)

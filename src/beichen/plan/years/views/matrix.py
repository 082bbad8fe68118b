"""`/plan/years`: every line of the table over the years; and how one of them is divided."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from beichen.kernel.access.service import acting, decide
from beichen.plan.models import Plan
from beichen.plan.pages import ATTRIBUTES, in_english
from beichen.plan.years.forms import NATURES, NatureForm
from beichen.plan.years.models import NatureChoice, State, YearPlan
from beichen.plan.years.service import DRAFT, Course, Nature, choose_nature, course_of, courses
from beichen.plan.years.views.shown import amount, crumbs, indicator_link, nature_name, of_plan
from beichen.problem import ProblemError
from beichen.web.charts import Chart, Series
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer
from beichen.web.wording import in_words


def _name(row: Course) -> str:
    return row.name_en if in_english() else row.name


def _nature(row: Course, may: bool) -> str:
    words = nature_name(row.nature)
    href = reverse("plan_years:nature", args=[row.line])
    return format_html('<a href="{}">{}</a>{}', href, words, " ✎" if row.choice else "") if may else words


def _value(year: int, row: Course) -> object:
    return row.values.get(year)


def _value_cell(year: int, row: Course) -> str:
    return amount(row.values.get(year), row.standing.goal.comparator)


def _columns(plan: Plan, may: bool) -> list[Column[Course]]:
    columns: list[Column[Course]] = [
        Column("number", _("No."), lambda row: row.number, sort=("number",), is_number=True),
        Column(
            "name",
            _("Indicator"),
            _name,
            lambda row: indicator_link(row.number, _name(row), _name(row) == row.name),
            is_header=True,
        ),
        Column("unit", _("Unit"), lambda row: row.standing.unit),
        Column(
            "nature", _("Way of division"), lambda row: nature_name(row.nature), lambda row: _nature(row, may)
        ),
        Column(
            "base",
            _("Base"),
            lambda row: row.standing.base,
            lambda row: row.standing.base_shown,
            is_number=True,
        ),
    ]
    columns += [
        Column(f"y{year}", str(year), partial(_value, year), partial(_value_cell, year), is_number=True)
        for year in range(plan.start_year, plan.end_year + 1)
    ]
    why: Column[Course] = Column(
        "problem", _("Why not"), lambda row: gettext(row.problem.title) if row.problem else ""
    )
    return [*columns, why]


@require_safe
@of_plan
def index(request: HttpRequest, plan: Plan) -> HttpResponseBase:
    """The matrix of lines and years as the natures give it, and where each year's plan stands."""
    may = bool(decide(acting(request), DRAFT, plan))
    table: Table[Course] = Table(
        "courses",
        _("The plan year by year"),
        courses(plan),
        _columns(plan, may),
        [
            Filter(
                "nature", _("Way of division"), "nature", [(one.value, nature_name(one)) for one in Nature]
            ),
            Filter("attribute", _("Kind"), "attribute", list(ATTRIBUTES.items())),
        ],
        ("name", "name_en"),
    )
    adopted: dict[int, YearPlan] = {}
    for row in YearPlan.objects.filter(plan=plan, state=State.ADOPTED).order_by("year", "version"):
        adopted[row.year] = row
    years = [(year, adopted.get(year)) for year in range(plan.start_year, plan.end_year + 1)]
    return answer(request, table, "plan_years/index.html", {"plan": plan, "years": years, "may_draft": may})


def _chart(plan: Plan, course: Course) -> Chart | None:
    if not course.values:
        return None
    years = range(plan.start_year, plan.end_year + 1)
    values = [float(course.values[year]) if year in course.values else None for year in years]
    is_sum = course.nature is Nature.CUMULATIVE
    series = Series(
        gettext("Target of the year"), values, "star", "bar" if is_sum else "line", has_labels=True
    )
    labels = [str(year) for year in years]
    return Chart(_name(course), course.standing.unit, gettext("Year"), labels, [series], from_zero=is_sum)


def _initial(course: Course) -> dict[str, object]:
    choice = course.choice
    found: dict[str, object] = {"nature": course.nature.value, "factor": 1}
    if choice is not None:
        found |= {"shares": " ".join(map(str, choice.shares)), "steps": " ".join(map(str, choice.steps))}
        found |= {"source": choice.source, "factor": choice.factor}
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@of_plan
def nature(request: HttpRequest, plan: Plan, line: str) -> HttpResponse:
    """A line's course as figures and chart, what people chose and why, and the form to choose anew."""
    course, by = course_of(plan, line), acting(request)
    others = [(one.line, f"{one.number} {_name(one)}") for one in courses(plan) if one.line != line]
    form = NatureForm(request.POST or None, sources=others, initial=_initial(course))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            choose_nature(plan, line, Nature(said.pop("nature")), by=by, **said)
        except ProblemError as error:
            form.take(error)
        else:
            messages.success(request, gettext("The line is divided anew."))
            return HttpResponseRedirect(reverse("plan_years:nature", args=[line]))
    chosen = NatureChoice.objects.filter(plan=plan, key=course.key, part=course.part)
    context = {
        "plan": plan,
        "course": course,
        "name": _name(course),
        "nature": NATURES[course.nature],
        "proposed": NATURES[course.proposed],
        "why_not": in_words(course.problem) if course.problem else "",
        "chart": _chart(plan, course),
        "form": form,
        "may_draft": decide(by, DRAFT, plan),
        "history": [{"row": one, "nature": nature_name(one.nature)} for one in chosen.order_by("-id")],
        "crumbs": crumbs(Link(_name(course))),
    }
    return render(request, "plan_years/nature.html", context, status=422 if form.errors else 200)

"""`/tables/ask`: questions in SQL, answered, drawn, exported, kept; `/tables/questions`: the kept ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.kernel.access.service import acting, check_rate, require
from beichen.platforms.warehouse import service
from beichen.platforms.warehouse.answers import plain, values
from beichen.platforms.warehouse.drawing import chart_of
from beichen.platforms.warehouse.forms import QuestionForm
from beichen.platforms.warehouse.models import Question
from beichen.platforms.warehouse.views.shown import grid, moment
from beichen.problem import ProblemError
from beichen.web.charts import Chart
from beichen.web.exports import FORMATS, export
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

SHOWN, EXPORTED = 500, 100_000
QUESTIONS = "60/minute"


@dataclass(frozen=True, slots=True)
class _Exported:
    """A column of an answer, as exports ask for it."""

    title: str
    number: int

    def value(self, row: tuple[Any, ...]) -> Any:
        """The cell of a row."""
        return plain(row[self.number])


@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest) -> HttpResponseBase:
    """Ask in SQL: the answer as a table, a chart, a file. It is posted, so that it stays out of logs.

    ``?question=CODE`` opens a kept one; posted with ``keep`` it is kept under its title.
    """
    by = acting(request)
    require(by, service.READ)
    code = request.GET.get("question", "")
    kept = service.find_question(code, by=by) if code else None
    form = QuestionForm(request.POST or None, initial=_begun(request, kept))
    wanted = request.POST.get("format", "")
    found = None
    if request.method == "POST" and form.is_valid():
        limit = EXPORTED if wanted in FORMATS else SHOWN
        try:
            if "keep" in request.POST:
                return _kept(request, service.keep_question(**form.to_keep(), by=by))
            check_rate("tables.query", by.key, QUESTIONS)
            found = service.ask(**form.values(), by=by, limit=limit)
        except ProblemError as error:
            form.take(error)
    chart = _chart(found, form) if found is not None else None
    if found is not None and wanted in FORMATS:
        columns = [_Exported(title, number) for number, title in enumerate(found.rows.schema.names)]
        return export("answer", columns, values(found.rows), wanted)
    context = {
        "form": form,
        "kept": kept,
        "is_own": kept is not None and kept.keeper == by.key,
        "uses": service.uses_of_questions(by),
        "tables": service.readable(by),
        "grid": grid(found) if found is not None else None,
        "chart": chart,
        "formats": FORMATS,
        "crumbs": [Link(_("Tables"), reverse("platforms_warehouse:index")), Link(_("Ask in SQL"))],
    }
    is_wrong = request.method == "POST" and bool(form.errors)
    return render(request, "platforms_warehouse/ask.html", context, status=422 if is_wrong else 200)


def _chart(found: service.Answer, form: QuestionForm) -> Chart | None:
    """The answer as it is to be drawn; why it cannot be stands beside what was chosen."""
    try:
        return chart_of(found.rows, form.chosen())
    except ProblemError as error:
        form.take(error)
        return None


def _begun(request: HttpRequest, kept: Question | None) -> dict[str, Any]:
    """What stands in the form at first."""
    if kept is not None:
        chart = kept.chart
        drawn = {
            "across": chart.get("across", ""),
            "drawn": ", ".join(chart.get("drawn", [])),
            "drawing": chart.get("form", ""),
        }
        return {"sql": kept.sql, "title": kept.title, "is_shared": kept.is_shared, **drawn}
    return {"sql": request.GET.get("sql", "")[:2000]}


def _kept(request: HttpRequest, row: Question) -> HttpResponseBase:
    messages.success(request, gettext("The question is kept."))
    return HttpResponseRedirect(f"{reverse('platforms_warehouse:ask')}?question={row.code}")


def _question(row: Question) -> SafeString:
    address = f"{reverse('platforms_warehouse:ask')}?question={row.code}"
    return format_html('<a href="{}">{}</a>', address, row.title)


KEPT: list[Column[Question]] = [
    Column("title", _("Title"), lambda row: row.title, _question, ("title",), is_header=True),
    Column("keeper", _("Kept by"), lambda row: row.keeper_name, sort=("keeper_name",)),
    Column("shared", _("Shared"), lambda row: gettext("Yes") if row.is_shared else gettext("No")),
    Column(
        "at",
        _("Last changed"),
        lambda row: row.changed_at,
        lambda row: moment(row.changed_at),
        ("changed_at",),
    ),
    Column("sql", _("Question in SQL"), lambda row: row.sql, is_exported_only=True),
]


@require_safe
def questions(request: HttpRequest) -> HttpResponseBase:
    """The questions that the reader keeps, and those that bodies share with them."""
    by = acting(request)
    require(by, service.READ)
    shared = Filter("shared", _("Shared"), "is_shared", [("True", _("Yes")), ("False", _("No"))])
    found: Table[Question] = Table(
        "questions",
        _("Kept questions"),
        service.questions(by),
        KEPT,
        [shared],
        ("title", "keeper_name", "sql"),
    )
    return answer(request, found, "platforms_warehouse/questions.html")


@require_POST
def forget(request: HttpRequest, code: str) -> HttpResponseBase:
    """Keep one's own question no more."""
    service.forget_question(code, by=acting(request))
    messages.success(request, gettext("The question is kept no more."))
    return HttpResponseRedirect(reverse("platforms_warehouse:questions"))

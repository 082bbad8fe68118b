"""Making reports: what is asked for is checked, written, rendered in every format and kept.

The row exists at once, so that whoever asked sees it and how far it is; the work runs in the background and
may run twice. What is made is written once: document, hash, files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from beichen.kernel.access.service import decide, require, visible
from beichen.kernel.actor import Actor, system
from beichen.kernel.audit import service as audit
from beichen.kernel.bus.service import publish
from beichen.kernel.files.service import open_stored, store
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import region_by_code
from beichen.plan.models import Plan
from beichen.plan.reports.document import Document, as_builtins, as_json, from_json
from beichen.plan.reports.kinds import write_document
from beichen.plan.reports.models import Kind, Report, ReportFile, State, Step, Verb
from beichen.plan.reports.rendering import FORMATS, render
from beichen.plan.reports.rights import (
    MAKE,
    NO_BODY,
    NO_FILE,
    NO_REPORT,
    NOT_YET,
    OUTSIDE,
    READ,
)
from beichen.plan.reports.wordtemplates import current_template
from beichen.problem import Problem, ProblemError, Where, nearest, said

STORED = ("pdf", "docx", "xlsx", "json")  # a page is rendered when it is asked for


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. ``body`` and ``region`` are keys of an edition; at most one is given."""

    year: int
    kind: str = Kind.YEARLY
    language: str = "zh"
    audience: Level = Level.L1
    body: str = ""
    region: str = ""

    @property
    def series(self) -> str:
        """What is reported for whom in which language: editions count within it."""
        whose = self.body or self.region or "whole"
        return f"{self.kind}-{self.year}-{whose}-{self.language}-L{int(self.audience)}"


@dataclass(frozen=True, slots=True)
class _Checked:
    order: Order
    body: Body | None
    region: Region | None


def _check(plan: Plan, order: Order) -> _Checked:
    """The order with its body and district. Raises ProblemError PLN-901, 902, 904, ORG-104."""
    problems: list[Problem] = []
    if not plan.start_year <= order.year <= plan.end_year:
        message = said("{year} lies outside the plan", year=order.year)
        hint = said(
            "the plan runs from {start_year} to {end_year}",
            start_year=plan.start_year,
            end_year=plan.end_year,
        )
        problems.append(Problem(OUTSIDE, message, Where(field="year"), hint))
    elif order.kind == Kind.FINAL and order.year != plan.end_year:
        message = said(
            "the final evaluation is of {end_year}, not of {year}", end_year=plan.end_year, year=order.year
        )
        problems.append(Problem(NOT_YET, message, Where(field="year"), said("ask for a mid-term evaluation")))
    body = Body.objects.select_related("region").filter(key=order.body).first() if order.body else None
    if order.body and body is None:
        keys = Body.objects.filter(is_current=True).values_list("key", flat=True)
        hint = nearest(order.body, keys)
        problems.append(
            Problem(
                NO_BODY, said("no body has the key {body}", body=order.body[:40]), Where(field="body"), hint
            )
        )
    region = None
    if order.region:
        try:
            region = region_by_code(order.region)
        except ProblemError as error:
            problems += error.problems
    if problems:
        raise ProblemError(*problems)
    return _Checked(order, body, region)


def write_report(plan: Plan, order: Order, *, made_on: date, edition: int = 1) -> Document:
    """The document of an order; nothing is kept. Raises ProblemError PLN-901, 902, 904, ORG-104."""
    checked = _check(plan, order)
    return write_document(
        plan,
        order.year,
        kind=order.kind,
        language=order.language,
        audience=order.audience,
        body=checked.body,
        region=checked.region,
        edition=edition,
        made_on=made_on,
    )


def render_report(document: Document, wanted: str) -> bytes:
    """A document in one format, on the city's own Word template where there is one."""
    template = current_template("brief" if document.is_short else "report") if wanted == "docx" else None
    return render(document, wanted, template)


@transaction.atomic
def order_report(plan: Plan, order: Order, *, by: Actor) -> Report:
    """Ask for a report, which is made in the background; returns its row.

    Raises ProblemError ACC-403, PLN-901, 902, 904, ORG-104; then nothing is kept.
    """
    checked = _check(plan, order)
    place = checked.region or plan.region
    last = Report.objects.filter(plan=plan, series=order.series).aggregate(last=Max("edition"))["last"] or 0
    report = Report(
        plan=plan,
        kind=order.kind,
        year=order.year,
        language=order.language,
        region=place,
        body=checked.body,
        audience=int(order.audience),
        series=order.series,
        edition=last + 1,
        made_by=by.key,
        made_by_name=by.name[:120],
        made_at=timezone.now(),
    )
    decision = require(by, MAKE, report)
    report.save()
    resource = f"plan_reports.report:{report.code}"
    detail = {"series": report.series, "edition": report.edition}
    audit.record(by, MAKE, resource, detail=detail, reason=decision.reason)
    from beichen.plan.reports.jobs import make

    enqueue(make, report.code)
    return report


def _order_of(report: Report) -> Order:
    is_district = report.region_id is not None and report.region_id != report.plan.region_id
    return Order(
        year=report.year,
        kind=report.kind,
        language=report.language,
        audience=Level(report.audience),
        body=report.body.key if report.body else "",
        region=report.region.code if is_district and report.region else "",
    )


def make_report(code: str, *, by: Actor | None = None) -> Report:
    """Write and keep an ordered report; one that is made already stays as it is.

    What a service refuses is kept with the report as the reason why it was not made.
    """
    report = Report.objects.select_related("plan__region", "plan__text", "body", "region").get(code=code)
    if report.state != State.MAKING:
        return report
    actor = by or system("reports")
    try:
        order = _order_of(report)
        day = timezone.localdate(report.made_at)
        document = write_report(report.plan, order, made_on=day, edition=report.edition)
        _move(report, 10)
        files = {}
        for number, wanted in enumerate(STORED, 1):
            files[wanted] = render_report(document, wanted)
            _move(report, 10 + 80 * number // len(STORED))
        _keep(report, document, files, by=actor)
    except ProblemError as error:
        _fail(report, error, by=actor)
    return report


def _move(report: Report, progress: int) -> None:
    """Show how far the work is; bookkeeping, no act."""
    report.progress = progress
    Report.objects.filter(pk=report.pk).update(progress=progress)


def file_name(report: Report, wanted: str) -> str:
    """What a report's file is called: plan, series, edition."""
    return f"{report.plan.key}-{report.series}-{report.edition}.{wanted}"


def _keep(report: Report, document: Document, files: dict[str, bytes], *, by: Actor) -> None:
    """Write the document and its files, all or nothing; the contents are safe before the rows."""
    with transaction.atomic():
        for wanted, content in files.items():
            name = file_name(report, wanted)
            stored = store(BytesIO(content), name, by=by, level=Level.L2, region=report.region)
            ReportFile.objects.create(report=report, format=wanted, file=stored)
        report.document = as_builtins(document)
        report.hash = hashlib.sha256(as_json(document)).hexdigest()
        report.title = f"{document.title} {document.subtitle}"[:300]
        report.is_demo = document.is_demo
        report.state, report.progress = State.DRAFT, 100
        report.save()
        note_step(report, Verb.MADE, by=by)


def _fail(report: Report, error: ProblemError, *, by: Actor) -> None:
    with transaction.atomic():
        report.state, report.error = State.FAILED, str(error)[:300]
        report.save(update_fields=["state", "error"])
        note_step(report, Verb.FAILED, by=by, words=str(error)[:500])


def note_step(report: Report, verb: str, *, by: Actor, words: str = "", reason: str = "") -> None:
    """Write a step beside the report, in the audit record and on the bus; within a transaction."""
    Step.objects.create(
        report=report, verb=verb, by=by.key, by_name=by.name[:120], at=timezone.now(), words=words
    )
    detail = {"series": report.series, "edition": report.edition, "hash": report.hash, "words": words}
    audit.record(
        by, f"plan.document.{verb}", f"plan_reports.report:{report.code}", detail=detail, reason=reason
    )
    region = report.region.path if report.region else ""
    data = {"series": report.series, "edition": report.edition, "title": report.title}
    publish(f"plan.document.{verb}", report.code, data, by=by, region=region, level=report.level)


def reports_of(plan: Plan, *, by: Actor) -> QuerySet[Report]:
    """The reports that the actor may see, the newest first, without their documents."""
    rows = visible(by, READ, Report.objects.filter(plan=plan))
    return rows.defer("document").select_related("body", "region", "plan").order_by("-made_at", "-id")


def find_report(code: str, *, by: Actor) -> Report:
    """A report that the actor may read. Raises ProblemError PLN-920; also for what may not be known of."""
    rows = Report.objects.select_related("plan__region", "body", "region").filter(code=code)
    report = rows.first()
    if report is None or not decide(by, READ, report):
        raise ProblemError(Problem(NO_REPORT, said("no report has this code, or it is not open to you")))
    return report


def document_of(report: Report) -> Document:
    """A made report's document. Raises ProblemError PLN-924 before it is made."""
    if report.document is None:
        raise ProblemError(Problem(NO_FILE, said("the report is not made yet")))
    return from_json(report.document)


def open_report(report: Report, wanted: str) -> tuple[str, str, Iterator[bytes]]:
    """Name, media type and content of a report's file. Raises ProblemError PLN-924."""
    name = file_name(report, wanted)
    if wanted == "html":
        return name, FORMATS["html"], iter([render_report(document_of(report), "html")])
    found = ReportFile.objects.select_related("file").filter(report=report, format=wanted).first()
    if found is None:
        known = [*report.files.values_list("format", flat=True), "html"]
        raise ProblemError(
            Problem(
                NO_FILE,
                said("the report has no {wanted} file", wanted=wanted[:8]),
                hint=nearest(wanted, known),
            )
        )
    return name, found.file.media_type, open_stored(found.file)

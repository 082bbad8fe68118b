"""Printing many codes: which objects, on which sheet; the PDF is made in the background, page by page.

Each print is kept with the codes and editions that are on it. A worker that dies begins the print anew: what
is printed stands in one PDF that is kept when it is whole.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from beichen.fronts.codes.labels import LAYOUTS, Label, Layout, sheets
from beichen.fronts.codes.models import CODE_LENGTH, PrintedLabel, PrintRun, RunState, Sticker
from beichen.fronts.codes.permissions import PRINT, scope_of
from beichen.fronts.codes.problems import BAD_LABELS, NO_RUN, wrong
from beichen.fronts.codes.stickers import signed_address, typed_object
from beichen.kernel.access import service as access
from beichen.kernel.actor import Actor
from beichen.kernel.audit import service as audit
from beichen.kernel.files.service import store
from beichen.kernel.jobs.service import enqueue
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Region
from beichen.kernel.org.service import city_name, city_region, region_by_code
from beichen.problem import Problem, ProblemError, said
from beichen.registry import service as registry
from beichen.registry.models import Kind, Object, ObjectType

MOST = 10_000
MOST_NAMED = 500
PART = 10  # pages that WeasyPrint lays out at once
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """Objects by their type, region (and below), and the beginning of their name; or one by one."""

    type: str = ""
    region: str = ""
    text: str = ""
    codes: tuple[str, ...] = ()


def runs(*, by: Actor) -> QuerySet[PrintRun]:
    """The prints of the actor's regions and bodies. Raises ProblemError ACC-403."""
    access.require(by, PRINT)
    rows = PrintRun.objects.select_related("region").defer("codes")
    return rows if by.is_system else rows.filter(made_by=by.key) | access.visible(by, PRINT, rows)


def find_run(code: str, *, by: Actor) -> PrintRun:
    """One print. Raises ProblemError COD-502, ACC-403."""
    row = runs(by=by).filter(code=code[:10]).first()
    if row is None:
        raise ProblemError(Problem(NO_RUN, said("no print has this code")))
    return row


def order_print(choice: Choice, layout: str, *, by: Actor) -> PrintRun:
    """Ask for labels. Raises ProblemError ACC-403, COD-501, ORG-104 with each mistake; then nothing is
    kept."""
    access.require(by, PRINT)
    if layout not in LAYOUTS:
        raise wrong(BAD_LABELS, "layout", said("no sheet is called {key}", key=layout[:40]))
    codes = [code.strip() for code in choice.codes if code.strip()]
    if len(codes) > MOST_NAMED or any(len(code) > CODE_LENGTH for code in codes):
        raise wrong(BAD_LABELS, "codes", said("at most {most} codes, one a line", most=MOST_NAMED))
    if not codes and not choice.type:
        raise wrong(BAD_LABELS, "type", said("choose a type, or name codes"))
    _refuse_people(choice.type)
    region = region_by_code(choice.region) if choice.region else None
    if not codes and not next(_objects(choice, region, by), None):
        raise wrong(BAD_LABELS, "type", said("nothing fits this choice"))
    named = {key: value for key, value in asdict(choice).items() if key != "codes" and value}
    with transaction.atomic():
        run = PrintRun.objects.create(
            layout=layout,
            choice=named,
            codes=codes,
            region=region or city_region(),
            made_at=timezone.now(),
            made_by=by.key[:120],
            made_by_name=by.name[:120],
        )
        audit.record(by, PRINT, f"fronts_codes.printrun:{run.code}", detail={**named, "codes": codes[:50]})
        from beichen.fronts.codes.jobs import make_labels

        enqueue(make_labels, run.code)
    return run


def _refuse_people(key: str) -> None:
    kind = ObjectType.objects.filter(key=key).first() if key else None
    if key and kind is None:
        raise wrong(BAD_LABELS, "type", said("no type is called {key}", key=key[:40]))
    if kind is not None and kind.kind == Kind.PERSON:
        raise wrong(BAD_LABELS, "type", said("a person's code is not printed"))


def _objects(choice: Choice, region: Region | None, by: Actor) -> Iterator[Object]:
    """What fits the choice and may be printed by who asks, in the order of keys."""
    cursor: int | None = 0
    while cursor is not None:
        page = registry.find_objects(
            by=by,
            text=choice.text,
            type_key=choice.type,
            region_path=region.path if region else "",
            cursor=cursor,
            limit=_PAGE,
        )
        yield from (row for row in page.objects if _may_print(row, by))
        cursor = page.next


def _may_print(row: Object, by: Actor) -> bool:
    return row.type.kind != Kind.PERSON and bool(access.decide(by, PRINT, scope_of(row)))


def _named(codes: Sequence[str], by: Actor) -> Iterator[Object]:
    for code in codes:
        row = typed_object(code, by=by)
        if not _may_print(row, by):
            raise wrong(BAD_LABELS, "codes", said("{code} may not be printed", code=code))
        yield row


def make_print(code: str) -> None:
    """Lay the labels out and keep the PDF; a print that is made already stays as it is.

    What is refused is kept with the print as the reason why it was not made.
    """
    run = PrintRun.objects.select_related("region").filter(code=code, state=RunState.WAITING).first()
    if run is None:
        return
    by = access.actor_again(run.made_by)
    try:
        if by is None:
            raise wrong(BAD_LABELS, "type", said("whoever asked for it may not print any more"))
        labels = list(_labels(run, by))
        PrintRun.objects.filter(pk=run.pk).update(total=len(labels))
        content = _pdf(run, [label for label, _edition in labels])
        _keep(run, labels, content, by)
    except ProblemError as error:
        message = str(error.problems[0].message)[:300]
        PrintRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error=message)


def _labels(run: PrintRun, by: Actor) -> Iterator[tuple[Label, int]]:
    choice = Choice(**run.choice)
    region = run.region if choice.region else None
    rows = _named(run.codes, by) if run.codes else _objects(choice, region, by)
    with translation.override("zh-hans"):
        for number, row in enumerate(rows):
            if number >= MOST:
                raise wrong(BAD_LABELS, "type", said("more than {most} labels: choose fewer", most=MOST))
            edition = _editions(row.code)
            kind = str(row.type.name or row.type.key)
            yield Label(row.code, row.name or kind, kind, signed_address(row.code, edition)), edition


def _editions(code: str) -> int:
    row = Sticker.objects.filter(code=code).only("edition", "is_withdrawn").first()
    if row is not None and row.is_withdrawn:
        raise wrong(BAD_LABELS, "codes", said("{code} is withdrawn: reissue it first", code=code))
    return row.edition if row is not None else 1


def _pdf(run: PrintRun, labels: list[Label]) -> bytes:
    """The whole PDF, laid out some pages at a time; moves the run's progress on."""
    layout = LAYOUTS[run.layout]
    writer: Any = import_module("pypdf").PdfWriter()
    with translation.override("zh-hans"):
        city, words = city_name(), _("Scan to see what can be done here")
    step = layout.count * PART
    for first in range(0, len(labels), step):
        part = labels[first : first + step]
        writer.append(BytesIO(_laid_out(layout, part, city, words)))
        PrintRun.objects.filter(pk=run.pk).update(done=first + len(part))
    stream = BytesIO()
    writer.compress_identical_objects()
    writer.write(stream)
    return stream.getvalue()


def _laid_out(layout: Layout, labels: list[Label], city: str, words: str) -> bytes:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    page = sheets(layout, labels, city, words)
    found: bytes = import_module("weasyprint").HTML(string=page).write_pdf()
    return found


def _keep(run: PrintRun, labels: list[tuple[Label, int]], content: bytes, by: Actor) -> None:
    """The file is safe before the rows are."""
    stored = store(BytesIO(content), f"codes-{run.code}.pdf", by=by, level=Level.L2, region=run.region)
    with transaction.atomic():
        PrintedLabel.objects.bulk_create(
            [
                PrintedLabel(run=run, place=place, code=one.code, name=one.name[:200], edition=edition)
                for place, (one, edition) in enumerate(labels, 1)
            ],
            batch_size=500,
        )
        PrintRun.objects.filter(pk=run.pk).update(state=RunState.READY, file=stored.code, done=len(labels))
        detail = {"labels": len(labels), "file": stored.code}
        audit.record(by, PRINT, f"fronts_codes.printrun:{run.code}", detail=detail)


def run_pdf(run: PrintRun) -> Iterator[bytes]:
    """The PDF of a print that is ready. Raises ProblemError COD-502, FIL-105."""
    from beichen.kernel.files.models import StoredFile
    from beichen.kernel.files.service import open_stored

    row = StoredFile.objects.filter(code=run.file).first() if run.file else None
    if row is None:
        raise ProblemError(Problem(NO_RUN, said("the print is not ready")))
    return open_stored(row)

"""The lists of items as declared tables: catalogue, receipts, marks, appointments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.items import booking, receiving
from beichen.fronts.services.items.catalogue import Entry, search
from beichen.fronts.services.items.finding import windows
from beichen.fronts.services.items.life_events import LIFE_EVENTS
from beichen.fronts.services.items.models import Appointment, Mark, Receipt
from beichen.fronts.services.items.wording import AUDIENCE, WAYS, joined, time_words, visit_words
from beichen.fronts.services.items.words import BookingState, MarkKind, ReceiptKind
from beichen.fronts.services.listing import RuledTable
from beichen.fronts.services.permissions import SUPERVISE
from beichen.fronts.services.signs import name_of
from beichen.kernel.access.service import visible
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.web.tables import Column, Filter, State, Table

_LAST = "\uffff"


@dataclass(frozen=True, slots=True)
class CatalogueTable(Table[Entry]):
    """The catalogue: words are looked for by :func:`.catalogue.search`, the best first."""

    def _select_list(self, rows: list[Entry], chosen: State) -> list[Entry]:
        if not chosen.query:
            return Table._select_list(self, rows, chosen)
        found = search(chosen.query, rows)
        narrowed = State(chosen.path, "", chosen.filters, chosen.sort, chosen.number, chosen.kept)
        return Table._select_list(self, found, narrowed)


def address_of(entry: Entry) -> str:
    """Where an item's or a bundle's guide stands."""
    return reverse("services:bundle" if entry.kind == "bundle" else "services:item", args=[entry.key])


def _named(entry: Entry) -> SafeString:
    shown = format_html('<a href="{}">{}</a>', address_of(entry), entry.name)
    if entry.kind == "bundle":
        shown += format_html(' <span class="badge is-ahead">{}</span>', gettext("One thing once"))
    return shown


def catalogue_table(rows: Sequence[Entry]) -> CatalogueTable:
    """All that may be applied for."""
    bodies = sorted({(one.body, one.body_name) for one in rows}, key=lambda pair: pair[1])
    letters = sorted({one.letter for one in rows})
    columns: list[Column[Entry]] = [
        Column("name", _("Service"), lambda one: one.name, _named, ("name",), is_header=True),
        Column("about", _("About it"), lambda one: one.about),
        Column("body", _("Body"), lambda one: one.body_name, None, ("body",)),
        Column("audience", _("Who it is for"), lambda one: joined(AUDIENCE[key] for key in one.audience)),
        Column("promised", _("Promised"), lambda one: time_words(one.promised)),
        Column("visits", _("Coming"), lambda one: visit_words(one.visits)),
        Column("key", _("Key"), lambda one: one.key, is_exported_only=True),
        Column("legal", _("By law"), lambda one: time_words(one.legal), is_exported_only=True),
    ]
    filters = [
        Filter("event", _("In life"), "events", [(key, words) for key, words in LIFE_EVENTS.items()]),
        Filter("audience", _("Who it is for"), "audience", list(AUDIENCE.items())),
        Filter("body", _("Body"), "body", bodies),
        Filter("way", _("Way"), "ways", list(WAYS.items())),
        Filter("letter", _("Letter"), "letter", [(one, one) for one in letters]),
        Filter("window", _("Window"), "windows", [(row.key, row.label) for row in windows()]),
    ]
    return CatalogueTable("services", _("Services"), rows, columns, filters, ("name",))


def moment_words(value: Any) -> str:
    """A moment to the minute; empty for none."""
    return f"{localtime(value):%Y-%m-%d %H:%M}" if value else ""


def linked_affair(code: str) -> SafeString | str:
    """An affair's code with its page; empty for none."""
    if not code:
        return ""
    return format_html('<a class="figures" href="{}">{}</a>', reverse("services:affair", args=[code]), code)


def receipts_table(by: Actor) -> RuledTable:
    """What windows gave in writing."""
    columns: list[Column[Receipt]] = [
        Column(
            "code",
            pgettext("service", "Number"),
            lambda row: row.code,
            lambda row: format_html(
                '<a class="figures" href="{}">{}</a>', reverse("services:receipt", args=[row.code]), row.code
            ),
            is_header=True,
        ),
        Column("kind", pgettext("receipt", "Kind"), lambda row: str(ReceiptKind(row.kind).label)),
        Column("item", _("Service"), lambda row: row.item.label),
        Column(
            "affair",
            _("Affair"),
            lambda row: row.affair.code if row.affair else "",
            lambda row: linked_affair(row.affair.code if row.affair else ""),
        ),
        Column("subject", _("Applicant"), lambda row: row.subject),
        Column("region", _("Region"), lambda row: name_of(row.region)),
        Column("by", _("Received by"), lambda row: row.by_name),
        Column(
            "at",
            pgettext("appointment", "Time"),
            lambda row: localtime(row.at),
            lambda row: moment_words(row.at),
            ("at",),
        ),
    ]
    filters = [Filter("kind", pgettext("receipt", "Kind"), "kind", ReceiptKind.choices)]
    rules = {
        "kind": lambda rows, value: rows.filter(kind=value),
        "q": lambda rows, value: _found(rows, value),
    }
    return RuledTable(
        "receipts",
        pgettext("window", "Receipts"),
        receiving.receipts(by),
        columns,
        filters,
        ("code",),
        rules=rules,
        order=("-at", "-id"),
    )


def _found(rows: Any, query: str) -> Any:
    """Those of an applicant's code, or whose own number begins like this."""
    word = query.strip().upper()
    return rows.filter(subject=word) | rows.filter(code__gte=word, code__lt=word + _LAST)


def marks_table(by: Actor) -> RuledTable:
    """Yellow and red marks."""
    rows = visible(by, SUPERVISE, Mark.objects.all()).select_related("affair", "item", "body", "region")
    columns: list[Column[Mark]] = [
        Column(
            "affair",
            _("Affair"),
            lambda row: row.affair.code,
            lambda row: linked_affair(row.affair.code),
            is_header=True,
        ),
        Column(
            "kind",
            _("Mark"),
            lambda row: str(MarkKind(row.kind).label),
            lambda row: format_html(
                '<span class="badge is-{}">{}</span>',
                "missed" if row.kind == MarkKind.RED else "behind",
                MarkKind(row.kind).label,
            ),
        ),
        Column("item", _("Service"), lambda row: row.item.label),
        Column("body", _("Body"), lambda row: name_of(row.body) if row.body else ""),
        Column("region", _("Region"), lambda row: name_of(row.region)),
        Column("at", _("Marked"), lambda row: localtime(row.at), lambda row: moment_words(row.at), ("at",)),
        Column(
            "promised",
            _("Promised"),
            lambda row: localtime(row.affair.promised_at),
            lambda row: moment_words(row.affair.promised_at),
        ),
    ]
    bodies = {row.key: row for row in Body.objects.filter(is_current=True).order_by("path")}
    ids = {key: body.pk for key, body in bodies.items()}
    filters = [
        Filter("kind", _("Mark"), "kind", MarkKind.choices),
        Filter("body", _("Body"), "body", [(key, name_of(body)) for key, body in bodies.items()]),
    ]
    rules = {
        "kind": lambda found, value: found.filter(kind=value),
        "body": lambda found, value: found.filter(body=ids[value]),
        "q": lambda found, value: found.filter(affair__code=value.strip().upper()),
    }
    return RuledTable(
        "marks", _("Marks"), rows, columns, filters, ("affair",), rules=rules, order=("-at", "-id")
    )


def appointments_table(by: Actor, rows: Any, *, is_desk: bool) -> RuledTable:
    """Appointments: one's own, or those at the windows of a clerk."""
    columns: list[Column[Appointment]] = [
        Column(
            "code",
            pgettext("service", "Number"),
            lambda row: row.code,
            lambda row: format_html(
                '<a class="figures" href="{}">{}</a>',
                reverse("services:appointment", args=[row.code]),
                row.code,
            ),
            is_header=True,
        ),
        Column(
            "starts",
            pgettext("appointment", "Time"),
            lambda row: localtime(row.starts_at),
            lambda row: moment_words(row.starts_at),
            ("starts_at",),
        ),
        Column("window", pgettext("service", "Window"), lambda row: row.window.label),
        Column("item", _("Service"), lambda row: row.item.label if row.item else ""),
        Column("state", pgettext("appointment", "State"), lambda row: str(BookingState(row.state).label)),
    ]
    if is_desk:
        columns.insert(4, Column("subject", _("Applicant"), lambda row: row.subject))
    known = {row.key: row for row in windows()}
    filters = [
        Filter("state", pgettext("appointment", "State"), "state", BookingState.choices),
        Filter(
            "window",
            pgettext("service", "Window"),
            "window",
            [(row.key, row.label) for row in known.values()],
        ),
    ]
    rules = {
        "state": lambda found, value: found.filter(state=value),
        "window": lambda found, value: found.filter(window=known[value]),
        "q": lambda found, value: found.filter(code=value.strip().upper()),
    }
    return RuledTable(
        "appointments",
        _("Appointments"),
        rows,
        columns,
        filters,
        ("code",),
        rules=rules,
        order=("-starts_at", "-id"),
    )


def own_appointments(by: Actor) -> RuledTable:
    """Those of the reader and of whom they represent."""
    return appointments_table(by, booking.appointments_of(by), is_desk=False)


def desk_appointments(by: Actor) -> RuledTable:
    """Those at the reader's windows."""
    return appointments_table(by, booking.appointments_at(by), is_desk=True)

"""The list of objections, declared."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from beichen.fronts.services.items.listing import linked_affair, moment_words
from beichen.fronts.services.listing import RuledTable
from beichen.fronts.services.objection.models import Objection
from beichen.fronts.services.objection.reading import objections
from beichen.fronts.services.objection.words import Ruling
from beichen.fronts.services.signs import name_of
from beichen.kernel.actor import Actor
from beichen.web.tables import Column, Filter


def _linked(row: Objection) -> SafeString:
    return format_html(
        '<a class="figures" href="{}">{}</a>', reverse("services:objection", args=[row.code]), row.code
    )


def objections_table(by: Actor) -> RuledTable:
    """The objections that bodies of the actor answer; who filed them is not among it."""
    columns: list[Column[Objection]] = [
        Column("code", _("Objection"), lambda row: row.code, _linked, is_header=True),
        Column(
            "affair", _("Affair"), lambda row: row.affair.code, lambda row: linked_affair(row.affair.code)
        ),
        Column("process", pgettext("service", "Process"), lambda row: row.affair.definition.label),
        Column("body", _("Body"), lambda row: name_of(row.body)),
        Column("interested", _("Interested party"), lambda row: _("Yes") if row.is_interested else _("No")),
        Column("ruling", pgettext("objection", "State"), lambda row: str(Ruling(row.ruling).label)),
        Column(
            "filed",
            pgettext("objection", "Filed"),
            lambda row: localtime(row.filed_at),
            lambda row: moment_words(row.filed_at),
            ("filed_at",),
        ),
        Column(
            "answered",
            pgettext("objection", "Answered"),
            lambda row: localtime(row.answered_at) if row.answered_at else None,
            lambda row: moment_words(row.answered_at),
        ),
        Column("statement", _("What was objected"), lambda row: row.statement, is_exported_only=True),
        Column("answer", _("Answer"), lambda row: row.answer, is_exported_only=True),
    ]
    rules = {
        "ruling": lambda rows, value: rows.filter(ruling=value),
        "q": lambda rows, value: (
            rows.filter(code=value.strip().upper()) | rows.filter(affair__code=value.strip().upper())
        ),
    }
    return RuledTable(
        "objections",
        _("Objections to notices"),
        objections(by),
        columns,
        [Filter("ruling", pgettext("objection", "State"), "ruling", Ruling.choices)],
        ("code",),
        rules=rules,
        order=("-filed_at", "-id"),
    )

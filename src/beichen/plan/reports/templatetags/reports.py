"""What the templates of a document need: cited text, and a row's cells beside their columns."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from beichen.plan.reports import document
from beichen.plan.reports.rendering import html

register = template.Library()


@register.filter
def cited(text: str) -> SafeString:
    """Text made safe, with its ``[3]`` leading to the third source."""
    return html.cited(text)


@register.filter
def cells(
    table: document.Table, row: tuple[document.Cell, ...]
) -> list[tuple[document.Column, document.Cell]]:
    """Each column with the row's cell in it."""
    return list(zip(table.columns, row, strict=True))

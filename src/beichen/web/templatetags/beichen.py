"""The shared components, each with typed arguments: ``{% load beichen %}``.

A component is a template in ``web/components/`` and a function here; block components take their
content between tags (``{% card title=… %} … {% endcard %}``).
"""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from beichen.web.charts import Chart
from beichen.web.links import Link
from beichen.web.numbers import figure
from beichen.web.status import LABELS, SURENESS, Status
from beichen.web.tables import Rows, TablePage
from beichen.web.wording import actor_name, worded

register = template.Library()
COMPONENTS = "web/components"


@register.filter
def words(text: str) -> list[str]:
    """The words of a literal, to loop over."""
    return text.split()


@register.simple_tag
def static_of(folder: str, name: str, extension: str) -> str:
    """The address of a static file whose name is computed."""
    return static(f"{folder}/{name}.{extension}")


@register.inclusion_tag(f"{COMPONENTS}/icon.html")
def icon(name: str) -> dict[str, str]:
    """A symbol of ``icons.svg``; decoration only, words stand beside it."""
    return {"name": name}


@register.inclusion_tag(f"{COMPONENTS}/theme_switch.html", takes_context=True)
def theme_switch(context: Context) -> dict[str, Any]:
    """The choice between light, dark and the system's appearance."""
    request = context["request"]
    return {
        "theme": context.get("theme"),
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag(f"{COMPONENTS}/reading_switch.html", takes_context=True)
def reading_switch(context: Context) -> dict[str, Any]:
    """The choice of large type and fewer words."""
    request = context["request"]
    return {
        "reading": context.get("reading"),
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag(f"{COMPONENTS}/status.html")
def status(value: Status | str) -> dict[str, Any]:
    """How a target stands, as sign, word and colour together."""
    known = Status(value)
    return {"value": known.value, "label": LABELS[known]}


@register.inclusion_tag(f"{COMPONENTS}/button.html")
def button(
    label: str,
    href: str = "",
    kind: str = "",
    symbol: str = "",
    name: str = "",
    value: str = "",
    small: bool = False,
) -> dict[str, Any]:
    """A button, or a link that looks like one; ``kind`` is primary, danger or quiet."""
    return {
        "label": label,
        "href": href,
        "kind": kind,
        "symbol": symbol,
        "name": name,
        "value": value,
        "small": small,
    }


@register.inclusion_tag(f"{COMPONENTS}/breadcrumb.html")
def breadcrumb(items: list[Link]) -> dict[str, Any]:
    """The way from the top to this page; the last item is the page itself."""
    return {"items": items}


@register.inclusion_tag(f"{COMPONENTS}/tabs.html")
def tabs(items: list[Link], title: str) -> dict[str, Any]:
    """Pages that stand side by side, as links."""
    return {"items": items, "title": title}


@register.inclusion_tag(f"{COMPONENTS}/empty.html")
def empty(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, str]:
    """Says that there is nothing, why, and what to do."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag(f"{COMPONENTS}/progress.html")
def progress(value: float, maximum: float, label: str, status: str = "") -> dict[str, Any]:
    """A bar from zero to ``maximum``."""
    return {"value": value, "maximum": maximum, "label": label, "status": status}


@register.inclusion_tag(f"{COMPONENTS}/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with its label, hint and errors."""
    return {
        "field": bound,
        "is_check": isinstance(bound.field.widget, CheckboxInput),
        "optional": _("(optional)"),
    }


@register.inclusion_tag(f"{COMPONENTS}/table.html")
def data_table(page: TablePage) -> dict[str, TablePage]:
    """A page of a declared table, with search, filters, sorting, pages and exports."""
    return {"page": page}


@register.inclusion_tag(f"{COMPONENTS}/rows.html")
def rows_table(rows: Rows[Any]) -> dict[str, Rows[Any]]:
    """A few rows as a table; cards on a phone."""
    return {"page": rows}


@register.inclusion_tag(f"{COMPONENTS}/chart.html")
def chart(drawing: Chart) -> dict[str, Any]:
    """A chart with the same figures as a table beneath it."""
    return drawing.context()


@register.simple_block_tag
def card(content: str, title: str = "", anchor: str = "", note: str = "") -> SafeString:
    """A bordered section with a heading."""
    context = {"content": content, "title": title, "anchor": anchor, "note": note}
    return render_to_string(f"{COMPONENTS}/card.html", context)


@register.simple_block_tag
def dialog(content: str, anchor: str, title: str, opener: str, kind: str = "") -> SafeString:
    """A modal dialog and the button that opens it; needs ``web/js/dialog.js``."""
    context = {"content": content, "anchor": anchor, "title": title, "opener": opener, "kind": kind}
    return render_to_string(f"{COMPONENTS}/dialog.html", context)


@register.simple_tag
def translated(text: str) -> str:
    """A title, message or hint of a problem in the reader's language, where a room has translated it."""
    return worded(text)


register.filter("figure", figure)


@register.simple_tag
def actor(key: str, name: str) -> SafeString | str:
    """Who acted: a name as it is written, or the house itself."""
    return foreign(name) if (said := actor_name(key, name)) == name else said


@register.simple_tag
def source_word(word: str) -> str:
    """How sure a number is, in words: published, preliminary, computed; high, medium, low."""
    return str(SURENESS.get(word, word))


@register.filter
def foreign(text: str) -> SafeString | str:
    """Marks Chinese facts as Chinese on an English page, so that they are read out rightly."""
    if not text or text.isascii() or (get_language() or "").startswith("zh"):
        return text
    return format_html('<span lang="zh-Hans">{}</span>', text)

"""`/console/board`: what each body has on its hands, for whoever dispatches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from beichen.fronts.governance.counts import Seen, body_loads, summed
from beichen.fronts.governance.queue import NOBODY
from beichen.fronts.governance.reach import looking
from beichen.fronts.governance.wording import body_name
from beichen.web.tables import Column, Table, answer


@dataclass(frozen=True, slots=True)
class Line:
    """A body with its load; ``most`` is the fullest body's."""

    key: str
    name: str
    open: int
    soon: int
    overdue: int
    waiting: int
    in_hand: int
    most: int

    def link(self, count: int, **chosen: str) -> SafeString | str:
        """A count that leads to its cases."""
        if not count:
            return "0"
        return format_html('<a href="{}">{}</a>', self.address(**chosen), count)

    def address(self, **chosen: str) -> str:
        """The queue of this body."""
        return f"{reverse('governance:queue')}?{urlencode({'desk': self.key, **chosen})}"


def _bar(row: Line) -> SafeString:
    words = gettext("%(count)d in hand at %(body)s") % {"count": row.in_hand, "body": row.name}
    context = {"value": row.in_hand, "maximum": max(row.most, 1), "label": words, "status": ""}
    bar = render_to_string("web/components/progress.html", context)
    return format_html('<div class="load"><span class="figures">{}</span>{}</div>', row.in_hand, bar)


COLUMNS: list[Column[Line]] = [
    Column(
        "body", _("Body"), lambda row: row.name,
        lambda row: format_html('<a href="{}">{}</a>', row.address(), row.name), ("name",), is_header=True,
    ),
    Column(
        "open", _("Open cases"), lambda row: row.open, lambda row: row.link(row.open), ("open",),
        is_number=True,
    ),
    Column(
        "soon", _("Due soon"), lambda row: row.soon, lambda row: row.link(row.soon, time="soon"), ("soon",),
        is_number=True,
    ),
    Column(
        "overdue", _("Overdue"), lambda row: row.overdue,
        lambda row: row.link(row.overdue, time="overdue"), ("overdue",), is_number=True,
    ),
    Column(
        "waiting", _("Waiting"), lambda row: row.waiting,
        lambda row: row.link(row.waiting, time="waiting"), ("waiting",), is_number=True,
    ),
    Column("hand", _("In hand"), lambda row: row.in_hand, _bar, ("in_hand",)),
]  # fmt: skip


def lines(seen: Seen, now: datetime) -> list[Line]:
    """The board's rows, the most overdue first."""
    pairs = body_loads(seen, now)
    most = max((load.in_hand for _body, load in pairs), default=0)
    return [
        Line(
            key=body.key if body is not None else NOBODY,
            name=body_name(body) or gettext("No lead body yet"),
            open=load.open,
            soon=load.soon,
            overdue=load.overdue,
            waiting=load.waiting,
            in_hand=load.in_hand,
            most=most,
        )
        for body, load in pairs
    ]


@require_safe
def board(request: HttpRequest) -> HttpResponseBase:
    """The board as a table."""
    seen, now = Seen(looking(request)), timezone.now()
    rows = lines(seen, now)
    table = Table("board", _("Board"), rows, COLUMNS, (), ("name",))
    total = summed([load for _body, load in body_loads(seen, now)])
    return answer(request, table, "governance/board.html", {"total": total})

"""`/news`: what everybody may read; `/news/desk`: what officers write, publish and withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beichen.fronts.citizen.models import News
from beichen.fronts.citizen.news.forms import NewsForm
from beichen.fronts.citizen.news.writing import (
    NewsFacts,
    find_news,
    holding,
    kept_news,
    publish_news,
    save_news,
    shown_news,
)
from beichen.fronts.citizen.permissions import PUBLISH_NEWS, WRITE_NEWS
from beichen.kernel.access.models import Account
from beichen.kernel.access.service import acting, areas, decide
from beichen.kernel.actor import Actor
from beichen.kernel.org.models import Body
from beichen.kernel.org.service import posts_of
from beichen.problem import ProblemError
from beichen.web.links import Link
from beichen.web.tables import Column, Filter, Table, answer

MOST_BODIES = 300


def _language(row: News) -> SafeString | str:
    """Chinese words on an English page say that they are."""
    if get_language() == "en" and not row.title_en:
        return format_html('<span lang="zh-Hans">{}</span>', row.title)
    return row.label


def _linked(route: str) -> Callable[[News], SafeString]:
    def link(row: News) -> SafeString:
        demo = format_html(' <span class="badge">{}</span>', _("Demo")) if row.is_demo else ""
        return format_html(
            '<a href="{}">{}</a>{}', reverse(f"citizen:{route}", args=[row.pk]), _language(row), demo
        )

    return link


def _columns(route: str, *more: Column[News]) -> list[Column[News]]:
    return [
        Column(
            "title",
            gettext_lazy("Title"),
            lambda row: row.label,
            _linked(route),
            ("title",),
            is_header=True,
        ),
        Column("body", gettext_lazy("Body"), lambda row: row.body.name, sort=("body__name",)),
        Column("since", gettext_lazy("Date"), lambda row: row.since.isoformat(), sort=("since",)),
        *more,
    ]


def _bodies(rows: QuerySet[News]) -> list[tuple[str, str]]:
    """The bodies whose news these are, for the filter."""
    found = rows.order_by().values_list("body__key", "body__name").distinct()
    return sorted(found[:MOST_BODIES], key=lambda one: one[1])


@require_safe
def news(request: HttpRequest) -> HttpResponseBase:
    """The list for everybody; the same selection as a file."""
    rows = shown_news()
    table: Table[News] = Table(
        "news",
        _("News and notices"),
        holding(rows, request.GET.get("q", "").replace("\0", "")[:100]).defer("text", "text_en"),
        _columns("one-news"),
        [Filter("body", gettext_lazy("Body"), "body__key", _bodies(rows))],
        ("title", "title_en", "text", "text_en"),
    )
    return answer(
        request, table, "citizen/news/list.html", {"may_write": decide(acting(request), WRITE_NEWS)}
    )


@require_safe
def one_news(request: HttpRequest, number: int) -> HttpResponse:
    """One of them; a draft is shown to who may write it."""
    row = shown_news().filter(pk=number).first()
    if row is None:
        row = _draft(number, by=acting(request))
    crumbs = [Link(_("News and notices"), reverse("citizen:news")), Link(row.label)]
    may_write = decide(acting(request), WRITE_NEWS, row)
    return render(request, "citizen/news/one.html", {"row": row, "crumbs": crumbs, "may_write": may_write})


def _draft(number: int, *, by: Actor) -> News:
    """What is not shown does not exist for who may not write it."""
    try:
        return find_news(number, by=by)
    except ProblemError:
        raise Http404 from None


STATES = [("True", gettext_lazy("Published")), ("False", gettext_lazy("Draft"))]
DESK_COLUMNS = _columns(
    "edit-news",
    Column("until", gettext_lazy("Shown until"), lambda row: row.until.isoformat() if row.until else ""),
    Column(
        "state",
        gettext_lazy("State"),
        lambda row: str(_("Published") if row.is_published else _("Draft")),
        sort=("is_published",),
    ),
)


@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """What the officer's bodies have written, drafts too."""
    rows = kept_news(by=acting(request))
    table: Table[News] = Table(
        "news-desk",
        _("News that we write"),
        holding(rows, request.GET.get("q", "").replace("\0", "")[:100]),
        DESK_COLUMNS,
        [
            Filter("state", gettext_lazy("State"), "is_published", STATES),
            Filter("body", gettext_lazy("Body"), "body__key", _bodies(rows)),
        ],
        ("title", "title_en", "text", "text_en"),
    )
    return answer(request, table, "citizen/news/desk.html")


def _own_bodies(request: HttpRequest) -> list[Body]:
    """The bodies in whose name the officer may write: those of posts that carry the right."""
    account = request.user
    if not isinstance(account, Account) or account.person is None:
        return []
    paths = [area.body_path for area in areas(acting(request), WRITE_NEWS)]
    held = {post.body.pk: post.body for post in posts_of(account.person)}
    return [body for body in held.values() if any(body.path.startswith(path) for path in paths)]


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Write news, or change them."""
    by = acting(request)
    kept_news(by=by)  # who may not write is told so
    row = find_news(number, by=by) if number is not None else None
    bodies = _own_bodies(request)
    if row is not None and row.body not in bodies:
        bodies.append(row.body)
    form = NewsForm(bodies, request.POST or None, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_news(_facts(form.cleaned_data), by=by, number=number)
        except ProblemError as error:
            if error.status in {403, 404}:
                raise
            form.take(error)
        else:
            messages.success(request, _("The news is kept."))
            return HttpResponseRedirect(reverse("citizen:edit-news", args=[kept.pk]))
    crumbs = [
        Link(_("News that we write"), reverse("citizen:news-desk")),
        Link(row.title if row else _("Write news")),
    ]
    context = {
        "form": form,
        "row": row,
        "crumbs": crumbs,
        "may_publish": row is not None and decide(by, PUBLISH_NEWS, row),
    }
    return render(request, "citizen/news/write.html", context, status=422 if form.errors else 200)


def _initial(row: News | None) -> dict[str, Any]:
    if row is None:
        return {"since": timezone.localdate()}
    names = ("title", "title_en", "text", "text_en", "since", "until")
    return {name: getattr(row, name) for name in names} | {"body": row.body.key}


def _facts(given: dict[str, Any]) -> NewsFacts:
    return NewsFacts(**given)


@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Publish, or withdraw with ``step=withdraw``."""
    is_published = request.POST.get("step") != "withdraw"
    publish_news(number, by=acting(request), is_published=is_published)
    messages.success(request, _("Everybody can read it.") if is_published else _("It is a draft again."))
    return HttpResponseRedirect(reverse("citizen:edit-news", args=[number]))

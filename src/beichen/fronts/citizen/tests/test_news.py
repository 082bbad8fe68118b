"""News: drafts are the writers', what is published is everybody's from its day until another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beichen.fronts.citizen.models import News
from beichen.fronts.citizen.service import NewsFacts, publish_news, save_news, shown_news
from beichen.fronts.citizen.tests.people import BY, actor, citizen, city, officer, own_body, signed_in
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.org.models import Body
from beichen.problem import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built() -> None:
    """The city."""
    city.build()


def body() -> str:
    """The body that the officer is of."""
    return str(own_body().key)


def kept(title: str = "停水通知", **more: Any) -> News:
    """A draft."""
    facts = {"title": title, "text": "周六停水", "body": body(), "since": timezone.localdate(), **more}
    return save_news(NewsFacts(**facts), by=BY)


def refused(call: Any, *args: Any, **named: Any) -> list[str]:
    """The codes with which ``call`` refuses."""
    with pytest.raises(ProblemError) as caught:
        call(*args, **named)
    return [problem.code for problem in caught.value.problems]


def test_a_draft_is_seen_by_its_writers_alone(client: Client) -> None:
    """Everybody else finds nothing at its address."""
    row = kept()
    assert client.get(f"/news/{row.pk}").status_code == 404
    assert signed_in(citizen()).get(f"/news/{row.pk}").status_code == 404
    assert signed_in(officer()).get(f"/news/{row.pk}").status_code == 200
    assert "停水通知" not in client.get("/news").content.decode()
    assert client.get("/news?format=csv").getvalue().count(b"\n") == 1


def test_an_officer_writes_publishes_and_withdraws(client: Client) -> None:
    """Through the pages; each step is recorded."""
    desk = signed_in(officer())
    form = {"title": "通告", "text": "一\n\n二", "body": body(), "since": "2024-01-01"}
    assert desk.post("/news/desk/new", {**form, "title": ""}).status_code == 422
    assert desk.post("/news/desk/new", form).status_code == 302
    row = News.objects.get()
    assert "通告" in desk.get("/news/desk").content.decode()
    assert 'value="2024-01-01"' in desk.get(f"/news/desk/{row.pk}").content.decode()
    assert desk.post(f"/news/desk/{row.pk}/publish", {"step": "publish"}).status_code == 302
    assert client.get(f"/news/{row.pk}").content.decode().count("<p>") >= 2
    assert desk.post(f"/news/desk/{row.pk}", {**form, "title": "新通告"}).status_code == 302
    assert "新通告" in client.get("/news").content.decode()
    desk.post(f"/news/desk/{row.pk}/publish", {"step": "withdraw"})
    assert client.get(f"/news/{row.pk}").status_code == 404
    acts = AuditRecord.objects.filter(resource=f"fronts_citizen.news:{row.pk}")
    assert list(acts.values_list("action", flat=True)) == [
        "citizen.news.write",
        "citizen.news.publish",
        "citizen.news.write",
        "citizen.news.publish",
    ]


def test_who_may_not_publish_changes_only_drafts() -> None:
    """What everybody reads is changed by who may publish."""
    writer = officer(may_publish=False)
    row = kept()
    assert refused(publish_news, row.pk, by=actor(writer)) == ["ACC-403"]
    facts = NewsFacts("改", "改", body(), timezone.localdate())
    save_news(facts, by=actor(writer), number=row.pk)
    publish_news(row.pk, by=BY)
    assert refused(save_news, facts, by=actor(writer), number=row.pk) == ["ACC-403"]


def test_who_may_not_write_is_told_so() -> None:
    """Citizens and other bodies' officers."""
    stranger = signed_in(citizen())
    for address in ("/news/desk", "/news/desk/new", f"/news/desk/{kept().pk}"):
        assert stranger.get(address).status_code == 403
    other = Body.objects.exclude(path__startswith=own_body().path).first()
    assert other is not None
    facts = NewsFacts("x", "x", other.key, timezone.localdate())
    assert refused(save_news, facts, by=actor(officer())) == ["ACC-403"]


def test_it_is_shown_from_its_day_until_its_last() -> None:
    """Both days included."""
    today = timezone.localdate()
    days = [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (-9, 3, True)]
    for since, until, _is_shown in days:
        end = None if until is None else today + timedelta(days=until)
        row = kept(f"{since} {until}", since=today + timedelta(days=since), until=end)
        publish_news(row.pk, by=BY)
    shown = {row.title for row in shown_news()}
    assert shown == {f"{since} {until}" for since, until, is_shown in days if is_shown}


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"title": " ", "text": ""}, ["CIT-102", "CIT-102"]),
        ({"title": "a" * 121}, ["CIT-102"]),
        ({"text": "a\0b"}, ["CIT-102"]),
        ({"until": timezone.localdate() - timedelta(days=1)}, ["CIT-102"]),
        ({"body": "nobody"}, ["CIT-102"]),
    ],
)
def test_what_cannot_be_kept_is_refused(more: dict[str, Any], codes: list[str]) -> None:
    """Every mistake at once, and nothing is written."""
    facts = {"title": "x", "text": "x", "body": body(), "since": timezone.localdate(), **more}
    assert refused(save_news, NewsFacts(**facts), by=BY) == codes
    assert not News.objects.exists()
    assert refused(publish_news, 1, by=BY) == ["CIT-101"]


def test_it_is_plain_text_and_says_when_it_is_chinese_only(client: Client) -> None:
    """No markup of an author reaches a reader."""
    row = kept("<b>粗</b>", text="<script>alert(1)</script>")
    publish_news(row.pk, by=BY)
    page = client.get(f"/news/{row.pk}", headers={"Accept-Language": "en"}).content.decode()
    assert "&lt;script&gt;" in page
    assert "in Chinese only" in page


def test_the_list_is_found_sorted_and_exported(client: Client) -> None:
    """Words anywhere, in any order."""
    for title in ("供水检修", "供电检修"):
        publish_news(kept(title).pk, by=BY)
    assert "供电检修" not in client.get("/news?q=供水 停水").content.decode().split("<main")[1]
    assert "供电检修" in client.get("/news?format=csv&sort=title").getvalue().decode()

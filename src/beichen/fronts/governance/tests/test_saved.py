"""Saved views: a person's own, kept with a record, forgotten again."""

from __future__ import annotations

import pytest
from django.test import Client

from beichen.fronts.governance.models import SavedView
from beichen.fronts.governance.saved import MOST
from beichen.fronts.governance.service import delete_view, save_view, saved_views
from beichen.fronts.governance.tests.conftest import signed_in
from beichen.hubs.events.tests import city
from beichen.problem import ProblemError


def refused(error: pytest.ExceptionInfo[ProblemError]) -> str:
    return error.value.problems[0].code


def test_a_view_is_kept_shown_changed_and_forgotten(attendant: Client, supervisor: Client) -> None:
    response = attendant.post(
        "/console/views", {"name": " 快到期 ", "query": "time=soon&page=3"}, follow=True
    )
    text = response.content.decode()
    assert response.redirect_chain[0][0] == "/console?time=soon"
    assert "快到期" in text
    assert "快到期" not in supervisor.get("/console").content.decode()
    attendant.post("/console/views", {"name": "快到期", "query": "time=overdue"})
    view = SavedView.objects.get()
    assert view.query == "time=overdue"
    assert supervisor.post(f"/console/views/{view.pk}/delete").status_code == 404  # GOV-102
    assert attendant.post(f"/console/views/{view.pk}/delete").status_code == 302
    assert SavedView.objects.count() == 0


def test_a_view_without_a_name_says_so(attendant: Client) -> None:
    text = attendant.post("/console/views", {"name": " ", "query": "time=soon"}, follow=True).content.decode()
    assert "请填写视图名称" in text  # GOV-101


def test_views_are_few() -> None:
    by = city.attendant()
    for number in range(MOST):
        save_view(f"视图{number}", "", by=by)
    with pytest.raises(ProblemError) as error:
        save_view("再一个", "", by=by)
    assert refused(error) == "GOV-103"
    save_view("视图1", "stage=accept", by=by)
    assert saved_views(by=by).count() == MOST


def test_nobody_forgets_what_is_not_theirs() -> None:
    row = save_view("我的", "", by=city.attendant())
    with pytest.raises(ProblemError) as error:
        delete_view(row.pk, by=city.person("officer", "east", city.EAST))
    assert refused(error) == "GOV-102"
    with pytest.raises(ProblemError) as error:
        save_view(" ", "", by=city.attendant())
    assert refused(error) == "GOV-101"


def test_the_public_keeps_nothing(client: Client) -> None:
    assert client.post("/console/views", {"name": "x"}).status_code == 403
    signed_in("planner", "government")[0].post("/console/views", {"name": "x"})
    assert SavedView.objects.count() == 0

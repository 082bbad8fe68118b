"""Importing a file of reports: columns offered, rows taken once, refused ones listed with their reasons."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beichen.fronts.governance.tests.test_taking import signed_in
from beichen.hubs.events.models import Report
from beichen.hubs.events.tests import city

pytestmark = pytest.mark.django_db
CSV = "编号,内容,区县\nB-1,路面大坑,东区\nB-2,路面大坑,南区\n"


@pytest.fixture
def attendant() -> Client:
    """Who takes reports."""
    city.build()
    return signed_in("attendant", "centre")


def upload(content: str = CSV) -> SimpleUploadedFile:
    """The file as a browser sends it."""
    return SimpleUploadedFile("a.csv", content.encode())


def test_columns_are_offered_before_anything_comes_in(attendant: Client) -> None:
    assert attendant.get("/console/import").status_code == 200
    page = attendant.post("/console/import", {"file": upload(), "look": "yes"})
    chosen = {
        one["name"]: [at for at, _heading, is_it in one["options"] if is_it]
        for one in page.context["choices"]
    }
    assert (chosen["key"], chosen["text"], chosen["region"], chosen["phone"]) == ([0], [1], [2], [])
    assert not Report.objects.exists()


def test_rows_come_in_once_and_refusals_are_listed(attendant: Client) -> None:
    sent = {"column_text": "1", "column_region": "2", "column_key": "0", "take": "yes"}
    for taken, known in ((1, 0), (0, 1)):
        page = attendant.post("/console/import", {"file": upload(), **sent})
        result = page.context["result"]
        assert (len(result.taken), result.known) == (taken, known)
        assert [(one["row"], str(one["field"])) for one in page.context["refused"]] == [(3, "区县")]
    assert Report.objects.get().key == "own:B-1"


def test_mistakes_are_said(attendant: Client) -> None:
    assert attendant.post("/console/import", {}).status_code == 422
    assert attendant.post("/console/import", {"file": upload("x\n")}).status_code == 422
    nothing = attendant.post("/console/import", {"file": upload(), "column_kind": "1", "take": "yes"})
    assert nothing.status_code == 422
    assert signed_in("officer", "roads").get("/console/import").status_code == 403

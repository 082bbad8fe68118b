"""Importing a file of reports: columns offered, rows taken once, refused ones listed with their reasons."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beichen.fronts.governance.tests.test_taking import signed_in
from beichen.hubs.events.models import Report
from beichen.hubs.events.tests import city
from beichen.kernel.jobs.worker import JobWorker

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


def begin(client: Client, content: str = CSV) -> str:
    """The address of a file's page."""
    answer = client.post("/console/import", {"file": upload(content)})
    assert answer.status_code == 302
    return str(answer["Location"])


def work() -> None:
    """Let the jobs run."""
    worker = JobWorker()
    while worker.tick():
        pass


CHOSEN = {"column_text": "1", "column_region": "2", "column_key": "0", "take": "yes"}


def test_columns_are_offered_before_anything_comes_in(attendant: Client) -> None:
    assert attendant.get("/console/import").status_code == 200
    page = attendant.get(begin(attendant))
    chosen = {
        one["name"]: [at for at, _heading, is_it in one["options"] if is_it]
        for one in page.context["choices"]
    }
    assert (chosen["key"], chosen["text"], chosen["region"], chosen["phone"]) == ([0], [1], [2], [])
    assert not Report.objects.exists()


def test_rows_come_in_by_a_job_and_refusals_are_listed_and_given_out(attendant: Client) -> None:
    for taken, known in ((1, 0), (0, 1)):
        address = begin(attendant)
        assert attendant.post(address, CHOSEN)["Location"] == address
        running = attendant.get(address).content.decode()
        assert "every 2s" in running
        assert "0/2" in running
        work()
        page = attendant.get(address, headers={"HX-Target": "import-progress"})
        assert (page.context["counts"]["taken"], page.context["counts"]["known"]) == (taken, known)
        assert [(one.row, str(one.field)) for one in page.context["refused"]] == [(3, "区县")]
        assert "every 2s" not in page.content.decode()
    assert Report.objects.get().key == "own:B-1"
    file = attendant.get(f"{address}/refused?format=csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "编号,内容,区县,文件行号,原因"
    assert lines[1].startswith("B-2,路面大坑,南区,3,")
    assert attendant.get(f"{address}/refused?format=xlsx").status_code == 200
    assert "a.csv" in attendant.get("/console/import").content.decode()


def test_mistakes_are_said(attendant: Client) -> None:
    assert attendant.post("/console/import", {}).status_code == 422
    assert attendant.post("/console/import", {"file": upload("x\n")}).status_code == 422
    address = begin(attendant, "类型,编号\n甲,1\n")
    assert attendant.post(address, {"column_kind": "0", "take": "yes"}).status_code == 422
    officer = signed_in("officer", "roads")
    assert officer.get("/console/import").status_code == 403
    assert officer.get(address).status_code == 403
    assert signed_in("grid-worker", "east").get(address).status_code == 404  # another's
    assert Client().get(address).status_code == 403

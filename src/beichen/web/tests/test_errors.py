"""Error answers: each code as a page for people and as a document for programs."""

from __future__ import annotations

import json

import pytest
from django.db import DataError
from django.http import HttpRequest
from django.test import Client, RequestFactory

from beichen.problem import ProblemError
from beichen.web import errors
from beichen.web.errors import BAD_REQUEST, FORBIDDEN, SERVER_ERROR

CASES = [
    (errors.bad_request, BAD_REQUEST, 400),
    (errors.forbidden, FORBIDDEN, 403),
]


def request(accept: str) -> HttpRequest:
    return RequestFactory().get("/somewhere", headers={"Accept": accept})


@pytest.mark.parametrize(("handler", "code", "status"), CASES)
def test_programs_get_a_problem_document(handler: object, code: str, status: int) -> None:
    assert callable(handler)
    response = handler(request("application/json"), ProblemError)
    document = json.loads(response.content)
    assert (response.status_code, document["code"], document["status"]) == (status, code, status)
    assert response["Content-Type"] == "application/problem+json"


def test_a_failure_is_told_without_asking_the_database() -> None:
    page = errors.server_error(request("text/html"))
    assert (page.status_code, SERVER_ERROR in page.content.decode()) == (500, True)
    document = errors.server_error(request("application/json"))
    assert json.loads(document.content)["code"] == SERVER_ERROR


@pytest.mark.parametrize("path", ["/ngsi-ld/v1/entities", "/api/layers", "/events"])
def test_a_protocol_answers_with_a_document_whatever_is_accepted(path: str) -> None:
    answer = errors.server_error(RequestFactory().get(path, headers={"Accept": "*/*"}))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (500, SERVER_ERROR)


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/no/such%0Apage", 404), ("/services/desk", 401)])
def test_a_key_that_is_not_valid_is_refused_on_pages_too(path: str, status: int) -> None:
    headers = {"Authorization": "Bearer none", "Accept": "text/html"}
    assert Client().get(path, headers=headers).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/follow/%00", "/ngsi-ld/v1/entities?type=%00", "/?q=a%00b"])
def test_a_character_that_no_text_holds_is_no_mistake_of_ours(path: str) -> None:
    """PostgreSQL keeps none, whoever asks for it; `tests/test_hostile.py` sends it to every page."""
    assert Client().get(path, headers={"Accept": "application/json"}).status_code < 500


def test_a_text_that_no_database_keeps_is_the_sender_s_mistake_and_others_are_ours() -> None:
    asked = request("application/json")
    said = DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    answer = errors.answer_to(said, asked)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, BAD_REQUEST)
    with pytest.raises(DataError):
        errors.answer_to(DataError("integer out of range"), asked)

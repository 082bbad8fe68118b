"""The short way answers what goes wrong as the long one does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from beichen.problem import Problem, ProblemError
from beichen.registry.express import ExpressMiddleware
from beichen.registry.problems import FIELD

RAISED: dict[str, Exception] = {
    "away": OperationalError("the server closed the connection"),
    "problem": ProblemError(Problem(FIELD, "not like this")),
    "mistake": KeyError("ours"),
}


def view(_request: HttpRequest, what: str) -> HttpResponse:
    """Raise it."""
    raise RAISED[what]


urlpatterns = [path("ngsi-ld/<str:what>", view)]


@pytest.fixture
def house(settings: Any) -> ExpressMiddleware:
    """The short way to the view; the long one leads nowhere."""
    settings.EXPRESS = {"/ngsi-ld/": __name__}
    settings.ALLOWED_HOSTS = ["testserver"]
    return ExpressMiddleware(lambda _request: HttpResponse("the long way"))


@pytest.mark.parametrize(("what", "status", "code"), [("away", 503, "WEB-503"), ("problem", 400, FIELD)])
def test_a_problem_is_a_document(house: ExpressMiddleware, what: str, status: int, code: str) -> None:
    answer = house(RequestFactory().get(f"/ngsi-ld/{what}", headers={"accept": "*/*"}))
    told = json.loads(answer.content)
    assert (answer.status_code, told["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.has_header("Retry-After") == (what == "away")


def test_a_mistake_of_ours_is_djangos_to_tell(house: ExpressMiddleware) -> None:
    with pytest.raises(KeyError):
        house(RequestFactory().get("/ngsi-ld/mistake"))

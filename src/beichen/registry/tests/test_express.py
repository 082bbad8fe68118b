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


def test_what_is_kept_of_an_address_is_the_address_alone(house: ExpressMiddleware) -> None:
    """A request that comes again is asked again; what another asked is not among its parameters."""
    queries = ["a=1&b=%E5%8C%97", "a=2", "a=1&b=%E5%8C%97", ""]
    asked = [RequestFactory().get(f"/ngsi-ld/problem?{query}") for query in queries]
    for request in asked:
        house(request)
    assert [one.GET.dict() for one in asked] == [{"a": "1", "b": "北"}, {"a": "2"}, {"a": "1", "b": "北"}, {}]
    with pytest.raises(AttributeError):
        asked[0].GET.__setitem__("a", "3")  # type: ignore[misc]
    assert house(RequestFactory().get("/ngsi-ld/away")).status_code == 503
    assert house(RequestFactory().get("/ngsi-ld/problem")).status_code == 400

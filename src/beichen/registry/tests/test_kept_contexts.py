"""Contexts that the house keeps: hosted, used, served, listed, reloaded; and what it never fetches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache

from beichen.problem import Problem, ProblemError
from beichen.registry.document import contexts
from beichen.registry.models import ContextKind, KeptContext
from beichen.registry.problems import NO_CONTEXT
from beichen.registry.tests.clients import LD_JSON, Program
from beichen.settings import settings

pytestmark = pytest.mark.django_db
TERMS = {"tiefe": "https://example.org/depth"}
REMOTE = "https://contexts.example.org/wells.jsonld"


@pytest.fixture
def program() -> Program:
    """A data steward's program."""
    cache.clear()
    return Program()


class Remote:
    """Stands for the host of contexts."""

    def __init__(self) -> None:
        self.is_up = True
        self.terms: Any = TERMS
        self.asked = 0

    def fetch(self, url: str) -> Any:
        self.asked += 1
        if not self.is_up:
            raise ProblemError(Problem(NO_CONTEXT, f"{url} does not answer"))
        return {"@context": self.terms}


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Remote:
    """A host that the settings allow."""
    found = Remote()
    allowed = replace(settings(), context_hosts="contexts.example.org")
    monkeypatch.setattr(contexts, "settings", lambda: allowed)
    monkeypatch.setattr(contexts, "fetch", found.fetch)
    return found


def host(program: Program, value: Any = None) -> str:
    response = program.send("POST", "jsonldContexts", {"@context": value or TERMS})
    assert response.status_code == 201, response.content
    return str(response["Location"])


def test_a_hosted_context_is_served_listed_used_and_removed(program: Program) -> None:
    path = host(program)
    key = path.rpartition("/")[2]
    assert program.get(f"jsonldContexts/{key}").json() == {"@context": TERMS}
    details = program.get("jsonldContexts", details="true", kind="Hosted").json()
    assert [(item["localId"], item["kind"]) for item in details] == [(key, "Hosted")]
    url = details[0]["URL"]
    entity = {"id": "urn:x:1", "type": "Well", "tiefe": 4, "@context": url}
    assert program.send("POST", "entities", entity, LD_JSON).status_code == 201
    assert "https://example.org/depth" in program.get("entities/urn:x:1").json()
    assert program.get(f"jsonldContexts/{key}", details="true").json()["numberOfHits"] >= 1
    assert program.send("DELETE", f"jsonldContexts/{key}?reload=true").status_code == 400
    assert program.send("DELETE", f"jsonldContexts/{key}").status_code == 204
    assert program.get(f"jsonldContexts/{key}").status_code == 404
    again = program.send("POST", "entities", {**entity, "id": "urn:x:2"}, LD_JSON)
    assert (again.status_code, again.json()["code"]) == (504, "REG-105")


def test_only_who_may_keeps_contexts(program: Program) -> None:
    path = host(program)
    reader = Program(role="public", key="reader")
    assert reader.send("POST", "jsonldContexts", {"@context": TERMS}).status_code == 403
    assert reader.client.get(path).json() == {"@context": TERMS}
    assert reader.send("DELETE", path.removeprefix("/ngsi-ld/v1/")).status_code == 403


@pytest.mark.parametrize(
    "value", [7, True, "no url", [7], ["x"], {"term": 7}, {"term": {"@type": []}, "@": 1}]
)
def test_what_is_no_context_is_refused(program: Program, value: Any) -> None:
    response = program.send("POST", "jsonldContexts", {"@context": value})
    assert response.status_code in ({400} if value != {"term": {"@type": []}, "@": 1} else {400, 201})
    assert program.send("POST", "jsonldContexts", {"terms": {}}).json()["code"] == "REG-102"


def test_a_fetched_context_is_kept_and_serves_while_its_host_is_away(
    program: Program, remote: Remote
) -> None:
    contexts.context_of(REMOTE)
    contexts.context_of(REMOTE)
    assert remote.asked == 1
    row = KeptContext.objects.get()
    assert (row.kind, row.url) == (ContextKind.CACHED, REMOTE)
    cache.clear()
    remote.is_up = False
    assert contexts.context_of(REMOTE).expand("tiefe") == "https://example.org/depth"
    # A reload that fails changes nothing; one that succeeds brings what is there now.
    failed = program.send("DELETE", f"jsonldContexts/{row.key}?reload=true")
    assert failed.status_code == 504
    remote.is_up, remote.terms = True, {"tiefe": "https://example.org/other"}
    assert program.send("DELETE", f"jsonldContexts/{row.key}?reload=true").status_code == 204
    assert contexts.context_of(REMOTE).expand("tiefe") == "https://example.org/other"
    served = program.get(f"jsonldContexts/{row.key}")
    assert (served.status_code, served.json()["code"]) == (422, "REG-113")


def test_a_host_that_is_no_longer_allowed_is_not_served_from_what_was_kept(
    program: Program, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    contexts.context_of(REMOTE)
    cache.clear()
    monkeypatch.setattr(contexts, "settings", lambda: replace(settings(), context_hosts=""))
    with pytest.raises(ProblemError, match="REG-105"):
        contexts.context_of(REMOTE)
    assert remote.asked == 1


def test_the_core_context_comes_with_the_house(program: Program) -> None:
    core = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
    assert core in program.get("jsonldContexts").json()
    name = "https%3A%2F%2Furi.etsi.org%2Fngsi-ld%2Fv1%2Fngsi-ld-core-context-v1.8.jsonld"
    assert program.get(f"jsonldContexts/{name}", details="true").json()["kind"] == "Cached"
    assert program.send("DELETE", f"jsonldContexts/{name}").status_code == 400


def test_another_house_s_address_is_not_taken_for_our_own() -> None:
    path = "/ngsi-ld/v1/jsonldContexts/x"
    assert contexts.own_key(f"http://localhost:8000{path}") == "x"
    assert contexts.own_key(f"http://elsewhere.example.org{path}") is None
    assert contexts.own_key(f"http://localhost:8000{path}/y") is None

"""The query language: SQL over the indexes and the evaluator agree, and what is stored is read back."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from beichen.kernel.access import service as access
from beichen.kernel.actor import PUBLIC, system
from beichen.problem import ProblemError
from beichen.registry import service
from beichen.registry.document.context import CORE_ONLY, Context
from beichen.registry.document.expansion import Expander
from beichen.registry.document.representation import Representation
from beichen.registry.query.evaluation import evaluate
from beichen.registry.query.parser import parse_query
from beichen.registry.query.plan import Query
from beichen.registry.query.search import Search

BY = system("test")
NAMES = ("speed", "brand", "near", "seen")
ENTITIES: list[dict[str, Any]] = [
    {"speed": 4, "brand": "Mercedes", "seen": "2026-01-01T00:00:00Z"},
    {"speed": 55.5, "brand": ["Audi", "BMW"], "near": {"object": "urn:ngsi-ld:P:1"}},
    {"speed": -3, "brand": {"languageMap": {"zh": "红旗", "en": "Hongqi"}}},
    {"speed": True, "brand": {"value": "Audi", "since": 1999}},
    {"speed": [1, 2, 3], "seen": {"value": {"@type": "DateTime", "@value": "2026-06-01T00:00:00Z"}}},
    {
        "brand": {"value": {"maker": {"name": "FAW"}}},
        "near": {"object": ["urn:ngsi-ld:P:1", "urn:ngsi-ld:P:2"]},
    },
    {"speed": [{"value": 1}, {"value": 90, "datasetId": "urn:d:1"}]} | {"brand": "x" * 200},
    {},
]

numbers = st.sampled_from(["4", "55.5", "-3", "0", "1", "90", "1e3"])
texts = st.sampled_from(
    ['"Audi"', '"Mercedes"', '"红旗"', '"FAW"', '"' + "x" * 200 + '"', '"' + "x" * 150 + '"']
)
others = st.sampled_from(["true", "false", "urn:ngsi-ld:P:1", "2026-01-01T00:00:00Z", "2026-05-01"])
values = st.one_of(numbers, texts, others)
paths = st.sampled_from([*NAMES, "brand.since", "brand[maker.name]", "brand[zh]", "brand[*]", "unknown"])
operands = st.one_of(
    values, st.tuples(numbers, numbers).map("..".join), st.lists(values, min_size=2, max_size=3).map(",".join)
)
terms = st.one_of(
    paths,
    st.tuples(paths, st.sampled_from(["==", "!="]), operands).map("".join),
    st.tuples(paths, st.sampled_from(["<", "<=", ">", ">="]), values).map("".join),
    st.tuples(paths, st.sampled_from(["~=", "!~="]), st.sampled_from(['"^A"', '"x+$"', '"红"'])).map("".join),
)
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(";".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
    ),
    max_leaves=6,
)


def store(kind: str, entities: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Write entities of an open type; gives their stored documents by id."""
    drafts, documents = [], {}
    for number, attributes in enumerate(entities):
        expander = Expander(CORE_ONLY)
        entity = expander.entity({"id": f"urn:ngsi-ld:{kind}:{number}", "type": kind, **attributes})
        expander.finish()
        drafts.append(service.Draft(entity))
        documents[entity.urn] = entity.document()
    assert not service.write_objects(drafts, by=BY).errors
    return documents


class TheIndexesAgreeWithTheEvaluator(TestCase):
    """Whatever is asked, SQL and a plain loop over the documents find the same objects."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=queries)
    def test_search(self, text: str) -> None:
        documents = store("Car", ENTITIES)
        node = parse_query(text, CORE_ONLY.expand)
        expected = {urn for urn, document in documents.items() if evaluate(node, document)}
        search = Search(Query(types="Car", q=node), BY)
        rows, _ = search.page(100)
        found = {orjson.loads(row.document)["id"] for row in rows}
        assert found == expected
        assert Search(Query(types="Car", q=node), BY).count() == len(expected)
        assert {orjson.loads(row.document)["id"] for row in Search(Query(q=node), BY).every()} == expected


plain = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30).filter(lambda text: "urn:ngsi-ld:null" not in text),
)
compound = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=5,
)
names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: CORE_ONLY.expand(name) == name
)
CONTEXT = Context({"short": "https://example.org/long#name", "ex": "https://example.org/"}, "urn:context")


@given(
    attributes=st.dictionaries(
        names | st.sampled_from(["short", "ex:other", "https://other.example/x"]), compound
    )
)
def test_what_is_expanded_compacts_to_what_was_given(attributes: dict[str, Any]) -> None:
    payload = {
        "id": "urn:a:1",
        "type": "T",
        **{name: {"type": "Property", "value": value} for name, value in attributes.items()},
    }
    expander = Expander(CONTEXT)
    entity = expander.entity(payload)
    if expander.problems:
        assert all(problem.where.pointer for problem in expander.problems)
        return
    stored = orjson.loads(orjson.dumps(entity.document()))
    assert Representation(CONTEXT).render(stored) == orjson.loads(orjson.dumps(payload))


@pytest.mark.django_db
def test_indexed_values_and_boxes_are_found_by_their_indexes() -> None:
    from django.db import connection

    store("Car", ENTITIES)
    query = Query(types="Car", q=parse_query('brand=="Audi";speed>1', CORE_ONLY.expand))
    plan = Search(query, BY).plan
    assert plan.is_exact
    statement = " ".join(["SELECT o.id FROM", plan.tables, "WHERE", " AND ".join(plan.conditions)])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {statement}", plan.parameters)
        steps = " ".join(str(row) for row in cursor.fetchall())
    assert "value_text" in steps
    assert "value_number" in steps


@pytest.mark.django_db
def test_a_query_that_would_read_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    store("Car", ENTITIES)
    monkeypatch.setattr("beichen.registry.query.search.READ_LIMIT", 4)
    monkeypatch.setattr("beichen.registry.query.search.CHUNK_LIMIT", 2)
    search = Search(Query(types="Car", q=parse_query("brand[maker.name]", CORE_ONLY.expand)), BY)
    with pytest.raises(ProblemError, match="REG-106"):
        search.page(100)


@pytest.mark.django_db
def test_guarded_fields_are_withheld_and_cannot_be_guessed() -> None:
    access.load_roles(by=BY)
    facts = service.TypeFacts(
        "citizen", "place", fields={"phone": {"type": "string"}}, indexed=("phone",), levels={"phone": 3}
    )
    service.declare_types([facts], scene="people", by=BY)
    store("citizen", [{"phone": "13800000000", "city": "长春"}])
    shown = Client().get("/ngsi-ld/v1/entities", {"type": "citizen"}).json()
    assert "phone" not in shown[0]
    assert shown[0]["city"]["value"] == "长春"
    for question in ({"q": 'phone=="13800000000"'}, {"q": "phone"}, {"attrs": "phone"}):
        assert Client().get("/ngsi-ld/v1/entities", {"type": "citizen", **question}).json() == []
    rows, _ = Search(Query(types="citizen", q=parse_query("phone", CORE_ONLY.expand)), PUBLIC).page(5)
    assert rows == []

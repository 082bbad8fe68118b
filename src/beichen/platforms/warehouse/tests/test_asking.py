"""Questions of people: of the tables exactly what their posts open, whatever they ask; and within limits."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from beichen.kernel.access.rates import forget_rates
from beichen.kernel.access.service import create_client, load_roles, save_role
from beichen.kernel.actor import PUBLIC, Actor, Scope, system
from beichen.kernel.audit.models import AuditRecord
from beichen.kernel.levels import Level
from beichen.kernel.org.models import Body, Region
from beichen.kernel.org.service import BodyFacts, RegionFacts, load_bodies, load_regions
from beichen.platforms.warehouse import api, asking, codes, registry
from beichen.platforms.warehouse.service import (
    Column,
    ColumnType,
    TableFacts,
    append,
    ask,
    lineage_of,
    reader,
    room_table,
    upsert,
)
from beichen.platforms.warehouse.tests.conftest import BY, Declare
from beichen.problem import ProblemError

T = ColumnType.TEXT
VISITS = (
    Column("code", T, "编号", "Code", required=True),
    Column("region", T, "区域", "Region"),
    Column("body", T, "单位", "Body"),
    Column("phone", T, "电话", "Telephone", level=3),
    Column("note", T, "备注", "Note", level=2),
)
ROWS = [
    {"code": "1", "region": "990102", "body": "water", "phone": "138", "note": "n1"},
    {"code": "2", "region": "990103", "body": "roads", "phone": "139", "note": "n2"},
    {"code": "3", "region": "990102003", "body": "pumps", "phone": "137", "note": "n3"},
    {"code": "4", "region": None, "body": None, "phone": "136", "note": "n4"},
]
Who = Callable[..., Actor]
Send = Callable[..., Any]


@pytest.fixture
def who(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> Iterator[Who]:
    """An actor of roles ``high`` (L3) and ``low`` (L2), each in a region and a body."""
    monkeypatch.setattr(registry, "_registered", {})
    load_roles(by=BY)
    counties = [RegionFacts(code, code, "county", "990100") for code in ("990102", "990103")]
    street = RegionFacts("990102003", "丙", "street", "990102")
    load_regions([RegionFacts("990100", "市", "city"), *counties, street], by=BY)
    load_bodies(
        [BodyFacts("water", "水"), BodyFacts("roads", "路"), BodyFacts("pumps", "泵", parent="water")], by=BY
    )
    for key, level in (("high", Level.L3), ("low", Level.L2), ("open", Level.L1)):
        save_role(key, key, ["tables.read"], level, by=BY)
    declare("visits", VISITS, time="", level=2)
    append("visits", ROWS, by=BY, source="t", load="1")
    declare("secret", VISITS[:2], time="", level=3)
    declare("parks", VISITS[:1], time="", level=1)
    append("parks", [{"code": "p"}], by=BY, source="t", load="1")

    def actor(*scopes: tuple[str, str, str]) -> Actor:
        paths = {
            "": "",
            **dict(Region.objects.values_list("code", "path")),
            **dict(Body.objects.values_list("key", "path")),
        }
        return Actor(
            "person:X", "x", tuple(Scope(role, paths[body], paths[region]) for role, body, region in scopes)
        )

    yield actor
    forget_rates()


def codes_of(text: str, by: Actor, **more: Any) -> list[Any]:
    found: list[Any] = ask(text, by=by, **more).rows.column(0).to_pylist()
    return found


def test_rows_are_those_of_the_askers_regions_and_bodies(who: Who) -> None:
    text = "select code from visits order by code"
    assert codes_of(text, who(("low", "", ""))) == ["1", "2", "3", "4"]
    assert codes_of(text, who(("low", "", "990102"))) == ["1", "3"]
    assert codes_of(text, who(("low", "water", "990100"))) == ["1", "3"]
    assert codes_of(text, who(("low", "pumps", "990102"), ("low", "roads", ""))) == ["2", "3"]
    assert codes_of(text, who(("low", "roads", "990102"))) == []
    assert codes_of(text, system("x")) == ["1", "2", "3", "4"]
    assert codes_of("select code from parks", who(("low", "roads", "990102"))) == ["p"], "it has no region"


def test_columns_above_the_asker_are_empty_and_said(who: Who) -> None:
    """Row by row: where a higher post sees more, it does."""
    text = "select code, phone from visits order by code"
    low = ask(text, by=who(("low", "", "")), purpose="x")
    assert (low.rows.column(1).to_pylist(), low.masked) == ([None] * 4, ("visits.phone",))
    mixed = ask(text, by=who(("low", "", "990100"), ("high", "", "990103")), purpose="call back")
    assert (mixed.rows.to_pylist(), mixed.masked) == (
        [{"code": "1", "phone": None}, {"code": "2", "phone": "139"}, {"code": "3", "phone": None}],
        ("visits.phone",),
    )
    everything = ask(text, by=who(("high", "", "")), purpose="call back")
    assert (everything.rows.column(1).to_pylist(), everything.masked) == (["138", "139", "137", "136"], ())


def test_personal_data_needs_a_purpose_which_is_recorded(who: Who) -> None:
    high = who(("high", "", ""))
    assert codes_of("select phone from visits", high) == [None] * 4
    assert not AuditRecord.objects.filter(action="tables.read").exists()
    ask("select phone from visits", by=high, purpose="call back")
    record = AuditRecord.objects.get(action="tables.read")
    assert '"purpose":"call back"' in record.detail.replace(": ", ":")
    assert "phone" in record.detail


def test_what_makes_rows_sideways_still_works_and_no_column_shows_what_runs(who: Who) -> None:
    by = who(("high", "", ""))
    made = "select p.code, x from parks p, lateral unnest([1, 2]) u(x), lateral (select p.code) q order by x"
    assert ask(made, by=by).rows.to_pylist() == [{"code": "p", "x": 1}, {"code": "p", "x": 2}]
    (name,) = ask("select (select code from visits where code = '1')", by=by).rows.column_names
    assert name == "(SELECT code FROM visits WHERE code = '1')"


@pytest.mark.parametrize(
    "text",
    [
        "select phone from visits where phone is not null",
        "select code from visits where phone = '138'",
        "select code from visits v where exists (from visits w where w.phone > '' and w.code = v.code)",
        "with visits as (select * from visits) select phone from visits where phone > ''",
        "select x.phone from (select * from visits) x where x.phone > ''",
        "select max(phone) from visits having max(phone) > ''",
        "from visits select phone where phone > ''",
        "select a.code from visits a join visits b on a.phone = b.phone",
        "select phone from visits union select phone from visits except select null",
        'select "PHONE" from "Visits" where phone > \'\'',
        "select visits.phone from visits, visits as w where w.phone is not null",
        "select (select phone from visits where phone > '' limit 1) p from parks where p is not null",
        "select code from visits where region = '990103'",
        "select code from visits where region is null",
        "select code from visits qualify row_number() over (order by phone nulls last) < 1 or phone > ''",
        "select code from visits tablesample 100% where region not like '990102%'",
        "select unnest(list(phone)) u from visits where phone > ''",
        "select x from (select unnest([phone]) as x from visits) where x > ''",
        "select p.phone from parks, lateral (select phone from visits where phone > '') p",
    ],
)
def test_there_is_no_asking_around_it(who: Who, text: str) -> None:
    """Neither into columns that are empty nor into rows that are elsewhere."""
    assert set(codes_of(text, system("x"), purpose="x")) - {None}, "whoever sees everything finds something"
    assert set(codes_of(text, who(("low", "", "990102")), purpose="x")) <= {None}


def test_a_table_above_the_asker_does_not_exist(who: Who) -> None:
    for by, name in (
        (who(("low", "", "")), "secret"),
        (who(("open", "", "")), "visits"),
        (who(("low", "", "")), "x"),
    ):
        with pytest.raises(ProblemError) as error:
            ask(f"select * from {name}", by=by)
        assert error.value.problems[0].code == codes.NO_TABLE
        assert name not in error.value.problems[0].hint
    with pytest.raises(ProblemError, match="ACC-403"):
        ask("select 1", by=PUBLIC)
    assert ask("select * from secret", by=who(("high", "", ""))).rows.num_rows == 0


def test_a_question_ends_at_its_limits(who: Who, monkeypatch: pytest.MonkeyPatch) -> None:
    by = who(("low", "", ""))
    cut = ask("select code from visits order by code desc", by=by, limit=2)
    assert (cut.rows.column(0).to_pylist(), cut.is_whole) == (["4", "3"], False)
    assert ask("select code from visits", by=by, limit=4).is_whole
    slow = "select sum(a.i * b.i % 7) from range(1000000) a(i), range(1000000) b(i)"
    with pytest.raises(ProblemError) as error:
        ask(slow, by=by, seconds=0.2)
    assert error.value.problems[0].code == codes.TOO_LONG
    monkeypatch.setattr(asking, "WAIT", 0.0)
    with asking._place(), asking._place(), pytest.raises(ProblemError) as error:
        ask("select 1", by=by)
    assert error.value.problems[0].code == codes.TOO_MANY


def test_lineage_says_where_columns_come_from() -> None:
    known = {"visits": {"code": T, "region": T}, "parks": {"code": T}}
    text = (
        "with v as (select region, count(*) as n, max(code) as last from visits group by all) "
        "select v.region, n * 2 as twice, last || p.code as both, 1 as one "
        "from v join parks p on p.code = v.last"
    )
    assert lineage_of(text, known) == {
        "region": ["visits.region"], "twice": [], "both": ["parks.code", "visits.code"], "one": [],
    }  # fmt: skip
    assert lineage_of("select * from visits", known) == {"code": ["visits.code"], "region": ["visits.region"]}
    assert lineage_of("select x.y.z from visits, nowhere", known) in ({}, {"z": []})


# The same over HTTP


@pytest.fixture
def send(who: Who) -> Send:
    """Requests with the key of a role, L3 everywhere."""
    save_role("both", "both", ["tables.read", "tables.write"], Level.L3, by=BY)
    keys = {role: create_client(role, role, role, by=BY) for role in ("both", "collector", "high", "officer")}

    def request(method: str, path: str, body: Any = None, role: str = "both", **headers: str) -> Any:
        kind = headers.pop("kind", "application/json")
        given = {"Authorization": f"Bearer {keys[role]}", **headers}
        if method == "GET":
            return Client().get(f"/api/tables{path}", headers=given)
        return Client().post(f"/api/tables{path}", body, content_type=kind, headers=given)

    return request


def test_questions_are_answered_in_three_forms(send: Send) -> None:
    text = (
        "select code, count(*) as n, 0.5 as half, true as yes, date '2025-03-01' as day, "
        "sum(length(code)) as s from visits where code < '3' group by code order by code"
    )
    question = {"sql": text}
    answer = send("POST", "/query", question).json()
    assert answer["rows"] == [["1", 1, 0.5, True, "2025-03-01", 1], ["2", 1, 0.5, True, "2025-03-01", 1]]
    assert answer["columns"][0] == {"name": "code", "type": "string"}
    assert (answer["whole"], answer["versions"], answer["lineage"]["code"]) == (
        True,
        {"visits": 1},
        ["visits.code"],
    )
    csv = send("POST", "/query", {**question, "format": "csv"})
    assert b"".join(csv.streaming_content).decode() == (
        "code,n,half,yes,day,s\r\n1,1,0.5,true,2025-03-01,1\r\n2,1,0.5,true,2025-03-01,1\r\n"
    )
    arrow = send("POST", "/query", {**question, "format": "arrow", "limit": 1})
    assert pa.ipc.open_stream(arrow.content).read_all().num_rows == 1
    assert arrow["X-Whole"] == "false"
    bad = send("POST", "/query", {"sql": "select\n  x frm visits y z"})
    assert (bad.status_code, bad.json()["code"], bad.json()["where"]["line"]) == (422, codes.BAD_SQL, 2)
    assert send("POST", "/query", {"sql": "x", "limit": 0}).status_code == 422
    assert Client().post("/api/tables/query", question, content_type="application/json").json()["code"] in {
        "ACC-403", codes.NO_TOKEN,
    }  # fmt: skip


def stream(rows: pa.Table) -> bytes:
    target = io.BytesIO()
    with pa.ipc.new_stream(target, rows.schema) as writer:
        writer.write_table(rows)
    return target.getvalue()


def test_batches_come_in_once_with_a_receipt(send: Send) -> None:
    arrow = stream(pa.table({"code": ["a", "b", None]}))
    kind = "application/vnd.apache.arrow.stream"
    more = {"role": "collector", "kind": kind, "Idempotency-Key": "7"}
    first = send("POST", "/parks/rows", arrow, **more)
    assert (first.status_code, first.json()["accepted"], first.json()["refused"]) == (201, 2, 1)
    again = send("POST", "/parks/rows", arrow, **more)
    assert (again.status_code, again.json()) == (200, first.json())
    assert first.json()["load"] == "7"
    lines = b'{"code": "a"}\n{"code": "c"}\n'
    keyed = send("POST", "/parks/rows?by_key=true", lines, role="collector", kind="application/x-ndjson")
    assert (keyed.status_code, keyed.json()["changed"]) == (201, 1)
    array = send("POST", "/parks/rows", b'[{"code": "d"}]', role="both", **{"Idempotency-Key": "7"})
    assert array.status_code == 201, "another sender's own"
    listed = send("GET", "/parks/receipts?limit=2", role="collector").json()
    assert [one["kind"] for one in listed["receipts"]] == ["append", "upsert"]
    rest = send("GET", f"/parks/receipts?before={listed['next']}", role="collector").json()
    assert (len(rest["receipts"]), rest["next"]) == (2, None)


def test_files_come_in(send: Send) -> None:
    """Their content names the load where nobody does."""
    for status in (201, 200):
        form = {"file": SimpleUploadedFile("parks.csv", b"code\nx\ny\n")}
        found = send("POST", "/parks/files", form, kind=MULTIPART_CONTENT)
        assert (found.status_code, found.json()["accepted"]) == (status, 2)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "code"),
    [
        ("/parks/rows", b"[]", {}, 422, codes.NO_LOAD),
        ("/parks/rows", b"{", {"Idempotency-Key": "1"}, 422, codes.UNREADABLE),
        ("/parks/rows", b"x", {"kind": "text/plain"}, 422, codes.UNREADABLE),
        ("/parks/rows", b"no stream", {"kind": "application/vnd.apache.arrow.stream"}, 422, codes.UNREADABLE),
        ("/parks/rows", b'[{"cdoe": 1}]', {"Idempotency-Key": "1"}, 422, codes.DOES_NOT_FIT),
        ("/prks/rows", b"[]", {"Idempotency-Key": "1"}, 404, codes.NO_TABLE),
        ("/room_own/rows", b"[]", {"Idempotency-Key": "1"}, 403, codes.ROOMS_OWN),
        ("/parks/rows", b"[]", {"role": "high", "Idempotency-Key": "1"}, 403, "ACC-403"),
    ],
)
def test_what_does_not_come_in_is_said(
    send: Send, path: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    room_table(TableFacts("room_own", "室", "Room", VISITS[:1], ("code",), level=1))
    upsert("room_own", [{"code": "a"}], by=BY, source="t")
    found = send("POST", path, body, **headers)
    assert (found.status_code, found.json()["code"]) == (status, code)
    with reader() as question:
        assert question.sql("select count(*) n from parks").to_pylist() == [{"n": 1}]


def test_a_batch_that_is_too_large_is_refused(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "BYTES", 10)
    found = send("POST", "/parks/rows", b"[{}, {}, {}]", **{"Idempotency-Key": "1"})
    assert (found.status_code, found.json()["code"]) == (413, codes.TOO_LARGE)


def test_lists_show_what_may_be_read_or_written(send: Send) -> None:
    names = [one["name"] for one in send("GET", "", role="officer").json()["tables"]]
    assert names == ["parks", "visits"]
    assert [one["name"] for one in send("GET", "", role="collector").json()["tables"]] == [
        "parks",
        "secret",
        "visits",
    ]
    shown = send("GET", "/visits").json()
    assert (shown["level"], shown["key"], shown["rows"], len(shown["columns"])) == ("L2", ["code"], 4, 5)
    assert send("GET", "/secret", role="officer").json()["code"] == codes.NO_TABLE
    assert Client().get("/api/tables").json() == {"tables": []}

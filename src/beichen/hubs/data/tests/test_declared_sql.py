"""Files of indicators: every mistake at its place, all at once, without a database."""

from __future__ import annotations

import pytest

from beichen.hubs.data.computing.declaration import declare
from beichen.hubs.data.computing.header import read_target
from beichen.hubs.data.computing.periods import Unit
from beichen.hubs.data.computing.rewriting import question
from beichen.hubs.data.tests.counting import COUNT, KNOWN, SHARE
from beichen.problem import ProblemError

HEAD = '-- zh: 数  en: Number  unit: "1"  better: lower  every: day\n'
DELETE = "delete from jobs"
BODY = "select date_trunc('day', done_at) as period, count(*) as value from jobs group by all"


def told(text: str) -> list[str]:
    """Each problem as line:column code message (hint)."""
    with pytest.raises(ProblemError) as refused:
        declare(text, "x", KNOWN, "x.sql")
    return [str(problem).removeprefix("x.sql:") for problem in refused.value.problems]


def test_a_sound_file_says_everything() -> None:
    found = declare(SHARE, "share", KNOWN)
    head = found.header
    assert (head.zh, head.en, head.unit, str(head.better), str(head.target)) == (
        "按时率", "In time", "%", "higher", ">= 95",
    )  # fmt: skip
    assert [(one.dimension, one.is_regional) for one in head.by] == [
        ("", True), ("body", False), ("event", False), ("event", True),
    ]  # fmt: skip
    assert head.by[3].every == (Unit.MONTH,)
    assert found.sources == {"jobs": ("body", "done_at", "event", "in_time", "region")}
    assert not found.is_sum
    assert declare(COUNT, "count", KNOWN).is_sum
    plain = declare(HEAD + BODY, "x", KNOWN).header
    assert (plain.unit, plain.by[0].names, plain.decimals, plain.level) == ("", (), 2, 1)


def test_a_comment_may_follow_the_head() -> None:
    assert declare(f"{HEAD}--\n-- rule: as the bureau counts\n{BODY}", "x", KNOWN).header.zh == "数"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BODY, ["1:1: error: DAT-201 the head says no zh (-- zh: …)"]),
        (HEAD.replace("lower", "lowest") + BODY,
         ["1:34: error: DAT-201 better is 'lowest' (did you mean 'lower'?)"]),
        (HEAD.replace("day", "dya, month") + BODY,
         ["1:49: error: DAT-201 'dya' is no length of a period (did you mean 'day'?)"]),
        (HEAD.replace('"1"', "件件") + BODY,
         ["1:23: error: DAT-201 '件件' is no unit"]),
        (HEAD + "-- colour: red\n-- zh: 又\n-- note\n-- target: high\n-- by: a b\n" + BODY,
         ["2:4: error: DAT-201 the head knows no colour", "3:4: error: DAT-201 zh stands twice",
          "4:3: error: DAT-201 the head holds 'note' (key: value)",
          "5:4: error: DAT-201 'high' is no target (such as >= 95)",
          "6:4: error: DAT-201 'a b' is no grouping"]),
        (HEAD + "-- by: region (month), region+region\n-- target:\n" + BODY,
         ["3:4: error: DAT-201 target says nothing",
          "2:4: error: DAT-201 'region (month)' has a period that every: lacks",
          "2:4: error: DAT-201 'region+region' stands twice"]),
        (HEAD + "select 1; select 2", ["2:1: error: DAT-202 exactly one SELECT is expected"]),
        (HEAD + DELETE, ["2:1: error: DAT-202 exactly one SELECT is expected"]),
        (HEAD + "selec 1 from from", ["2:7: error: DAT-202 the SQL cannot be read"]),
        (HEAD + "select 'a", ["2:1: error: DAT-202 the SQL cannot be read: Error tokenizing"]),
        (HEAD + BODY.replace("jobs", "jbos"),
         ["2:69: error: DAT-203 no table is called jbos (did you mean 'jobs'?)"]),
        (HEAD + BODY.replace("done_at", "doen_at"),
         ["2:26: error: DAT-203 jobs has no column doen_at (did you mean 'done_at'?)"]),
        (HEAD + BODY.replace("count(*)", "count(j.code)"),
         ["2:52: error: DAT-203 no table is called j (one of: jobs)"]),
        (HEAD + BODY.replace("jobs", "jobs a join jobs b on a.code = b.code").replace("done_at", "a.done_at")
         .replace("count(*)", "count(in_time)"), []),
        (HEAD + BODY.replace(" as value", ""),
         ["2:1: error: DAT-204 the SELECT yields no value (… as value)"]),
        (HEAD + BODY.replace("select", "select region,"),
         ["2:8: error: DAT-204 region is neither period, value nor in by:"]),
        (HEAD + BODY.replace("date_trunc('day', done_at)", "done_at"),
         ["2:8: error: DAT-204 the period is no date_trunc of a column"]),
        (HEAD + BODY.replace("done_at", "code"), ["2:8: error: DAT-204 code is no date and no time"]),
        (HEAD + BODY.replace("'day'", "'hour'"),
         ["2:8: error: DAT-204 'hour' is no length of a period"]),
        (HEAD + BODY.replace("count(*)", "1"), ["2:1: error: DAT-204 the value is no aggregate"]),
        (HEAD + BODY.replace(" group by all", ""), ["2:1: error: DAT-204 the SELECT does not say GROUP BY"]),
        (HEAD + BODY.replace("group by all", "group by period, region"),
         ["2:83: error: DAT-204 GROUP BY names other things than the SELECT"]),
        (HEAD + "select 1 as value", ["2:1: error: DAT-204 the SELECT reads no table"]),
        (HEAD + BODY.replace("select", "select *,"), ["2:1: error: DAT-204 each column is named, * is none"]),
    ],
)  # fmt: skip
def test_every_mistake_is_told_at_its_place(text: str, expected: list[str]) -> None:
    if not expected:  # joined with itself, a column of both
        assert [line.partition(" in several")[0] for line in told(text)] == [
            "2:54: error: DAT-203 in_time stands"
        ]
        return
    found = told(text)
    for line in expected:
        assert any(one.startswith(line) for one in found), found


@pytest.mark.parametrize(
    ("put_in", "words"),
    [
        ("count(*) filter (where done_at > now())", "now()"),
        ("sum(random())", "rand()"),
        ("count(*) + (select count(*) from jobs)", "(SELECT …)"),
        ("sum(count(*)) over ()", "OVER"),
        ("first(code)", "first()"),
        ("approx_count_distinct(code)", "approx"),
        ("any_value(code)", "any_value()"),
    ],
)
def test_what_another_run_would_answer_otherwise_is_refused(put_in: str, words: str) -> None:
    found = told(HEAD + BODY.replace("count(*)", put_in))
    assert any("DAT-205 this cannot stand in an indicator" in line and words in line for line in found), found


@pytest.mark.parametrize("more", [" limit 3", " order by 1"])
def test_what_looks_beyond_a_period_is_refused(more: str) -> None:
    assert "DAT-205" in told(HEAD + BODY + more)[0]


def test_a_count_of_different_things_is_no_sum() -> None:
    assert not declare(HEAD + BODY.replace("count(*)", "count(distinct body)"), "x", KNOWN).is_sum


def test_a_column_keeps_its_meaning_beside_a_dimension_of_its_name() -> None:
    """The author's own filter reads the column `region`, never the ancestor that is counted."""
    text = COUNT.replace("from jobs", "from jobs where region <> '990103'")
    declared = declare(text, "x", KNOWN)
    sql = question(declared, declared.header.by[0], Unit.MONTH, zone="Asia/Shanghai", root="990100")
    assert "jobs.region <> '990103'" in sql
    assert "CAST(DATE_TRUNC('MONTH', jobs.day) AS DATE) AS _period" in sql
    assert "GROUP BY jobs._period," in sql


def test_a_target_is_a_sign_and_a_number() -> None:
    found = read_target("<= 2.5")
    assert found is not None
    assert found.is_met(found.number)
    assert read_target("soon") is None

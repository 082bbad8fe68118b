"""What is refused before it is installed: each hostile or mistaken file, with its code and line."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest

from beichen.fronts.services.bpmn.checks import check_process
from beichen.fronts.services.declaration import read_process
from beichen.fronts.services.tests.town import (
    DMN_HEAD,
    ENTRY,
    FILES,
    PERMIT,
    TABLE,
    diagram,
    flow,
    timer,
    words,
)
from beichen.problem import Problem, Where


def problems(files: dict[str, bytes], entry: dict[str, Any] | None = None) -> list[Problem]:
    return check_process(
        "permit",
        read_process(entry or ENTRY),
        files,
        label=lambda name: name,
        at=lambda *path: Where("processes.yaml", 1, pointer="/" + "/".join(map(str, path))),
        doors={"notify": ()},
    )


def codes(files: dict[str, bytes], entry: dict[str, Any] | None = None) -> set[str]:
    return {problem.code for problem in problems(files, entry)}


def with_permit(old: str, new: str) -> dict[str, bytes]:
    assert old in PERMIT.decode()
    return {**FILES, "processes/permit.bpmn": PERMIT.decode().replace(old, new).encode()}


def with_table(old: str, new: str) -> dict[str, bytes]:
    assert old in TABLE.decode()
    return {**FILES, "processes/permit-class.dmn": TABLE.decode().replace(old, new).encode()}


def test_the_process_of_the_tests_is_sound() -> None:
    assert problems(FILES) == []


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><definitions>&c;</definitions>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><definitions>&a;</definitions>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "SRV-101"),
        (b"no xml", "SRV-101"),
        (b"\xff\xfe<\x00", "SRV-101"),
        (LAUGHS.encode(), "SRV-101"),
        (LAUGHS.replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"), "SRV-101"),
        (OUTSIDE.encode(), "SRV-101"),
        (b"<a>" * 33 + b"</a>" * 33, "SRV-106"),
        (b"<a>" * 300 + b"</a>" * 300, "SRV-101"),
        (b"<a>" + b"<b/>" * 10_001 + b"</a>", "SRV-106"),
        (b"<a>" + b" " * 600_000 + b"</a>", "SRV-106"),
    ],
)
def test_hostile_xml_is_refused(content: bytes, code: str) -> None:
    assert codes({**FILES, "processes/permit.bpmn": content}) == {code}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<userTask id="sign"/>', '<task id="sign"/>'),
        ('<userTask id="sign"/>', '<sendTask id="sign"/>'),
        (
            '<userTask id="sign"/>',
            '<userTask id="sign"><standardLoopCharacteristics loopMaximum="9"/></userTask>',
        ),
        (
            '<userTask id="sign"/>',
            '<scriptTask id="sign" scriptFormat="python"><script>exit()</script></scriptTask>',
        ),
        ('<startEvent id="begin"/>', '<startEvent id="begin"><timerEventDefinition/></startEvent>'),
        ("<timeDuration>3d</timeDuration>", "<timeCycle>R/PT1S</timeCycle>"),
        ('<endEvent id="granted"/>', '<endEvent id="granted"><signalEventDefinition/></endEvent>'),
        ('<exclusiveGateway id="joined"/>', '<complexGateway id="joined"/>'),
        ('<exclusiveGateway id="joined"/>', '<x:joined xmlns:x="http://x" id="joined"/>'),
    ],
)
def test_an_element_that_is_not_run_is_refused_with_its_line(old: str, new: str) -> None:
    found = [problem for problem in problems(with_permit(old, new)) if problem.code == "SRV-103"]
    assert found
    line = PERMIT.decode()[: PERMIT.decode().index(old)].count("\n") + 1
    assert (found[0].where.file, found[0].where.line) == ("processes/permit.bpmn", line)


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('<userTask id="sign"/>', '<userTask id="sing"/>', "SRV-104", "did you mean 'sign'?"),
        ('<endEvent id="refused"/>', '<endEvent id="declined"/>', "SRV-104", ""),
        ('<lane id="window">', '<lane id="windows">', "SRV-104", "did you mean 'window'?"),
        ("<flowNodeRef>check</flowNodeRef>", "", "SRV-104", "the step check lies in no lane"),
        ("check.outcome", "chek.outcome", "SRV-105", "chek is not declared"),
        ("check.outcome ==", "check.outcome =", "SRV-105", ""),
        (
            "opinions.exists(o, o.outcome",
            "opinions.exists(o, __import__('os').x",
            "SRV-105",
            "there is no function",
        ),
        ("opinions.exists(o,", "opinions.map(x, x).exists(o,", "SRV-105", "more than one pass"),
        ("=notice_time", "=notice_tme", "SRV-105", "notice_tme is not declared"),
        ("3d</timeDuration>", "3 days</timeDuration>", "SRV-105", "no duration"),
        ("<loopDataInputRef>desks<", "<loopDataInputRef>desk_list<", "SRV-105", "desk_list is not declared"),
        ('sourceRef="begin"', 'sourceRef="nowhere"', "SRV-102", ""),
        ('id="f0"', 'id="f1"', "SRV-102", ""),
    ],
)
def test_what_does_not_fit_is_named(old: str, new: str, code: str, words: str) -> None:
    found = [one for one in problems(with_permit(old, new)) if one.code == code]
    assert found, problems(with_permit(old, new))
    assert any(words in f"{one.message} {one.hint}" for one in found)
    assert all(one.where.file in ("processes/permit.bpmn", "processes.yaml") for one in found)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("area_m2", "aera_m2", "SRV-105"),
        ("&gt; 1000", "&gt;&gt; 1000", "SRV-105"),
        ("&gt; 1000", "? &gt; other", "SRV-105"),
        ('<text>"2d"</text>', "<text></text>", "SRV-105"),
        ('<text>"2d"</text>', "<text>exit()</text>", "SRV-105"),
        ('hitPolicy="FIRST"', 'hitPolicy="PRIORITY"', "SRV-102"),
        ('hitPolicy="FIRST"', 'hitPolicy="COLLECT" aggregation="SUM"', "SRV-102"),
        ('<inputEntry id="e1"><text>&gt; 1000</text></inputEntry>', "", "SRV-102"),
        ("decisionTable", "decision", "SRV-102"),
        ('id="permit-class"', 'id="other-class"', "SRV-104"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(old: str, new: str, code: str) -> None:
    assert code in codes(with_table(old, new))


def unique(*rules: tuple[str, str]) -> dict[str, bytes]:
    """The files with a table of two inputs of which one rule at most should hold."""
    cells = "".join(
        f'<rule id="r{number}"><inputEntry id="a{number}"><text>{escape(area)}</text></inputEntry>'
        f'<inputEntry id="b{number}"><text>{escape(project)}</text></inputEntry>'
        f"<outputEntry id=\"c{number}\"><text>['fire']</text></outputEntry>"
        f'<outputEntry id="d{number}"><text>"2d"</text></outputEntry></rule>\n'
        for number, (area, project) in enumerate(rules, 1)
    )
    table = (
        f'{DMN_HEAD}<decision id="permit-class" name="c"><decisionTable id="dt" hitPolicy="UNIQUE">\n'
        '<input id="i1"><inputExpression id="e1"><text>area_m2</text></inputExpression></input>\n'
        '<input id="i2"><inputExpression id="e2"><text>project</text></inputExpression></input>\n'
        '<output id="o1" name="desks"/><output id="o2" name="notice_time"/>\n'
        f"{cells}</decisionTable></decision></definitions>"
    )
    return {**FILES, "processes/permit-class.dmn": table.encode()}


@pytest.mark.parametrize(
    "rules",
    [
        (("> 1000", "-"), ("> 2000", "-")),
        (("<= 1000", "-"), (">= 1000", "-")),
        (("> 1000", '"a"'), ("-", 'in ["a", "b"]')),
        (("? > 10 && ? < 20", "-"), ("15", "-")),
        (("? > 1 && ? <= 6", "-"), ("? >= 6 && ? < 9", "-")),
        (("? > 5 && ? < 8", "-"), ("!= 6", "-")),
        (("-", '"a"'), ("> 5", '!= "b"')),
        (("area_m2 > 5", "-"), ("area_m2 > 5", "-")),
    ],
)
def test_rules_that_hold_at_once_are_refused_where_one_at_most_should(rules: Any) -> None:
    """With the line of the later one, and the names of both."""
    (found,) = problems(unique(*rules))
    assert (found.code, found.message) == ("SRV-109", "the rules r1 and r2 hold at once")
    assert found.where.line == 7
    files = unique(*rules)
    files["processes/permit-class.dmn"] = files["processes/permit-class.dmn"].replace(b"UNIQUE", b"FIRST")
    assert problems(files) == []


@pytest.mark.parametrize(
    "rules",
    [
        (("> 1000", "-"), ("<= 1000", "-")),
        (("< 1000", "-"), ("> 1000", "-")),
        (("-", '"a"'), ("-", '"b"'), ("-", 'in ["c", "d"]')),
        (("> 5", '"a"'), ("> 5", '!= "a"')),
        (("? > 10 && ? < 20", "-"), (">= 20", "-"), ("10", "-")),
        (("area_m2 > 5", "-"), ("5", "-")),
        (("? > 1 && ? < 6", "-"), ("? > 5 && ? < 9", "-")),
        (("? > 5 && ? < 7", "-"), ("!= 6", "-")),
    ],
)
def test_rules_of_which_one_at_most_holds_or_of_which_nothing_is_known_are_run(rules: Any) -> None:
    assert problems(unique(*rules)) == []


def test_each_rule_that_overlaps_is_told_once() -> None:
    found = problems(unique(("-", "-"), ("> 5", "-"), ("> 6", "-")))
    assert [one.message for one in found] == [
        "the rules r1 and r2 hold at once",
        "the rules r1 and r3 hold at once",
    ]


def test_a_condition_with_the_input_twice() -> None:
    assert problems(with_table("&gt; 1000", "? &gt; 10 &amp;&amp; ? &lt; 20")) == []


def test_a_declaration_that_names_what_there_is_not() -> None:
    entry = {**ENTRY, "start": ["project", "size"], "title": "headline", "messages": {"paid": ["sum"]}}
    found = problems(FILES, entry)
    assert [(one.code, one.where.pointer) for one in found] == [
        ("SRV-104", "/title"),
        ("SRV-104", "/start/1"),
        ("SRV-104", "/messages/paid/0"),
    ]
    steps = {**ENTRY["steps"], "extra": {"name": words("多", "More")}}
    assert codes(FILES, {**ENTRY, "steps": steps}) == {"SRV-104"}
    steps = {**ENTRY["steps"], "review": {**ENTRY["steps"]["review"], "lane": "dest"}}
    assert codes(FILES, {**ENTRY, "steps": steps}) == {"SRV-104"}


def test_a_service_task_calls_doors_only() -> None:
    files = with_permit('<userTask id="sign"/>', '<serviceTask id="sign"/>')
    for door, expected in (("notify", set()), ("curl", {"SRV-108"}), ("", {"SRV-108"})):
        steps = {**ENTRY["steps"], "sign": {"name": words("签", "Sign"), **({"door": door} if door else {})}}
        assert codes(files, {**ENTRY, "steps": steps}) == expected


def test_a_process_that_calls_itself_is_refused() -> None:
    files = with_permit('<userTask id="sign"/>', '<callActivity id="sign" calledElement="permit"/>')
    steps = {name: step for name, step in ENTRY["steps"].items() if name != "sign"}
    files["processes/permit.bpmn"] = files["processes/permit.bpmn"].replace(
        b"<flowNodeRef>sign</flowNodeRef>", b""
    )
    assert codes(files, {**ENTRY, "steps": steps}) == {"SRV-106"}


def test_too_many_elements_are_refused() -> None:
    many = "".join(f'<exclusiveGateway id="g{number}"/>' for number in range(401))
    assert "SRV-106" in codes(with_permit("<startEvent", f"{many}<startEvent"))


@pytest.mark.parametrize(
    ("old", "words"),
    [
        ('<sequenceFlow id="f0" sourceRef="begin" targetRef="check">', "nothing leads to check"),
        ('<startEvent id="begin"/>', "permit has not one start"),
    ],
)
def test_what_leads_nowhere_is_named(old: str, words: str) -> None:
    new = (
        '<sequenceFlow id="f0" sourceRef="begin" targetRef="complete">'
        if "Flow" in old
        else f'{old}{old[:-3]}2"/>'
    )
    assert words in [problem.message for problem in problems(with_permit(old, new))]


def test_a_file_of_another_kind() -> None:
    assert codes({**FILES, "processes/permit.bpmn": TABLE}) & {"SRV-102", "SRV-104"}
    assert "SRV-102" in codes({**FILES, "processes/permit-class.dmn": f"{DMN_HEAD}</definitions>".encode()})


def test_a_timer_that_repeats_itself_for_ever_is_bounded() -> None:
    body = diagram(
        '<startEvent id="b"/>'
        + timer("wait", "1h")
        + '<endEvent id="granted"/>'
        + flow("b wait", "wait granted"),
    )
    entry = {**ENTRY, "steps": {"wait": {"name": words("等", "Wait")}}, "ends": {"granted": words("准", "G")}}
    assert codes({"processes/permit.bpmn": body}, entry) == set()

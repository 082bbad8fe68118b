"""Browser and server judge alike: random forms and random answers, through the library that browsers run (in
Node) and through the server, give the same answers, the same hidden and demanded fields, the same faults."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beichen.fronts.services.forms.judging import closed, demanded, faults, hidden, pruned
from beichen.fronts.services.forms.reading import read_answers
from beichen.fronts.services.forms.telling import name_of

HERE = Path(__file__).parents[1] / "static/services/form/answers.js"
VENDOR = Path(__file__).parents[3] / "web/static/vendor/json-schema"
ASKED = """
import { createInterface } from "node:readline";
import { demanded, faults, hidden, pruned, read } from "./services/form/answers.js";
for await (const line of createInterface({ input: process.stdin })) {
  const { judged, given } = JSON.parse(line);
  const answers = pruned(judged, read(judged, given));
  const told = {
    answers,
    hidden: [...hidden(judged, answers)].sort(),
    demanded: [...demanded(judged, answers)].sort(),
    faults: faults(judged, answers).map((one) => one.path).sort(),
  };
  console.log(JSON.stringify(told));
}
"""


class Browser:
    """What a browser runs, without the browser."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(VENDOR, folder / "vendor/json-schema")
        (folder / "services/form").mkdir(parents=True)
        shutil.copy(HERE, folder / "services/form/answers.js")
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        (folder / "asked.js").write_text(ASKED, encoding="utf-8")
        self.process = subprocess.Popen(
            ["node", "asked.js"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """What it makes of a form and what was typed into it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("browser"))
    yield found
    if found.process.stdin is not None:
        found.process.stdin.close()
    found.process.wait(60)
    if found.process.stdout is not None:
        found.process.stdout.close()


NAMES = ("a", "b", "c", "d")
NUMBERS = st.integers(-20, 20) | st.decimals(-5, 5, places=2).map(float)
WORDS = ("x", "yes", "北", "𠮷野", "12")
FORMATS = ("date", "email", "telephone", "identity-number", "credit-code")
TYPED = st.one_of(
    st.sampled_from([
        "", " ", "x", "yes", "北", "𠮷野", "12", "-3.5", "1e5", "007", "0.1", "3.", "on", "true", "false",
        "2026-02-29", "2024-02-29", "2026-11-29", "0000-01-01", "360426199101010071", "36042619910101007x",
        "11010119900307889X", "91110000600037341L", "91110000600037341l", "9111 0000 6000 3734 1L",
        "+86-13800138000", "0431-8888888", "a@b.cn", "a@b", "\u3000x\u3000", "a\u200bb", "x\r\ny\nz", "138",
    ]),
    st.text(max_size=12),
)  # fmt: skip


def text_fields() -> st.SearchStrategy[dict[str, Any]]:
    """Fields that take a text."""
    bounds: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "minLength": st.integers(0, 3),
            "maxLength": st.integers(0, 12),
            "pattern": st.sampled_from(
                ["^[0-9]+$", "^[a-z北]{1,3}$", "x|y", "^[^x]*$", r"^\S{0,2}$".replace(r"\S", "[^ ]")]
            ),
        },
    )
    formats = st.sampled_from(FORMATS).map(lambda name: {"type": "string", "format": name})
    choices = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True)
    return bounds | formats | choices.map(lambda values: {"type": "string", "enum": values})


def simple_fields() -> st.SearchStrategy[dict[str, Any]]:
    """Fields without parts."""
    figures: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {"type": st.sampled_from(["number", "integer"])},
        optional={
            "minimum": NUMBERS,
            "maximum": NUMBERS,
            "exclusiveMinimum": NUMBERS,
            "exclusiveMaximum": NUMBERS,
        },
    )
    plain: list[dict[str, Any]] = [{"type": "boolean"}, {"type": "boolean", "const": True}]
    yes = st.sampled_from(plain)
    return text_fields() | figures | yes


def conditions(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Conditions over some fields."""
    one = st.one_of(
        st.sampled_from(WORDS).map(lambda word: {"const": word}),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(lambda words: {"enum": words}),
        NUMBERS.map(lambda number: {"exclusiveMinimum": number}),
        NUMBERS.map(lambda number: {"maximum": number}),
        st.just({"const": True}),
        st.sampled_from(WORDS).map(lambda word: {"contains": {"const": word}}),
    )
    named = st.dictionaries(st.sampled_from(names), one, min_size=1, max_size=2)
    return named.map(lambda found: {"properties": found, "required": list(found)})


def effects(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """What a rule says: hide, demand, narrow."""
    return st.fixed_dictionaries(
        {},
        optional={
            "required": st.lists(st.sampled_from(names), unique=True, max_size=2),
            "properties": st.dictionaries(
                st.sampled_from(names),
                st.just(False) | st.sampled_from([{"minLength": 2}, {"minimum": 1}, {"maxItems": 1}]),
                max_size=2,
            ),
        },
    )


def objects(field: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of fields with rules."""
    rules = st.fixed_dictionaries(
        {"if": conditions(NAMES)}, optional={"then": effects(NAMES), "else": effects(NAMES)}
    )
    return st.fixed_dictionaries(
        {
            "type": st.just("object"),
            "properties": st.fixed_dictionaries(dict.fromkeys(NAMES, field)),
        },
        optional={
            "required": st.lists(st.sampled_from(NAMES), unique=True),
            "allOf": st.lists(rules, min_size=1, max_size=3),
        },
    )


def several_of(row: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Rows, and choices of several."""
    choices = st.lists(st.sampled_from(WORDS), min_size=1, unique=True)
    items = row | choices.map(lambda values: {"type": "string", "enum": values})
    return st.fixed_dictionaries(
        {"type": st.just("array"), "items": items},
        optional={"minItems": st.integers(0, 2), "maxItems": st.integers(1, 3), "uniqueItems": st.booleans()},
    )


FORMS = objects(simple_fields() | objects(simple_fields()) | several_of(objects(simple_fields())))


def sent(schema: dict[str, Any], draw: st.DrawFn, before: str = "") -> dict[str, list[str]]:
    """What somebody types into a form."""
    found: dict[str, list[str]] = {}
    for name, field in schema["properties"].items():
        here = before + name
        if field["type"] == "object":
            found |= sent(field, draw, f"{here}.")
        elif field["type"] == "array" and field["items"]["type"] == "object":
            count = draw(st.integers(0, 4))
            found[f"{here}.count"] = [str(count)]
            for number in range(count):
                found |= sent(field["items"], draw, f"{here}.{number}.")
        elif draw(st.booleans()):
            found[here] = draw(st.lists(typed_for(field), min_size=1, max_size=3))
    return found


def typed_for(field: dict[str, Any]) -> st.SearchStrategy[str]:
    """Texts, those that fit the field more often."""
    fitting = field.get("enum") or field.get("items", {}).get("enum")
    if fitting:
        return st.sampled_from(fitting) | TYPED
    if field["type"] == "boolean":
        return st.sampled_from(["true", "on", "false", "x"])
    if field["type"] in ("number", "integer"):
        return NUMBERS.map(str) | TYPED
    return TYPED


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """A form, and what somebody typed into it."""
    schema = draw(FORMS)
    return schema, sent(schema, draw)


@given(question=questions())
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_browser_and_server_agree(
    browser: Browser, question: tuple[dict[str, Any], dict[str, list[str]]]
) -> None:
    schema, typed = question
    judged = closed(schema)
    answers = pruned(schema, read_answers(schema, typed))
    told = browser.ask({"judged": judged, "given": typed})
    assert told["answers"] == json.loads(json.dumps(answers))
    assert told["hidden"] == sorted(hidden(schema, answers))
    assert told["demanded"] == sorted(demanded(schema, answers))
    assert told["faults"] == sorted(name_of(fault.path) for fault in faults(judged, answers))


@given(
    text=st.from_regex(
        r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])[0-9]{3}[0-9X]", fullmatch=True
    )
)
@settings(max_examples=200, deadline=None)
def test_identity_numbers_are_checked_alike(browser: Browser, text: str) -> None:
    from stdnum.cn import ric

    schema = {"type": "object", "properties": {"a": {"type": "string", "format": "identity-number"}}}
    right = text[:-1] + str(ric.calc_check_digit(text))
    for one, is_right in ((right, True), (text, text == right)):
        told = browser.ask({"judged": closed(schema), "given": {"a": [one]}})
        assert (told["faults"] == []) is is_right, one
        assert (not faults(closed(schema), {"a": one})) is is_right, one


@given(text=st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18))
@settings(max_examples=200, deadline=None)
def test_credit_codes_are_checked_alike(browser: Browser, text: str) -> None:
    from stdnum.cn import uscc

    text = text[:2] + "220100" + text[8:]
    schema = {"type": "object", "properties": {"a": {"type": "string", "format": "credit-code"}}}
    right = text[:-1] + str(uscc.calc_check_digit(text[:-1]))
    for one, is_right in ((right, True), (text, text == right)):
        told = browser.ask({"judged": closed(schema), "given": {"a": [one]}})
        assert (told["faults"] == []) is is_right, one
        assert (not faults(closed(schema), {"a": one})) is is_right, one

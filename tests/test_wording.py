"""Problems remember what they say: English everywhere, but the reader's language on pages."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import json
import pickle
import re
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import polib
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from beichen.hubs.data.units import convert
from beichen.kernel.access.decision import REFUSED
from beichen.problem import (
    Problem,
    ProblemError,
    Said,
    Where,
    kept,
    nearest,
    registered_codes,
    restored,
    said,
    shorten,
)
from beichen.web.errors import problem_response
from beichen.web.wording import in_words, place, placed, sentence, worded
from tests.test_docs import modules

ROOT = Path(__file__).resolve().parents[1]
HAN = re.compile(r"[\u4e00-\u9fff]")


@given(st.text(), st.integers(), st.text(max_size=200))
def test_the_english_is_what_an_f_string_says(found: str, row: int, name: str) -> None:
    text = said("{found!r} in row {row:,}: {name}", found=found, row=row, name=name)
    english = f"{found!r} in row {row:,}: {name}"
    assert text == english
    assert shorten(text) == shorten(english)
    assert shorten(shorten(text, 40)) == shorten(english, 40)


@given(st.text(max_size=300))
def test_a_sentence_survives_copies_and_json(indicator: str) -> None:
    text = shorten(said("there is no indicator {indicator}", indicator=indicator))
    problem = Problem(REFUSED, text, Where(row=3, field="指标"), nearest("xx", ["yy"]))
    copies = [copy.copy(text), copy.deepcopy(text), pickle.loads(pickle.dumps(text))]  # noqa: S301
    again = restored(json.loads(json.dumps(kept(problem))))
    assert (again, str(again)) == (problem, str(problem))
    for one in (*copies, again.message):
        assert isinstance(one, Said)
        assert one == text
        with override("zh-hans"):
            assert worded(one) == worded(text)
            assert len(worded(one)) <= 80
            assert worded(one).startswith("没有指标")


def test_what_was_kept_before_is_read_in_english() -> None:
    old = Problem(REFUSED, "an old sentence", hint="an old hint").as_dict()
    assert restored(old) == Problem(REFUSED, "an old sentence", hint="an old hint")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "km cannot become a plain number"),
        ("zh-hans", "km 不能换算为 无单位数值"),
    ],
)
def test_a_value_that_is_a_sentence_is_translated_with_it(language: str, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        convert(Decimal(1), "km", "")
    with override(language):
        assert sentence(caught.value.problems[0]) == words


def test_hint_and_place_are_said_too() -> None:
    problem = Problem(REFUSED, said("{name} is empty", name="单位"), hint=nearest("gardns", ["gardens"]))
    long = Problem(REFUSED, said("no file has this code"), Where(file="a.csv", line=4), nearest("q", "ab"))
    with override("zh-hans"):
        assert in_words(problem) == "“单位”为空（是否为“gardens”？）"
        assert placed(long) == "a.csv:4: 没有此编号的文件（可选：a, b）"
        assert place(Where(row=3, field="单位")) == "第 3 行，单位"
        assert place(Where(row=3)) == "第 3 行"
    with override("en"):
        assert in_words(problem) == "单位 is empty (did you mean 'gardens'?)"
        assert place(Where(row=3, field="单位")) == "row 3, 单位" == str(Where(row=3, field="单位"))


def test_what_nobody_translated_stands_behind_what_its_code_means() -> None:
    with override("zh-hans"):
        assert sentence(Problem(REFUSED, "never seen")).endswith("（never seen）")
        assert not sentence(Problem(REFUSED, "never seen")).startswith("never")


def test_what_a_scene_says_in_chinese_needs_no_title_before_it() -> None:
    with override("zh-hans"):
        assert (
            sentence(Problem(REFUSED, "未满18周岁的，由监护人代为申请")) == "未满18周岁的，由监护人代为申请"
        )


def test_every_title_has_its_chinese() -> None:
    """Whoever is refused reads why as the heading of a page: no code is left in English."""
    for name in modules():
        importlib.import_module(name)
    with override("zh-hans"):
        told = {code: worded(one.title) for code, one in registered_codes().items()}
    assert len(told) > 600
    assert [code for code, title in told.items() if not HAN.search(title)] == []


def _refused(accept: str) -> HttpResponse:
    words = said("no post carries the permission {action}", action="plan.value.record")
    request = RequestFactory().get("/", headers={"accept": accept})
    problem = Problem(REFUSED, words, hint=said("could be allowed by: {names}", names="planner"))
    with override("zh-hans"):
        return problem_response(problem, request)


def test_a_program_reads_english_whatever_the_language() -> None:
    document = json.loads(_refused("application/json").content)
    assert document["detail"] == "no post carries the permission plan.value.record"
    assert document["hint"] == "could be allowed by: planner"


def _translations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "tools/translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("chinese", "complaint"),
    [
        ("第 {row} 行", ""),
        ("", "not translated"),
        ("本行", "other placeholders"),
        ("第 {line} 行", "other placeholders"),
        ("第 {row 行", "other placeholders"),
    ],
)
def test_the_check_demands_every_sentence_with_its_placeholders(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    chinese: str,
    complaint: str,
) -> None:
    tool = _translations()
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    folder = tmp_path / "web/locale/zh_Hans/LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "web/room.py").write_text('said("row {row}", row=row)\n', encoding="utf-8")
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="row {row}", msgstr=chinese))
    catalogue.save(str(folder / "django.po"))
    assert (tool.check(False) | tool.misfits()) == (1 if complaint else 0)
    assert complaint in capsys.readouterr().err


def test_the_check_demands_the_title_of_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = _translations()
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    (tmp_path / "web/locale").mkdir(parents=True)
    (tmp_path / "web/room.py").write_text(
        'EMPTY = code("ABC-101", "A title.", status=404)\nfound = self.code("a key")\n', encoding="utf-8"
    )
    assert tool.check(False) == 1
    assert capsys.readouterr().err == "web: not translated: 'A title.'\n"

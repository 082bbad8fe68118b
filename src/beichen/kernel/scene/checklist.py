"""The checklist of every scene: what a good one has. `quality.yaml` answers each rule.

A rule is `done`, which is checked here, or exempt with a written reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from beichen.kernel.scene.section import Package

# words of what Beichen refuses to be: no identification by body, no lists of people by belief
_REFUSED = re.compile(
    r"(^|_|-)(biometric|fingerprint|faceprint|face_id|iris|gait|voiceprint|dna|religion|belief|ethnicity|"
    r"petition|petitioner|social_credit|loyalty)(s?)($|_|-)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the checklist: its meaning in both languages, and how a machine sees it kept."""

    key: str
    zh: str
    en: str
    holds: Callable[[Package], bool]


def _stories(package: Package) -> Iterator[dict[str, Any]]:
    yield from (package.value(name) for name in package.glob("stories/*.yaml"))


def _walk(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _has_story(package: Package) -> bool:
    return any(True for _ in _stories(package))


def _tells_bad_input(package: Package) -> bool:
    return any("refused" in step for story in _stories(package) for step in story["then"])


def _has_demo(package: Package) -> bool:
    return package.document("demo.yaml") is not None


def _has_page(package: Package) -> bool:
    if "README.md" not in package.files:
        return False
    return len(package.path("README.md").read_text(encoding="utf-8-sig").split()) >= 20


def _says_why(package: Package) -> bool:
    return bool({"why", "plan"} & set(package.manifest.value))


def _speaks_both(package: Package) -> bool:
    texts = [value for document in package.documents.values() for value in _mappings(document.value)]
    return all(("zh" in text) == ("en" in text) for text in texts)


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    yield from (inner for _key, inner in _walk(value) if isinstance(inner, dict))


def _refuses(package: Package) -> bool:
    names = (key for document in package.documents.values() for key, _value in _walk(document.value))
    return not any(_REFUSED.search(name) for name in names)


def _is_declared(package: Package) -> bool:
    return not package.glob("*.py")


RULES: tuple[Rule, ...] = (
    Rule("why", "说明为何而设", "it says why, or names the section of the plan", _says_why),
    Rule("page", "有给使用者的说明", "README.md is a page for its users", _has_page),
    Rule("both-languages", "文字中英双语", "what people read is in Chinese and English", _speaks_both),
    Rule("stories", "有故事为证", "at least one story proves what it promises", _has_story),
    Rule("bad-input", "有错误输入的故事", "at least one story tells of a bad input", _tells_bad_input),
    Rule("demo", "有演示数据", "a demo shows it", _has_demo),
    Rule("refusals", "不含拒绝之事", "it holds nothing that Beichen refuses to keep of people", _refuses),
    Rule("declared", "只有声明", "it needs no Python", _is_declared),
)

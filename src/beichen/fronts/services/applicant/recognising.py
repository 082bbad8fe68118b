"""What the lines of a card or licence say: labels and patterns → fields. Texts only, no picture is kept.

Lines come as the reader found them, from top to bottom.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from beichen.fronts.services.forms.formats import is_credit_code, is_identity_number

FIELDS = {
    "identity-card": ("name", "number", "address", "birth_date"),
    "business-licence": ("name", "credit_code", "representative", "address"),
}
_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9Xx]")
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_SPACE = re.compile(r"\s+")
_BIRTH = re.compile(r"([12][0-9]{3})年([01]?[0-9])月([0-3]?[0-9])日")


def fields_of(kind: str, lines: Sequence[str]) -> dict[str, str]:
    """The fields that the lines of this kind of paper say; empty when it is none."""
    return _READERS[kind]([_SPACE.sub("", line) for line in lines if line.strip()])


def _after(lines: Sequence[str], *labels: str) -> str:
    """What stands behind a label, in its line or alone in the next one."""
    for number, line in enumerate(lines):
        for label in labels:
            if label in line:
                rest = line.partition(label)[2].lstrip(":：")
                if rest:
                    return rest
                return lines[number + 1] if number + 1 < len(lines) else ""
    return ""


def _identity_card(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        for text in _NUMBER.findall(line):
            if is_identity_number(text.upper()):
                found["number"] = text.upper()
    if name := _after(lines, "姓名"):
        found["name"] = re.split(r"性别|民族", name)[0][:40]
    if birth := _BIRTH.search("".join(lines)):
        year, month, day = map(int, birth.groups())
        found["birth_date"] = f"{year:04}-{month:02}-{day:02}"
    if address := _address(lines):
        found["address"] = address
    return found


def _address(lines: Sequence[str]) -> str:
    """The address, which may run over several lines until the number's label."""
    parts: list[str] = []
    for line in lines:
        if "公民身份" in line or _NUMBER.search(line):
            break
        if parts:
            parts.append(line)
        elif "住址" in line:
            parts.append(line.partition("住址")[2])
    return "".join(parts)[:200]


def _business_licence(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        for text in _CODE.findall(line.upper()):
            if is_credit_code(text):
                found["credit_code"] = text
    wanted = {"name": ("名称",), "representative": ("法定代表人", "经营者"), "address": ("住所", "经营场所")}
    for key, labels in wanted.items():
        if text := _after(lines, *labels):
            found[key] = text[:200]
    return found


_READERS: dict[str, Callable[[Sequence[str]], dict[str, str]]] = {
    "identity-card": _identity_card,
    "business-licence": _business_licence,
}
